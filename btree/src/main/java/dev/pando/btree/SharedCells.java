package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

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

  private final CellList cells;
  private int size;

  /** The bytes that a cell's key shares; 0 for a whole key. */
  private int[] shared = new int[64];

  /** The index of the cell with which a cell shares its key; its own for a whole key. */
  private int[] with = new int[64];

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
    for (int i = 0; i < whole; i++) {
      add(0, 0);
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
    start = size;
  }

  /**
   * Adds the list's last cell.
   *
   * @param bytes that its key shares; 0 for a whole key
   * @param cell where in the leaf the other cell is
   */
  void add(int bytes, int cell) {
    if (size == shared.length) {
      shared = Arrays.copyOf(shared, 2 * size);
      with = Arrays.copyOf(with, 2 * size);
    }
    shared[size] = bytes;
    with[size] = size;
    if (bytes > 0) {
      with[size] = start + indexAt[cell] - 1; // CellExtents has checked that it is a cell
    }
    size++;
    summed = false;
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
    Arrays.fill(heirs, NONE);
    first[0] = 0;
    for (int i = 0; i < size; i++) {
      first[i + 1] = first[i] + more(i, with[i] < i);
    }
    Arrays.fill(heirs, NONE);
    last[size] = 0;
    for (int i = size - 1; i >= 0; i--) {
      last[i] = last[i + 1] + more(i, with[i] > i);
    }
    summed = true;
  }

  /**
   * Returns by how much a part grows with one more cell.
   *
   * @param isThere whether the cell with which it shares its key is in the part
   */
  private int more(int index, boolean isThere) {
    int whole = with[index];
    if (whole == index) {
      return cells.length(index) - (heirs[index] == NONE ? 0 : saving(heirs[index]));
    }
    if (isThere) {
      return length(index);
    }
    int before = heirs[whole];
    if (!inherits(index, before)) {
      return length(index);
    }
    heirs[whole] = index;
    return cells.length(index) - (before == NONE ? 0 : saving(before));
  }

  /** Whether a cell has more of a whole key than another one, or as much and fewer bytes. */
  private boolean inherits(int index, int before) {
    return before == NONE
        || shared[index] > shared[before]
        || (shared[index] == shared[before] && saving(index) < saving(before));
  }

  /** Returns the bytes of a cell that shares its key. */
  int length(int index) {
    return cells.length(index) - saving(index);
  }

  /** Returns the bytes that a cell of the list has more than the cell that shares its key. */
  private int saving(int index) {
    int bytes = shared[index];
    int start = LeafLayout.sharedKeyStart(LeafLayout.sharedTag(bytes));
    int length = cells.length(index) - LeafLayout.TAGS;
    int extra = length < NodeLayout.LONG_KEY ? 0 : Short.BYTES;
    return LeafLayout.TAGS + extra + bytes - start;
  }

  /** Finds out with which cells those of the part [from, to) share their keys. */
  void choose(int from, int to) {
    if (heirs.length < size) {
      heirs = new int[2 * size];
    }
    Arrays.fill(heirs, 0, size, NONE);
    for (int i = from; i < to; i++) {
      int whole = with[i];
      if ((whole < from || whole >= to) && inherits(i, heirs[whole])) {
        heirs[whole] = i;
      }
    }
  }

  /** Returns the index of the cell with which one shares its key in a part; its own for none. */
  int with(int index, int from, int to) {
    int whole = with[index];
    return whole >= from && whole < to ? whole : heirs[whole];
  }

  /** Returns how many bytes of its key a cell shares, if it does. */
  int shared(int index) {
    return shared[index];
  }
}
