package dev.pando.btree;

import static dev.pando.btree.LeafLayout.TAGS;
import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Keys of a counted tree's leaf that have their first bytes in another cell: a multimap would
 * otherwise store a key with each of its values. Any cell with a whole key and no value may have
 * sharers, and the key of a sharer is never shared again. A sharer names the other cell by its
 * distance to the leaf's end, so a leaf may get more pages.
 *
 * <p>Inserting moves no cell. Removing one moves the cells below it, and {@link #closeGap} follows;
 * or the lowest cell takes its place. If the removed cell has sharers, one of them gets its key as
 * a whole. A flag of the leaf says whether any key is shared: leaves without shared keys are
 * changed as those of a tree that is not counted.
 */
final class SharedKeys {
  /** Bytes that must be shared: it costs up to four bytes to say so. */
  static final int LEAST = 8;

  /** Keys that a group probably has: a whole key must not take more room than they will save. */
  private static final int GROUP = 16;

  /** In place of a slot. */
  static final int NONE = -1;

  private final LeafReader leaves;
  private final Slice near = new Slice();

  SharedKeys(LeafReader leaves) {
    this.leaves = leaves;
  }

  static void write(
      MemorySegment target,
      long at,
      int shared,
      int place,
      MemorySegment key,
      long rest,
      int restLength) {
    int tag = LeafLayout.sharedTag(shared);
    PageMemory.put16(target, at, restLength | tag << Byte.SIZE);
    PageMemory.put16(target, at + TAGS, shared); // the upper byte of a u8 is written over
    long start = at + LeafLayout.sharedKeyStart(tag);
    PageMemory.put16(target, start - Short.BYTES, place);
    PageMemory.copy(key, rest, target, start, restLength);
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
   * @param neighbours bytes that the neighbour's key shares with that; 0 if it is the whole key
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
    KeyBuffer key = cell.key();
    int most = 0;
    int other = NONE;
    for (int i = slot - 1; i <= slot; i++) {
      if (i >= 0 && i < count(word)) {
        int beside = common(page, base, word, i, key);
        int at = leaves.cell(page, base, word, i);
        int shared = beside;
        if (leaves.isSharedKey(page, base, at)) {
          int neighbours = leaves.sharedBytes(page, base, leaves.size(word), at);
          at = leaves.sharedCell(page, base, leaves.size(word), at);
          shared = Math.min(beside, neighbours);
          if (beginsGroup(shared, neighbours, beside)) {
            continue;
          }
        }
        boolean hasValue = LeafReader.tags(page, base, at) >>> Byte.SIZE != 0;
        if (shared > most && !hasValue) {
          most = shared;
          other = at;
        }
      }
    }
    if (pays(most, key.length())) {
      cell.share(most, leaves.size(word) - other);
    }
  }

  private int common(MemorySegment page, long base, long word, int slot, KeyBuffer key) {
    leaves.entry(page, base, word, slot, near, null);
    return KeyOrder.commonPrefix(
        near.segment, near.offset, (int) near.length, key.segment(), 0, key.length());
  }

  /** Returns a slot whose cell shares its key with none that is there; {@link #NONE} if all do. */
  static int stray(LeafReader leaves, MemorySegment page, long base, long word) {
    BitSet cells = new BitSet();
    for (int slot = 0; slot < count(word); slot++) {
      cells.set(leaves.cell(page, base, word, slot));
    }
    for (int slot = 0; slot < count(word); slot++) {
      int cell = leaves.cell(page, base, word, slot);
      if (leaves.isSharedKey(page, base, cell)
          && !cells.get(leaves.sharedCell(page, base, leaves.size(word), cell))) {
        return slot;
      }
    }
    return NONE;
  }

  /**
   * Returns the slot of the key that shares most with a cell's.
   *
   * @return {@link #NONE}, a negative number, if no key does
   */
  int heir(MemorySegment page, long base, long word, int cell) {
    if (LeafReader.tags(page, base, cell) >>> Byte.SIZE != 0) {
      return NONE; // it has a value, or shares its own key
    }
    int size = leaves.size(word);
    int heir = NONE;
    int most = -1; // a file of another writer may have sharers of no byte
    for (int slot = 0; slot < count(word); slot++) {
      int at = leaves.cell(page, base, word, slot);
      if (leaves.isSharedKey(page, base, at) && leaves.sharedCell(page, base, size, at) == cell) {
        int shared = leaves.sharedBytes(page, base, size, at);
        if (shared > most) {
          most = shared;
          heir = slot;
        }
      }
    }
    return heir;
  }

  /**
   * Lets all keys that are shared with a cell be shared with another one.
   *
   * @param from bytes from the one to the leaf's end
   * @param to bytes from the other to the leaf's end
   */
  void redirect(MemorySegment page, long base, long word, int from, int to) {
    for (int slot = 0; slot < count(word); slot++) {
      int at = leaves.cell(page, base, word, slot);
      if (leaves.isSharedKey(page, base, at) && place(page, base, at) == from) {
        setPlace(page, base, at, to);
      }
    }
  }

  /**
   * Whether the lowest cell of a leaf may take the place of a removed one. Then no other cell
   * moves, and none names the lowest one, because it shares its own key. Most keys of a multimap
   * have cells of one length.
   *
   * @param lowest where the lowest cell is
   * @param length bytes of the removed cell, which is another one
   */
  boolean mayTakePlace(MemorySegment page, long base, int lowest, int length) {
    int tags = LeafReader.tags(page, base, lowest);
    return leaves.isSharedKey(page, base, lowest)
        && LeafLayout.sharedKeyStart(tags >>> Byte.SIZE) + (tags & 0xFF) == length;
  }

  /**
   * Follows the cells that moved into a gap.
   *
   * @param gap bytes from the removed cell to the leaf's end
   * @param length of the removed cell: the cells before it have moved up by as much
   * @return whether any key is still shared
   */
  boolean closeGap(MemorySegment page, long base, long word, int gap, int length) {
    boolean any = false;
    for (int slot = 0; slot < count(word); slot++) {
      int at = leaves.cell(page, base, word, slot);
      if (leaves.isSharedKey(page, base, at)) {
        any = true;
        int place = place(page, base, at);
        if (place > gap) {
          setPlace(page, base, at, place - length);
        }
      }
    }
    return any;
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

  /** Says in a leaf's flags whether any of its keys is shared. */
  static void mark(MemorySegment page, long base, boolean any) {
    int others = PageHeader.flags(page, base) & 0xFF & ~PageHeader.SHARED_KEYS;
    PageMemory.put8(page, base + PageHeader.FLAGS, others | (any ? PageHeader.SHARED_KEYS : 0));
  }

  private static long placeAt(MemorySegment page, long base, int cell) {
    int tag = LeafReader.tags(page, base, cell) >>> Byte.SIZE;
    return base + cell + LeafLayout.sharedKeyStart(tag) - Short.BYTES;
  }

  private static int place(MemorySegment page, long base, int cell) {
    return page.get(NodeLayout.SHORT, placeAt(page, base, cell)) & 0xFFFF;
  }

  private static void setPlace(MemorySegment page, long base, int cell, int place) {
    PageMemory.put16(page, placeAt(page, base, cell), place);
  }
}
