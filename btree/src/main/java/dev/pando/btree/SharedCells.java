package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Which cells of a list share the first bytes of their keys with which others, as they did in their
 * pages. A part of the list may lack a whole key while it has sharers of it. Then the sharer with
 * most bytes of it, the heir, gets its whole key, and the others share with that one. So no part
 * takes more room than the page did from which its cells come.
 */
final class SharedCells {
  private static final int NONE = -1;

  /** In place of the bytes of a beginning that a leaf's list has no room for: no leaf does. */
  private static final int TOO_MANY = 2 * PageHeader.MAX_PAGE_SIZE;

  private final CellList cells;
  private final Slice low = new Slice();
  private final Slice high = new Slice();
  private int size;

  /** The index of the beginning of a cell's key; {@link #NONE} for a whole key. */
  private int[] beginning = new int[64];

  /** How many beginnings there are, in all leaves. */
  private int beginnings;

  /** The bytes of a beginning. */
  private int[] lengths = new int[16];

  /** The index of the cell that has a beginning in its whole key. */
  private int[] wholes = new int[16];

  /**
   * The number of a beginning in the list of a part; {@link #NONE} if the part does not need it.
   */
  private int[] numbers = new int[16];

  /** How many beginnings are in that list. */
  private int numbered;

  /** The bytes of the first cells and of the last cells, by their number. */
  private int[] first = new int[0];

  private int[] last = new int[0];
  private boolean summed;

  /** For a whole key that a part lacks, the index of its heir. */
  private int[] heirs = new int[0];

  /**
   * Indexes of the cells of the leaf that is being added, from {@link #start} on and one more, by
   * the offsets of the cells in the leaf.
   */
  private char[] indexAt = new char[0];

  /** The indexes of the beginnings of that leaf, by their numbers there. */
  private final int[] ofLeaf = new int[LeafLayout.MAX_BEGINNINGS];

  /** The index of the first cell of that leaf. */
  private int start;

  SharedCells(CellList cells) {
    this.cells = cells;
  }

  /**
   * Forgets all cells.
   *
   * @param whole cells that are in the list, all with whole keys
   */
  void clear(int whole) {
    size = 0;
    beginnings = 0;
    for (int i = 0; i < whole; i++) {
      addWhole();
    }
    summed = false;
  }

  /**
   * Begins to add the cells of a leaf.
   *
   * @param slot the slot of a cell that is added between them
   */
  void begin(LeafReader leaves, MemorySegment page, long base, long word, int slot) {
    begin(leaves.size(word));
    for (int i = 0; i < count(word); i++) {
      indexAt[leaves.cell(page, base, word, i)] = (char) ((i < slot ? i : i + 1) + 1);
    }
  }

  /**
   * Begins to add the cells of a leaf.
   *
   * @param from the first of some slots that are added after all others
   * @param to the slot after them
   */
  void beginWithout(LeafReader leaves, MemorySegment page, long base, long word, int from, int to) {
    begin(leaves.size(word));
    for (int i = 0; i < count(word); i++) {
      int after = i < to ? count(word) - to : from - to;
      indexAt[leaves.cell(page, base, word, i)] = (char) ((i < from ? i : i + after) + 1);
    }
  }

  private void begin(int leafSize) {
    if (indexAt.length < leafSize) {
      indexAt = new char[leafSize];
    }
    Arrays.fill(indexAt, (char) 0);
    Arrays.fill(ofLeaf, NONE);
    start = size;
  }

  /** Adds the list's last cell, whose key is whole. */
  void addWhole() {
    if (size == beginning.length) {
      beginning = Arrays.copyOf(beginning, 2 * size);
    }
    beginning[size++] = NONE;
    summed = false;
  }

  /**
   * Adds the list's last cell, whose key has its first bytes in another cell.
   *
   * @param number of the beginning in the leaf's list
   * @param length of the beginning, in bytes
   * @param cell where in the leaf the other cell is
   */
  void add(int number, int length, int cell) {
    if (ofLeaf[number] == NONE) {
      ofLeaf[number] = addBeginning(length, start + indexAt[cell] - 1); // CellExtents checked it
    }
    addWhole();
    beginning[size - 1] = ofLeaf[number];
  }

  private int addBeginning(int length, int whole) {
    if (beginnings == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * beginnings);
      wholes = Arrays.copyOf(wholes, 2 * beginnings);
      numbers = Arrays.copyOf(numbers, 2 * beginnings);
    }
    lengths[beginnings] = length;
    wholes[beginnings] = whole;
    return beginnings++;
  }

  /** Returns the index of the cell with which one shares its key; its own for a whole key. */
  private int with(int index) {
    return beginning[index] == NONE ? index : wholes[beginning[index]];
  }

  /** Returns the bytes of the cells [from, to): the first or the last ones of the list. */
  int bytes(int from, int to) {
    if (!summed) {
      sum();
    }
    assert from == 0 || to == size : "not at an end of the list";
    return from == 0 ? first[to] : last[from];
  }

  private void sum() {
    if (first.length <= size) {
      first = new int[2 * size + 1];
      last = new int[2 * size + 1];
      heirs = new int[2 * size + 1];
    }
    joinGroups();
    beginPart();
    first[0] = 0;
    for (int i = 0; i < size; i++) {
      first[i + 1] = first[i] + more(i, with(i) < i);
    }
    beginPart();
    last[size] = 0;
    for (int i = size - 1; i >= 0; i--) {
      last[i] = last[i + 1] + more(i, with(i) > i);
    }
    summed = true;
  }

  /**
   * Joins groups of neighbouring keys with equal beginnings: their leaves had a whole key each. A
   * part takes no more room for it. It stores one whole key of a group, that of the cell itself or
   * of the heir, and that of one group is enough for both.
   */
  private void joinGroups() {
    int one = NONE;
    for (int i = 0; i < size; i++) {
      int other = beginning[i]; // a whole key is mostly the first of its group
      if (other != NONE && other != one) {
        if (one != NONE && areEqual(one, other)) {
          join(one, other);
        } else {
          one = other;
        }
      }
    }
  }

  private void join(int one, int other) {
    beginning[wholes[other]] = one;
    wholes[other] = NONE;
    for (int i = 0; i < size; i++) {
      beginning[i] = beginning[i] == other ? one : beginning[i];
    }
  }

  /** Whether the whole key of one beginning has no more beginnings, and begins as the other one. */
  private boolean areEqual(int one, int other) {
    int whole = wholes[other];
    if (lengths[one] != lengths[other] || whole == wholes[one]) {
      return false;
    }
    cells.leafKey(wholes[one], low);
    cells.leafKey(whole, high);
    int length = (int) high.length;
    return SharedKeys.pays(lengths[one], length)
        && KeyOrder.commonPrefix(
                low.segment, low.offset, (int) low.length, high.segment, high.offset, length)
            >= lengths[one]
        && hasOneBeginning(whole, other);
  }

  private boolean hasOneBeginning(int whole, int only) {
    for (int i = 0; i < beginnings; i++) {
      if (i != only && wholes[i] == whole) {
        return false;
      }
    }
    return true;
  }

  private void beginPart() {
    Arrays.fill(heirs, 0, size, NONE);
    Arrays.fill(numbers, 0, beginnings, NONE);
    numbered = 0;
  }

  /**
   * Returns by how much a part grows with one more cell.
   *
   * @param isThere whether the cell with which it shares its key is in the part
   */
  private int more(int index, boolean isThere) {
    int whole = with(index);
    if (whole == index) {
      return cells.length(index) + moreOfHeir(heirs[index]);
    }
    int before = heirs[whole];
    if (isThere || !inherits(index, before)) {
      return length(index) + number(index);
    }
    heirs[whole] = index;
    return cells.length(index) + moreOfHeir(before);
  }

  /** Returns by how much a part grows when a cell, if any, is an heir no longer: a negative sum. */
  private int moreOfHeir(int index) {
    return index == NONE ? 0 : number(index) - saving(index);
  }

  /** Lets a part's list have the beginning of a cell; returns by how much the list grows. */
  private int number(int index) {
    int of = beginning[index];
    if (numbers[of] != NONE) {
      return 0;
    }
    numbers[of] = numbered++;
    int growth = LeafLayout.listBytes(numbered) - LeafLayout.listBytes(numbered - 1);
    return numbered > LeafLayout.MAX_BEGINNINGS ? TOO_MANY : growth;
  }

  /**
   * Whether a cell has more of a whole key than another one, or as much and fewer bytes. Of equal
   * ones it is the first, in whatever order they come.
   */
  private boolean inherits(int index, int before) {
    if (before == NONE || shared(index) != shared(before)) {
      return before == NONE || shared(index) > shared(before);
    }
    int less = saving(before) - saving(index);
    return less > 0 || (less == 0 && index < before);
  }

  /** Returns the bytes of a cell that shares its key. */
  int length(int index) {
    return cells.length(index) - saving(index);
  }

  /** Returns the bytes that a cell of the list has more than the cell that shares its key. */
  private int saving(int index) {
    int extra = cells.length(index) - LeafLayout.TAGS < NodeLayout.LONG_KEY ? 0 : Short.BYTES;
    return LeafLayout.TAGS + extra + shared(index) - LeafLayout.SHARED_KEY_START;
  }

  /** Finds out with which cells those of the part [from, to) share their keys. */
  void choose(int from, int to) {
    if (heirs.length < size) {
      heirs = new int[2 * size];
    }
    beginPart();
    for (int i = from; i < to; i++) {
      int whole = with(i);
      if ((whole < from || whole >= to) && inherits(i, heirs[whole])) {
        heirs[whole] = i;
      }
    }
    for (int i = from; i < to; i++) {
      if (with(i, from, to) != i) {
        int _ = number(i);
      }
    }
  }

  /** Returns the index of the cell with which one shares its key in a part; its own for none. */
  int with(int index, int from, int to) {
    int whole = with(index);
    return whole >= from && whole < to ? whole : heirs[whole];
  }

  /** Returns how many bytes of its key a cell shares, which is no whole key. */
  int shared(int index) {
    return lengths[beginning[index]];
  }

  /** Returns the number of a cell's beginning in the list of the chosen part. */
  int beginning(int index) {
    return numbers[beginning[index]];
  }

  /** Returns how many beginnings the list of the chosen part has. */
  int beginnings() {
    return numbered;
  }
}
