package dev.pando.btree;

import static dev.pando.btree.NodeLayout.BYTE;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.U48_BYTES;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the cells of up to two neighbouring nodes and a new one, in key order. A split, a merge
 * or a loan distributes them again. The copies are separate from the pages, so the pages can be
 * overwritten or freed.
 */
final class CellList {
  private MemorySegment memory;
  private int[] offsets = new int[64];
  private int size;
  private int used;

  /** Which keys share their first bytes; null for branches, and if no leaf has such keys. */
  private @Nullable SharedCells sharing;

  private final SharedCells whenShared = new SharedCells(this);

  /** Bytes of the count at the end of each cell; 0 for leaves, and for branches without counts. */
  private int countBytes;

  CellList(int pageSize) {
    // Two pages of cells and one more cell of at most half a page. Large leaves make it grow.
    memory = Arena.ofAuto().allocate(3L * pageSize, Long.BYTES);
  }

  /** Makes it a list of branch cells that end with counts of so many bytes. */
  void clear(int newCountBytes) {
    size = 0;
    used = 0;
    countBytes = newCountBytes;
    sharing = null;
  }

  /** Makes it a list of leaf cells. */
  void clearLeaf() {
    clear(0);
  }

  /** Which keys share their first bytes with others in a page; null if none may. */
  @Nullable SharedCells sharing() {
    return sharing;
  }

  int size() {
    return size;
  }

  MemorySegment memory() {
    return memory;
  }

  int offset(int index) {
    return offsets[index];
  }

  int length(int index) {
    return (index + 1 < size ? offsets[index + 1] : used) - offsets[index];
  }

  /**
   * Returns the bytes of the cells [from, to) with their slots in a page of their own.
   *
   * @param from 0, or any if {@code to} is the size
   */
  int bytes(int from, int to) {
    int slots = NodeLayout.SLOT_BYTES * (to - from);
    if (sharing != null) {
      return slots + sharing.bytes(from, to);
    }
    int end = to < size ? offsets[to] : used;
    return (from < size ? end - offsets[from] : 0) + slots;
  }

  void add(MemorySegment page, long offset, int length) {
    int at = reserve(length);
    PageMemory.copy(page, offset, memory, at, length);
  }

  /** Adds the cells of a leaf. */
  void addLeaf(LeafReader leaves, MemorySegment page, long base) {
    long word = leaves.header(page, base);
    int count = NodeReader.count(word);
    if (NodeReader.sharesKeys(word)) {
      share().begin(leaves, page, base, word, count);
    }
    addSlots(leaves, page, base, word, 0, count);
  }

  /** Adds the cells of a leaf, and a new one in its slot. */
  void addLeafWith(LeafReader leaves, MemorySegment page, long base, int slot, LeafCell cell) {
    long word = leaves.header(page, base);
    if (NodeReader.sharesKeys(word) || cell.shared() > 0) {
      share().begin(leaves, page, base, word, slot);
    }
    addSlots(leaves, page, base, word, 0, slot);
    int at = reserve(cell.wholeLength());
    cell.writeWholeTo(memory, at);
    if (cell.shared() > 0) {
      share().add(cell.beginning(), cell.shared(), leaves.size(word) - cell.place());
    } else if (sharing != null) {
      sharing.addWhole();
    }
    addSlots(leaves, page, base, word, slot, NodeReader.count(word));
  }

  /**
   * Adds the cells of a leaf but for the slots [from, to), which are removed. If keys are shared,
   * the removed cells come after the others: one of them may have the first bytes of a key that
   * stays.
   *
   * @return the number of cells that stay
   */
  int addLeafWithout(LeafReader leaves, MemorySegment page, long base, int from, int to) {
    long word = leaves.header(page, base);
    int count = NodeReader.count(word);
    if (NodeReader.sharesKeys(word)) {
      share().beginWithout(leaves, page, base, word, from, to);
    }
    addSlots(leaves, page, base, word, 0, from);
    addSlots(leaves, page, base, word, to, count);
    int staying = size;
    if (sharing != null) {
      addSlots(leaves, page, base, word, from, to);
    }
    return staying;
  }

  /** From now on it is known of each cell with which one it shares its key. */
  private SharedCells share() {
    if (sharing == null) {
      sharing = whenShared;
      whenShared.clear(size);
    }
    return whenShared;
  }

  private void addSlots(
      LeafReader leaves, MemorySegment page, long base, long word, int from, int to) {
    for (int slot = from; slot < to; slot++) {
      int at = leaves.cell(page, base, word, slot);
      if (sharing == null) {
        add(page, base + at, leaves.cellLength(page, base, word, slot));
      } else if (!leaves.isSharedKey(page, base, at)) {
        add(page, base + at, leaves.cellLength(page, base, word, slot));
        sharing.addWhole();
      } else {
        int leafSize = leaves.size(word);
        int number = leaves.beginning(page, base, leafSize, at);
        int shared = Beginnings.length(page, base, leafSize, number);
        int length = shared + (LeafReader.tags(page, base, at) & 0xFF);
        int copy = reserve(LeafLayout.valueStart(length, false));
        leaves.copyWhole(page, base, leafSize, at, length, memory, copy);
        sharing.add(number, shared, leaves.beginningCell(page, base, leafSize, number));
      }
    }
  }

  /** Points {@code out} at the key of a leaf cell; the slice is valid until the list changes. */
  void leafKey(int index, Slice out) {
    LeafReader.cellKey(memory, offset(index), out);
  }

  /**
   * Adds a branch cell.
   *
   * @param entries below the child; not used if the cells have no counts
   */
  void add(
      long childPgno,
      long childBirth,
      MemorySegment separator,
      long offset,
      int length,
      long entries) {
    int bare = BranchLayout.cell(length);
    int at = reserve(bare + countBytes);
    writeBranchCell(memory, at, childPgno, childBirth, separator, offset, length);
    writeCount(memory, at + bare, countBytes, entries);
  }

  /** Adds the cells of a branch's slots [from, to), with their counts. */
  void addBranch(BranchReader branches, MemorySegment page, long base, int from, int to) {
    long word = branches.header(page, base, PageHeader.BRANCH);
    for (int i = from; i < to; i++) {
      int at = branches.checkedCell(page, base, NodeReader.count(word), i);
      add(page, base + at, branches.cellLength(page, base, word, i));
    }
  }

  /** Writes a count of so many bytes; 0 for none. */
  static void writeCount(MemorySegment target, long at, int bytes, long entries) {
    switch (bytes) {
      case 0 -> {}
      case Short.BYTES -> PageMemory.put16(target, at, (int) entries);
      case Integer.BYTES -> PageMemory.put32(target, at, (int) entries);
      default -> PageMemory.put48(target, at, entries);
    }
  }

  /** Copies the separator of a branch cell. */
  void separator(int index, KeyBuffer out) {
    int cell = offset(index);
    int start = cell + BranchLayout.SEPARATOR;
    if ((memory.get(BYTE, cell + BranchLayout.SEPARATOR_LENGTH) & 0xFF) == LONG_KEY) {
      start += Short.BYTES;
    }
    out.set(memory, start, length(index) - countBytes - (start - cell));
  }

  static void writeBranchCell(
      MemorySegment target,
      long at,
      long childPgno,
      long childBirth,
      MemorySegment separator,
      long offset,
      int length) {
    PageMemory.put48(target, at, childPgno);
    PageMemory.put48(target, at + U48_BYTES, childBirth);
    PageMemory.put8(target, at + BranchLayout.SEPARATOR_LENGTH, Math.min(length, LONG_KEY));
    long start = at + BranchLayout.SEPARATOR;
    if (length >= LONG_KEY) {
      PageMemory.put16(target, start, length);
      start += Short.BYTES;
    }
    PageMemory.copy(separator, offset, target, start, length);
  }

  private int reserve(int length) {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * size);
    }
    int at = used;
    if (at + length > memory.byteSize()) {
      MemorySegment larger = Arena.ofAuto().allocate(2L * (at + length), Long.BYTES);
      PageMemory.copy(memory, 0, larger, 0, at);
      memory = larger;
    }
    offsets[size++] = at;
    used += length;
    return at;
  }

  /**
   * Returns the index at which to divide the cells over two pages. It is the most even division, or
   * the one next to it if only that fits. Branch cells take at most half a page, so one of the two
   * always fits.
   */
  int middle(int capacity) {
    int split = 1;
    while (split < size - 1 && bytes(0, split) < bytes(split, size)) {
      split++;
    }
    // The cells up to `split` are the first to hold half. One cell less may be more even.
    boolean fits = bytes(0, split) <= capacity && bytes(split, size) <= capacity;
    boolean fewerFits =
        split > 1 && bytes(0, split - 1) <= capacity && bytes(split - 1, size) <= capacity;
    boolean fewerIsNearer =
        bytes(split - 1, size) - bytes(0, split - 1) < bytes(0, split) - bytes(split, size);
    return fewerFits && (fewerIsNearer || !fits) ? split - 1 : split;
  }
}
