package dev.pando.btree;

import static dev.pando.btree.LeafLayout.SHARED_KEY_START;
import static dev.pando.btree.LeafLayout.TAGS;
import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Keys of a counted tree's leaf that have their first bytes in another cell: a multimap would
 * otherwise store a key with each of its values. Any cell with a whole key and no value may have
 * sharers, and the key of a sharer is never shared again. A sharer names a beginning of the leaf's
 * list (see {@link Beginnings}), which says where the other cell is and how many bytes are shared.
 * That place is a distance to the leaf's end, so a leaf may get more pages.
 *
 * <p>Removing a cell moves the cells below it, and {@link #closeGap} follows in the list. If the
 * removed cell has sharers, one of them gets its key as a whole. A beginning without sharers is
 * freed; the list ends with one that has some. A flag of the leaf says whether there is a list:
 * leaves without one are changed as those of a tree that is not counted.
 */
final class SharedKeys {
  /** Bytes that must be shared: it costs a byte to say so, and six for the first of a leaf. */
  static final int LEAST = 8;

  /** Keys that a group probably has: a whole key must not take more room than they will save. */
  private static final int GROUP = 16;

  /** In place of a slot or a beginning's number. */
  static final int NONE = -1;

  private final LeafReader leaves;
  private final Slice near = new Slice();

  SharedKeys(LeafReader leaves) {
    this.leaves = leaves;
  }

  /** Writes a cell that has only the rest of its key. */
  static void write(
      MemorySegment target, long at, int beginning, MemorySegment key, long rest, int restLength) {
    PageMemory.put16(target, at, restLength | LeafLayout.sharedTag(beginning) << Byte.SIZE);
    PageMemory.put8(target, at + TAGS, beginning & 0xFF);
    PageMemory.copy(key, rest, target, at + SHARED_KEY_START, restLength);
  }

  /** Writes a cell without a value that has its whole key. */
  static void writeWhole(MemorySegment target, long at, Slice key) {
    int length = (int) key.length;
    PageMemory.put16(target, at, Math.min(length, NodeLayout.LONG_KEY));
    if (length >= NodeLayout.LONG_KEY) {
      PageMemory.put16(target, at + TAGS, length);
    }
    long start = at + LeafLayout.valueStart(length, false) - length;
    PageMemory.copy(key.segment, key.offset, target, start, length);
  }

  /** Whether a key may be stored with so many of its bytes in another cell. */
  static boolean pays(int shared, int keyLength) {
    return shared >= LEAST && keyLength - shared < NodeLayout.LONG_KEY;
  }

  /**
   * Whether a key begins a group of its own, although it shares bytes with the whole key of a
   * neighbour's group: it shares less with that than the group does, or more with the neighbour.
   * Keys that follow will then share more. Not if its whole key would be long for that.
   *
   * @param shared bytes shared with the whole key of the neighbour's group
   * @param neighbours bytes that the neighbour's key shares with that
   * @param beside bytes shared with the neighbour itself
   */
  static boolean beginsGroup(int shared, int neighbours, int beside) {
    int more = Math.max(beside, neighbours) - shared;
    return more >= LEAST && GROUP * more >= shared;
  }

  /**
   * Lets a new cell share its key with that of a neighbour, if that makes it smaller.
   *
   * @param slot where the cell will be
   */
  void share(MemorySegment page, long base, long word, int slot, LeafCell cell) {
    if (!cell.mayShare()) {
      return;
    }
    for (int i = slot - 1; i <= slot; i++) {
      if (i >= 0 && i < count(word)) {
        shareWith(page, base, word, leaves.cell(page, base, word, i), cell);
      }
    }
  }

  /** Lets a cell share its key with a neighbour's, or with the whole key that this one shares. */
  private void shareWith(MemorySegment page, long base, long word, int neighbour, LeafCell cell) {
    KeyBuffer key = cell.key();
    int size = leaves.size(word);
    if (!leaves.isSharedKey(page, base, neighbour)) {
      if (LeafReader.tags(page, base, neighbour) >>> Byte.SIZE == 0) { // no value
        leaves.wholeKey(page, base, size, neighbour, near);
        shareUpTo(page, base, word, size - neighbour, common(key), cell);
      }
      return;
    }
    int number = leaves.beginning(page, base, size, neighbour);
    int length = Beginnings.length(page, base, size, number);
    int whole = leaves.beginningCell(page, base, size, number);
    leaves.wholeKey(page, base, size, whole, near);
    int shared = common(key);
    int beside = Math.min(shared, length);
    if (shared >= length) {
      int rest = LeafReader.tags(page, base, neighbour) & 0xFF;
      long start = base + neighbour + SHARED_KEY_START;
      beside +=
          KeyOrder.commonPrefix(page, start, rest, key.segment(), length, key.length() - length);
    }
    if (beginsGroup(shared, length, beside)) {
      return;
    }
    if (shared == length) {
      shareIfSmaller(shared, number, size - whole, 0, 0, cell);
    } else {
      shareUpTo(page, base, word, size - whole, shared, cell);
    }
  }

  private int common(KeyBuffer key) {
    return KeyOrder.commonPrefix(
        near.segment, near.offset, (int) near.length, key.segment(), 0, key.length());
  }

  /** Lets a cell share at most so many bytes of a whole key, by a beginning or by a new one. */
  private void shareUpTo(
      MemorySegment page, long base, long word, int place, int most, LeafCell cell) {
    int size = leaves.size(word);
    int count = NodeReader.sharesKeys(word) ? Beginnings.count(leaves, page, base, size) : 0;
    int free = count;
    for (int number = count - 1; number >= 0; number--) {
      int other = Beginnings.place(page, base, size, number);
      if (other == Beginnings.UNUSED) {
        free = number;
      } else if (other == place) {
        int length = Beginnings.length(page, base, size, number);
        if (length <= most) {
          shareIfSmaller(length, number, place, 0, 0, cell);
        }
      }
    }
    if (free < LeafLayout.MAX_BEGINNINGS) {
      int growth = free < count ? 0 : LeafLayout.listBytes(count + 1) - LeafLayout.listBytes(count);
      shareIfSmaller(most, free, place, growth, LeafLayout.BEGINNING_BYTES, cell);
    }
  }

  /**
   * Lets a cell share its key if it then takes less room.
   *
   * @param growth bytes by which the list of beginnings becomes longer
   * @param least bytes that must be saved, at least, for a new beginning
   */
  private static void shareIfSmaller(
      int shared, int number, int place, int growth, int least, LeafCell cell) {
    int length = cell.key().length();
    int room = SHARED_KEY_START + length - shared + Math.max(growth, least);
    if (pays(shared, length) && room < cell.room()) {
      cell.share(shared, number, place, growth);
    }
  }

  /** Adds the beginning of a cell that is about to enter a leaf to the list, if it is a new one. */
  void add(MemorySegment page, long base, LeafCell cell) {
    long word = leaves.header(page, base);
    int size = leaves.size(word);
    int count = NodeReader.sharesKeys(word) ? Beginnings.count(leaves, page, base, size) : 0;
    int number = cell.beginning();
    int more = 0;
    if (number == count) {
      Beginnings.resize(leaves, page, base, count + 1);
      more = LeafLayout.listBytes(count + 1) - LeafLayout.listBytes(count);
    }
    Beginnings.set(page, base, size, number, cell.place() + more, cell.shared());
  }

  /**
   * Returns the number of a beginning that is in no whole key of the leaf's cells, or that no cell
   * has; {@link #NONE} if there is none. Unused ones are zero, and none is at the list's end.
   */
  static int stray(LeafReader leaves, MemorySegment page, long base, long word) {
    BitSet cells = new BitSet();
    BitSet used = new BitSet();
    int size = leaves.size(word);
    for (int slot = 0; slot < count(word); slot++) {
      int cell = leaves.cell(page, base, word, slot);
      cells.set(cell);
      if (leaves.isSharedKey(page, base, cell)) {
        used.set(leaves.beginning(page, base, size, cell));
      }
    }
    Slice key = new Slice();
    int count = Beginnings.count(leaves, page, base, size);
    for (int number = 0; number < count; number++) {
      boolean holds =
          used.get(number)
              ? isInKey(leaves, page, base, size, number, cells, key)
              : number < count - 1 && isZero(page, base, size, number);
      if (!holds) {
        return number;
      }
    }
    return NONE;
  }

  private static boolean isZero(MemorySegment page, long base, int size, int number) {
    return Beginnings.place(page, base, size, number) == Beginnings.UNUSED
        && Beginnings.length(page, base, size, number) == 0;
  }

  private static boolean isInKey(
      LeafReader leaves,
      MemorySegment page,
      long base,
      int size,
      int number,
      BitSet cells,
      Slice key) {
    int place = Beginnings.place(page, base, size, number);
    if (place == Beginnings.UNUSED
        || place > size
        || !cells.get(size - place)
        || LeafReader.tags(page, base, size - place) >>> Byte.SIZE != 0) {
      return false;
    }
    leaves.wholeKey(page, base, size, size - place, key);
    return Beginnings.length(page, base, size, number) <= key.length;
  }

  /**
   * Returns the slot of the key that shares most with a cell's.
   *
   * @return {@link #NONE}, a negative number, if no key does
   */
  int heir(MemorySegment page, long base, long word, int cell) {
    int size = leaves.size(word);
    int heir = NONE;
    if (!hasBeginnings(page, base, size, size - cell)) {
      return heir;
    }
    int most = -1; // a file of another writer may have sharers of no byte
    for (int slot = 0; slot < count(word); slot++) {
      int at = leaves.cell(page, base, word, slot);
      if (leaves.isSharedKey(page, base, at)) {
        int number = leaves.beginning(page, base, size, at);
        int shared = Beginnings.length(page, base, size, number);
        if (shared > most && Beginnings.place(page, base, size, number) == size - cell) {
          most = shared;
          heir = slot;
        }
      }
    }
    return heir;
  }

  private boolean hasBeginnings(MemorySegment page, long base, int size, int place) {
    for (int number = Beginnings.count(leaves, page, base, size) - 1; number >= 0; number--) {
      if (Beginnings.place(page, base, size, number) == place) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets all beginnings that are in one cell be in another one. Does nothing if the leaf has none.
   *
   * @param from bytes from the one to the leaf's end
   * @param to bytes from the other to the leaf's end
   */
  void redirect(MemorySegment page, long base, int from, int to) {
    long word = leaves.header(page, base);
    int size = leaves.size(word);
    int count = NodeReader.sharesKeys(word) ? Beginnings.count(leaves, page, base, size) : 0;
    for (int number = 0; number < count; number++) {
      if (Beginnings.place(page, base, size, number) == from) {
        int length = Beginnings.length(page, base, size, number);
        Beginnings.set(page, base, size, number, to, length);
      }
    }
  }

  /**
   * Lets the list follow the cells that moved into a gap, and frees what it no longer needs.
   *
   * @param gap bytes from the removed cell to the leaf's end
   * @param length of the removed cell: the cells before it have moved up by as much
   * @param number the removed cell's beginning; {@link #NONE} if its key was whole
   * @param slot of the removed cell
   */
  void closeGap(MemorySegment page, long base, int gap, int length, int number, int slot) {
    long word = leaves.header(page, base);
    if (!NodeReader.sharesKeys(word)) {
      return; // the last one to share a key went before
    }
    int size = leaves.size(word);
    int count = Beginnings.count(leaves, page, base, size);
    boolean free = number != NONE && !isUsed(page, base, word, slot, number);
    int used = 0;
    for (int i = 0; i < count; i++) {
      int place = Beginnings.place(page, base, size, i);
      if (place == gap || (free && i == number)) { // of the removed cell, which has no heir
        Beginnings.set(page, base, size, i, Beginnings.UNUSED, 0);
      } else if (place != Beginnings.UNUSED) {
        used = i + 1;
        if (place > gap) {
          int bytes = Beginnings.length(page, base, size, i);
          Beginnings.set(page, base, size, i, place - length, bytes);
        }
      }
    }
    if (used < count) {
      Beginnings.resize(leaves, page, base, used);
    }
  }

  /** Whether a cell has a beginning. Looks first at those beside a slot, which probably have. */
  private boolean isUsed(MemorySegment page, long base, long word, int slot, int number) {
    int size = leaves.size(word);
    int count = count(word);
    int next = Math.max(slot - 1, 0);
    for (int left = count; left > 0; left--) {
      int cell = leaves.cell(page, base, word, next);
      if (leaves.isSharedKey(page, base, cell)
          && leaves.beginning(page, base, size, cell) == number) {
        return true;
      }
      next = next + 1 < count ? next + 1 : 0;
    }
    return false;
  }

  /** Whether any key of a leaf is shared. */
  static boolean any(LeafReader leaves, MemorySegment page, long base, long word) {
    for (int slot = 0; slot < count(word); slot++) {
      if (leaves.isSharedKey(page, base, leaves.cell(page, base, word, slot))) {
        return true;
      }
    }
    return false;
  }
}
