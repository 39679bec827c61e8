package dev.pando.btree;

import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.SHORT;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;

/**
 * The list of beginnings at the end of a leaf with shared keys. A beginning is the first bytes of a
 * whole key of the leaf; the cells of other keys name it by its number. The list's bytes are part
 * of the cells' bytes, so a search and the room of a leaf need not know of it.
 */
final class Beginnings {
  /** In place of a place: no key has this beginning, and its number is free. */
  static final int UNUSED = 0;

  private Beginnings() {}

  /** Returns how many there are, used or not, in a leaf with shared keys. */
  static int count(NodeReader leaves, MemorySegment page, long base, int size) {
    int count = page.get(SHORT, base + size - LeafLayout.LIST_COUNT_BYTES) & 0xFFFF;
    if (count > LeafLayout.MAX_BEGINNINGS || LeafLayout.listBytes(count) > size - HEADS) {
      throw leaves.corrupt(
          page,
          base,
          "a list of %d beginnings in a leaf of %d bytes, allowed: up to %d",
          count,
          size,
          LeafLayout.MAX_BEGINNINGS);
    }
    return count;
  }

  /** Returns the bytes of a leaf's list, which its cells leave at its end. */
  static int listBytes(NodeReader leaves, MemorySegment page, long base, long word) {
    if (!NodeReader.sharesKeys(word)) {
      return 0;
    }
    int count = count(leaves, page, base, leaves.size(word));
    int bytes = LeafLayout.listBytes(count);
    if (count == 0 || bytes > NodeReader.cellBytes(word)) {
      throw leaves.corrupt(
          page,
          base,
          "a list of %d beginnings in %d bytes of cells",
          count,
          NodeReader.cellBytes(word));
    }
    return bytes;
  }

  private static long at(long base, int size, int number) {
    return base + size - LeafLayout.listBytes(number + 1);
  }

  /** Returns the bytes from the cell with the whole key to the leaf's end, or {@link #UNUSED}. */
  static int place(MemorySegment page, long base, int size, int number) {
    return page.get(SHORT, at(base, size, number)) & 0xFFFF;
  }

  /** Returns how many bytes of the whole key it is. */
  static int length(MemorySegment page, long base, int size, int number) {
    return page.get(SHORT, at(base, size, number) + LeafLayout.BEGINNING_LENGTH) & 0xFFFF;
  }

  /** Writes a beginning into the list, which has its number. */
  static void set(MemorySegment page, long base, int size, int number, int place, int length) {
    PageMemory.put16(page, at(base, size, number), place);
    PageMemory.put16(page, at(base, size, number) + LeafLayout.BEGINNING_LENGTH, length);
  }

  /** Writes how many beginnings there are. */
  static void setCount(MemorySegment page, long base, int size, int count) {
    PageMemory.put16(page, base + size - LeafLayout.LIST_COUNT_BYTES, count);
  }

  /**
   * Adds unwritten beginnings at the list's end, or removes its last ones. All cells move.
   *
   * @param count how many there will be; 0 for no list
   */
  static void resize(LeafReader leaves, MemorySegment page, long base, int count) {
    long word = leaves.header(page, base);
    int size = leaves.size(word);
    int before = NodeReader.sharesKeys(word) ? count(leaves, page, base, size) : 0;
    int listBytes = LeafLayout.listBytes(before);
    int more = LeafLayout.listBytes(count) - listBytes;
    int cellBytes = NodeReader.cellBytes(word);
    long cells = base + size - cellBytes;
    PageMemory.copy(page, cells, page, cells - more, cellBytes - listBytes);
    PageMemory.clear(page, cells, Math.max(-more, 0));
    int slots = NodeReader.count(word);
    for (int slot = 0; slot < slots; slot++) {
      int cell = leaves.cell(page, base, word, slot);
      NodeWriter.setOffset(page, base, slots, slot, cell - more);
    }
    for (int number = 0; number < Math.min(before, count); number++) {
      int place = place(page, base, size, number);
      if (place >= LeafLayout.TAGS) {
        PageMemory.put16(page, at(base, size, number), place + more);
      }
    }
    if (count > 0) {
      setCount(page, base, size, count);
    }
    NodeWriter.finish(page, base, slots, cellBytes + more);
    mark(page, base, count > 0);
  }

  /** Says in a leaf's flags whether any of its keys is shared. */
  static void mark(MemorySegment page, long base, boolean any) {
    int others = PageHeader.flags(page, base) & 0xFF & ~PageHeader.SHARED_KEYS;
    PageMemory.put8(page, base + PageHeader.FLAGS, others | (any ? PageHeader.SHARED_KEYS : 0));
  }
}
