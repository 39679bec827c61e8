package dev.pando.btree;

import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.SLOT_BYTES;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Changes leaf and branch pages, which must be dirty ones: never the map. Cells are compact and
 * unused bytes are zero after each call. Prefix and order of the cells depend on the page's
 * history.
 */
final class NodeWriter {
  /** In place of the place of a beginning: the cell that will have it is not there yet. */
  private static final int NO_PLACE = 1;

  /** Bytes of the longest key that a head holds as a whole, if heads skip nothing. */
  private static final int WHOLE_IN_HEAD = HEAD_BYTES;

  private final LeafReader leaves;
  private final BranchReader branches;

  /** Null if keys are not shared, because the tree is not counted. */
  private final @Nullable SharedKeys sharedKeys;

  private final int pageSize;
  private final Slice first = new Slice();
  private final Slice other = new Slice();

  NodeWriter(LeafReader leaves, BranchReader branches, boolean counted) {
    this.leaves = leaves;
    this.branches = branches;
    this.sharedKeys = counted ? new SharedKeys(leaves) : null;
    this.pageSize = leaves.pageSize;
  }

  /** Inserts a cell that fits. */
  void insertLeafCell(MemorySegment page, long base, int slot, LeafCell cell) {
    long word = leaves.header(page, base);
    int count = NodeReader.count(word);
    KeyBuffer key = cell.key();
    int prefix = NodeReader.prefix(word);
    if (slot == 0 || slot == count) {
      prefix = prefixWith(page, base, word, key.segment(), 0, key.length());
    }
    SharedKeys keys = sharedKeys;
    if (cell.shared() > 0 && keys != null) {
      keys.add(page, base, cell);
      word = leaves.header(page, base);
    }
    int at = openSlot(page, base, word, slot, cell.length());
    cell.writeTo(page, base + at);
    setHead(page, base, slot, key.head(prefix));
  }

  /**
   * Inserts a child at slot 1 or later; the cell must fit.
   *
   * @param entries below the child; not used in a tree that is not counted
   */
  void insertChild(
      MemorySegment page,
      long base,
      int slot,
      KeyBuffer separator,
      long pgno,
      long birth,
      long entries) {
    long word = branches.header(page, base);
    int count = NodeReader.count(word);
    int prefix = NodeReader.prefix(word);
    int length = separator.length();
    if ((slot == 1 || slot == count) && count > 1 && (prefix > 0 || count == 2)) {
      branches.separator(page, base, count, 1, first);
      prefix = narrowPrefix(page, base, word, prefix, count - 1, separator.segment(), 0, length);
    }
    int bare = BranchLayout.cell(length);
    int counts = BranchReader.countBytes(word);
    int at = openSlot(page, base, word, slot, bare + counts);
    CellList.writeBranchCell(page, base + at, pgno, birth, separator.segment(), 0, length);
    CellList.writeCount(page, base + at + bare, counts, entries);
    setHead(page, base, slot, separator.head(prefix));
  }

  /**
   * Returns the prefix that the page's keys still share with a key that joins at an end. {@link
   * #first} is one of the page's keys. Rewrites the heads if the prefix changes.
   */
  private int narrowPrefix(
      MemorySegment page,
      long base,
      long word,
      int prefix,
      int keys,
      MemorySegment key,
      long at,
      int length) {
    int shared =
        KeyOrder.commonPrefix(first.segment, first.offset, (int) first.length, key, at, length);
    if (keys > 1) {
      shared = Math.min(shared, prefix);
    } else if (length <= WHOLE_IN_HEAD && first.length <= WHOLE_IN_HEAD) {
      shared = 0;
    }
    if (shared != prefix) {
      setPrefix(page, base, shared);
      writeHeads(page, base, NodeReader.count(word), shared);
    }
    return shared;
  }

  /** Returns the prefix of a leaf that a key joins at an end, see {@link #narrowPrefix}. */
  int prefixWith(MemorySegment page, long base, long word, MemorySegment key, long at, int length) {
    int count = NodeReader.count(word);
    int prefix = NodeReader.prefix(word);
    if (count == 0 || (prefix == 0 && count > 1)) {
      return prefix;
    }
    leaves.entry(page, base, word, 0, first, null);
    return narrowPrefix(page, base, word, prefix, count, key, at, length);
  }

  /** Gives an empty branch its first child. */
  void plantChild(MemorySegment page, long base, long childPgno, long childBirth, long entries) {
    long word = branches.header(page, base, PageHeader.BRANCH);
    int bare = BranchLayout.cell(0);
    int counts = BranchReader.countBytes(word);
    int at = openSlot(page, base, word, 0, bare + counts);
    CellList.writeBranchCell(page, base + at, childPgno, childBirth, MemorySegment.NULL, 0, 0);
    CellList.writeCount(page, base + at + bare, counts, entries);
    setHead(page, base, 0, 0);
  }

  /** Makes an empty branch one of a counted tree. */
  void setCountWidth(MemorySegment page, long base, int aboveLeaves) {
    PageMemory.put8(page, base + PageHeader.FLAGS, BranchLayout.countWidth(aboveLeaves));
  }

  /**
   * Writes the number of entries below a child in a branch of a counted tree.
   *
   * @param at the count's offset in the page
   * @param bytes of the count
   */
  void setEntries(MemorySegment page, long base, int at, int bytes, long entries) {
    if (entries < 0 || entries >>> (Byte.SIZE * bytes) != 0) {
      throw branches.corrupt(
          page,
          base,
          "the counts of a tree make %d entries below a child, allowed: 0 to %d",
          entries,
          (1L << (Byte.SIZE * bytes)) - 1);
    }
    CellList.writeCount(page, base + at, bytes, entries);
  }

  /** Overwrites a leaf cell with one of the same key and the same length. */
  void overwrite(MemorySegment page, long base, long word, int slot, LeafCell cell) {
    cell.writeTo(page, base + leaves.cell(page, base, word, slot));
  }

  /** Points a branch's slot at another page. */
  void setChild(MemorySegment page, long base, int count, int slot, long pgno, long birth) {
    long cell = base + branches.checkedCell(page, base, count, slot);
    PageMemory.put48(page, cell, pgno);
    PageMemory.put48(page, cell + BranchLayout.BIRTH, birth);
  }

  /** In a counted tree, lets a new cell share its key with a neighbour's; see SharedKeys. */
  void shareKey(MemorySegment page, long base, long word, int slot, LeafCell cell) {
    SharedKeys keys = sharedKeys;
    if (keys != null) {
      keys.share(page, base, word, slot, cell);
    }
  }

  void removeLeafCell(MemorySegment page, long base, int slot) {
    SharedKeys keys = sharedKeys;
    long word = leaves.header(page, base);
    if (keys == null || !NodeReader.sharesKeys(word)) {
      int length = leaves.cellLength(page, base, word, slot);
      LowestCell.fillGap(leaves, page, base, word, slot, length);
      closeSlot(page, base, word, leaves, slot, length);
      return;
    }
    int heir = keys.heir(page, base, word, leaves.cell(page, base, word, slot));
    if (heir >= 0) {
      removeShared(keys, page, base, slot, heir);
    } else {
      closeSharedSlot(keys, page, base, slot);
    }
  }

  /** Removes a cell that no other needs from a leaf with shared keys. */
  private void closeSharedSlot(SharedKeys keys, MemorySegment page, long base, int slot) {
    long word = leaves.header(page, base);
    int size = leaves.size(word);
    int cell = leaves.cell(page, base, word, slot);
    boolean isShared = leaves.isSharedKey(page, base, cell);
    int beginning = isShared ? leaves.beginning(page, base, size, cell) : SharedKeys.NONE;
    int length = leaves.cellLength(page, base, word, slot);
    closeSlot(page, base, word, leaves, slot, length);
    keys.closeGap(page, base, size - cell, length, beginning, slot);
  }

  /**
   * Removes a cell with whose key others are shared. The key of one of them, the heir, becomes a
   * whole one, and the others are shared with it. That takes less room than the removed cell.
   */
  private void removeShared(SharedKeys keys, MemorySegment page, long base, int slot, int heir) {
    long word = leaves.header(page, base);
    int size = leaves.size(word);
    leaves.entry(page, base, word, heir, first, null);
    keys.redirect(page, base, size - leaves.cell(page, base, word, slot), NO_PLACE);
    closeSharedSlot(keys, page, base, Math.max(slot, heir));
    closeSharedSlot(keys, page, base, Math.min(slot, heir));
    int at = heir < slot ? heir : heir - 1;
    word = leaves.header(page, base);
    int length = (int) first.length;
    int cell = openSlot(page, base, word, at, LeafLayout.valueStart(length, false));
    SharedKeys.writeWhole(page, base + cell, first);
    int prefix = NodeReader.prefix(word);
    setHead(page, base, at, KeyOrder.head(first.segment, first.offset, length, prefix));
    keys.redirect(page, base, NO_PLACE, size - cell);
  }

  void removeChild(MemorySegment page, long base, int slot) {
    long word = branches.header(page, base);
    int length = branches.cellLength(page, base, word, slot);
    closeSlot(page, base, word, branches, slot, length);
  }

  /** Fills a leaf, of as many pages as it has, with the cells [from, to) of a list. */
  void fillLeaf(MemorySegment page, long base, CellList cells, int from, int to) {
    int count = to - from;
    int slots = NodeLayout.SLOT_BYTES * count;
    int cellBytes = cells.bytes(from, to) - slots;
    int at = leafSize(page, base) - cellBytes;
    wipe(page, base + HEADS + slots, base + at);
    // The cells go in the order of the list; scans then read memory upwards.
    SharedCells sharing = cells.sharing();
    int beginnings = 0;
    if (sharing != null) {
      beginnings = writeShared(page, base, cells, sharing, from, to, at);
    } else {
      for (int i = from; i < to; i++) {
        setOffset(page, base, count, i - from, at + cells.offset(i) - cells.offset(from));
      }
      PageMemory.copy(cells.memory(), cells.offset(from), page, base + at, cellBytes);
    }
    Beginnings.mark(page, base, beginnings > 0);
    finish(page, base, count, cellBytes);
    setPrefix(page, base, writeHeads(page, base, cells, from, to));
  }

  /** Writes the heads of a leaf that is filled from a list, which has whole keys. */
  private int writeHeads(MemorySegment page, long base, CellList cells, int from, int to) {
    int prefix = 0;
    if (to - from > 1) {
      cells.leafKey(from, first);
      cells.leafKey(to - 1, other);
      prefix = sharedPrefix(first, other);
    }
    for (int i = from; i < to; i++) {
      cells.leafKey(i, other);
      int head = KeyOrder.head(other.segment, other.offset, (int) other.length, prefix);
      setHead(page, base, i - from, head);
    }
    return prefix;
  }

  /**
   * Writes cells one after the other, from an offset on, with their keys shared, and the list of
   * their beginnings.
   *
   * @return how many beginnings there are
   */
  private int writeShared(
      MemorySegment page,
      long base,
      CellList cells,
      SharedCells sharing,
      int from,
      int to,
      int start) {
    int count = to - from;
    sharing.choose(from, to);
    int at = start;
    for (int i = from; i < to; i++) { // first all places: a whole key may come after its sharers
      setOffset(page, base, count, i - from, at);
      at += sharing.with(i, from, to) == i ? cells.length(i) : sharing.length(i);
    }
    int size = leafSize(page, base);
    assert at == size - LeafLayout.listBytes(sharing.beginnings()) : at + " of " + size;
    for (int i = from; i < to; i++) {
      long cell = base + offset(page, base, count, i - from);
      int with = sharing.with(i, from, to);
      if (with == i) {
        PageMemory.copy(cells.memory(), cells.offset(i), page, cell, cells.length(i));
      } else {
        int shared = sharing.shared(i);
        int number = sharing.beginning(i);
        int place = size - offset(page, base, count, with - from);
        Beginnings.set(page, base, size, number, place, shared);
        cells.leafKey(i, other);
        int rest = (int) other.length - shared;
        SharedKeys.write(page, cell, number, other.segment, other.offset + shared, rest);
      }
    }
    if (sharing.beginnings() > 0) {
      Beginnings.setCount(page, base, size, sharing.beginnings());
    }
    return sharing.beginnings();
  }

  /** Copies a leaf's cells as they are into an empty one of another number of pages. */
  void copyLeaf(MemorySegment source, long from, MemorySegment target, long to) {
    long word = leaves.header(source, from);
    int count = NodeReader.count(word);
    int cellBytes = NodeReader.cellBytes(word);
    int size = leafSize(target, to);
    int moved = size - leaves.size(word);
    PageMemory.copy(source, from + HEADS, target, to + HEADS, (long) HEAD_BYTES * count);
    PageMemory.copy(
        source, from + leaves.size(word) - cellBytes, target, to + size - cellBytes, cellBytes);
    for (int slot = 0; slot < count; slot++) {
      setOffset(target, to, count, slot, leaves.cell(source, from, word, slot) + moved);
    }
    finish(target, to, count, cellBytes);
    Beginnings.mark(target, to, NodeReader.sharesKeys(word));
    setPrefix(target, to, NodeReader.prefix(word));
  }

  private int leafSize(MemorySegment page, long base) {
    return PageHeader.leafPages(page, base) * pageSize;
  }

  /** Fills a page with the branch cells [from, to) of a list; the first loses its separator. */
  void fillBranch(MemorySegment page, long base, CellList cells, int from, int to) {
    wipe(page, base + HEADS, base + pageSize);
    int counts = BranchReader.countBytes(branches.header(page, base, PageHeader.BRANCH));
    int at = pageSize - BranchLayout.cell(0) - counts;
    int bare = BranchLayout.SEPARATOR_LENGTH;
    PageMemory.copy(cells.memory(), cells.offset(from), page, base + at, bare);
    int end = cells.offset(from) + cells.length(from);
    PageMemory.copy(cells.memory(), end - counts, page, base + pageSize - counts, counts);
    setOffset(page, base, to - from, 0, at);
    for (int i = from + 1; i < to; i++) {
      at -= cells.length(i);
      place(page, base, cells, i, at, from, to);
    }
    int count = to - from;
    finish(page, base, count, pageSize - at);
    int prefix = 0;
    if (count > 2) {
      branches.separator(page, base, count, 1, first);
      branches.separator(page, base, count, count - 1, other);
      prefix = sharedPrefix(first, other);
    }
    setPrefix(page, base, prefix);
    writeHeads(page, base, count, prefix);
  }

  /** Returns the prefix of a page with these outermost keys. */
  static int sharedPrefix(Slice least, Slice most) {
    // Only the outermost two are read; a page of short and long keys keeps the real prefix.
    if (least.length <= WHOLE_IN_HEAD && most.length <= WHOLE_IN_HEAD) {
      return 0;
    }
    int length = (int) most.length;
    return KeyOrder.commonPrefix(
        least.segment, least.offset, (int) least.length, most.segment, most.offset, length);
  }

  private void place(
      MemorySegment page, long base, CellList cells, int index, int at, int from, int to) {
    PageMemory.copy(cells.memory(), cells.offset(index), page, base + at, cells.length(index));
    setOffset(page, base, to - from, index - from, at);
  }

  private static void wipe(MemorySegment page, long from, long to) {
    PageMemory.clear(page, from, to - from);
  }

  static void finish(MemorySegment page, long base, int count, int cellBytes) {
    PageMemory.put32(page, base + PageHeader.COUNT, count | (cellBytes << Short.SIZE));
  }

  static void setPrefix(MemorySegment page, long base, int prefix) {
    PageMemory.put16(page, base + PageHeader.PREFIX, prefix);
  }

  private void writeHeads(MemorySegment page, long base, int count, int prefix) {
    boolean leaf = PageHeader.type(page, base) == PageHeader.LEAF;
    long word = leaf ? leaves.header(page, base) : 0;
    for (int slot = 0; slot < count; slot++) {
      if (leaf) {
        leaves.entry(page, base, word, slot, other, null);
      } else {
        branches.separator(page, base, count, slot, other);
      }
      setHead(
          page, base, slot, KeyOrder.head(other.segment, other.offset, (int) other.length, prefix));
    }
  }

  static void setHead(MemorySegment page, long base, int slot, int head) {
    PageMemory.put32(page, base + HEADS + (long) HEAD_BYTES * slot, head);
  }

  static void setOffset(MemorySegment page, long base, int count, int slot, int cell) {
    PageMemory.put16(
        page, base + HEADS + (long) HEAD_BYTES * count + (long) OFFSET_BYTES * slot, cell);
  }

  static int offset(MemorySegment page, long base, int count, int slot) {
    return page.get(SHORT, base + HEADS + (long) HEAD_BYTES * count + (long) OFFSET_BYTES * slot)
        & 0xFFFF;
  }

  /** Makes room for one more head, offset and cell; returns the cell's offset in the page. */
  private int openSlot(MemorySegment page, long base, long word, int slot, int length) {
    assert leaves.free(word) >= length + SLOT_BYTES : "no room for a cell of " + length + " bytes";
    int count = NodeReader.count(word);
    int cellBytes = NodeReader.cellBytes(word) + length;
    long heads = base + HEADS;
    long offsets = heads + (long) HEAD_BYTES * count;
    long newOffsets = offsets + HEAD_BYTES;
    long before = (long) OFFSET_BYTES * slot;
    if (slot < count) {
      long behind = (long) OFFSET_BYTES * (count - slot);
      PageMemory.copy(page, offsets + before, page, newOffsets + before + OFFSET_BYTES, behind);
    }
    PageMemory.copy(page, offsets, page, newOffsets, before);
    if (slot < count) {
      long head = heads + (long) HEAD_BYTES * slot;
      PageMemory.copy(page, head, page, head + HEAD_BYTES, (long) HEAD_BYTES * (count - slot));
    }
    int at = leaves.size(word) - cellBytes;
    PageMemory.put16(page, newOffsets + before, at);
    finish(page, base, count + 1, cellBytes);
    return at;
  }

  /** Removes a head, an offset and a cell, and closes the gaps. */
  private void closeSlot(
      MemorySegment page, long base, long word, NodeReader reader, int slot, int length) {
    int count = NodeReader.count(word);
    int cell = reader.cell(page, base, reader.size(word), count, slot);
    int cellsStart = reader.size(word) - NodeReader.cellBytes(word);
    long heads = base + HEADS;
    long offsets = heads + (long) HEAD_BYTES * count;
    if (cell > cellsStart) {
      PageMemory.copy(page, base + cellsStart, page, base + cellsStart + length, cell - cellsStart);
      for (long o = offsets; o < offsets + (long) OFFSET_BYTES * count; o += OFFSET_BYTES) {
        int offset = page.get(SHORT, o) & 0xFFFF;
        if (offset < cell) {
          PageMemory.put16(page, o, offset + length);
        }
      }
    }
    PageMemory.clear(page, base + cellsStart, length);
    long head = heads + (long) HEAD_BYTES * slot;
    long behind = count - slot - 1L;
    PageMemory.copy(page, head + HEAD_BYTES, page, head, HEAD_BYTES * behind);
    long newOffsets = offsets - HEAD_BYTES;
    long before = (long) OFFSET_BYTES * slot;
    PageMemory.copy(page, offsets, page, newOffsets, before);
    PageMemory.copy(
        page, offsets + before + OFFSET_BYTES, page, newOffsets + before, OFFSET_BYTES * behind);
    PageMemory.clear(page, heads + (long) SLOT_BYTES * (count - 1), SLOT_BYTES);
    finish(page, base, count - 1, NodeReader.cellBytes(word) - length);
    int keysLeft = reader == branches ? count - 2 : count - 1;
    if (keysLeft <= 0) {
      setPrefix(page, base, 0);
    }
  }
}
