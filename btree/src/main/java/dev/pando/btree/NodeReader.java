package dev.pando.btree;

import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.INT;
import static dev.pando.btree.NodeLayout.LONG;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.SLOT_BYTES;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;

/**
 * The common part of leaves and branches: the header, the heads and the offsets. Pages are given as
 * (memory, base) and never as slices, so that reading allocates nothing. Every number in a page is
 * checked against the page's bounds before use. A checksum does not prove that a file is not
 * crafted.
 */
abstract sealed class NodeReader permits LeafReader, BranchReader {
  /** The bit of a {@link #header} word at which the flags begin. */
  static final int FLAGS_SHIFT = Byte.SIZE * (PageHeader.FLAGS - PageHeader.TYPE);

  /** The bit of a {@link #header} word at which the number of a leaf's pages begins. */
  private static final int PAGES_SHIFT = FLAGS_SHIFT + PageHeader.LEAF_PAGES_SHIFT;

  private static final int PAGES_MASK = PageHeader.MAX_LEAF_PAGES - 1;

  /** Bytes of a cache line. */
  private static final int LINE = 64;

  /** The bits of a {@link #header} word that have the type and the flags. */
  private static final int KIND = 0xFFFF;

  /** The bit of a {@link #header} word that is set if keys of a leaf are shared. */
  private static final int SHARED_KEYS = PageHeader.SHARED_KEYS << FLAGS_SHIFT;

  final PageReader pages;
  final int pageSize;
  final int maxKey;

  /**
   * The bits of a {@link #header} word that are those of the type: all flags but the known ones.
   */
  private final int kind;

  NodeReader(PageReader pages, int knownFlags) {
    this.kind = KIND & ~(knownFlags << FLAGS_SHIFT);
    this.pages = pages;
    this.pageSize = pages.pageSize();
    this.maxKey = NodeLayout.maxKey(pageSize);
  }

  /**
   * Returns the header's fields from type to prefix as one checked word: the type is the wanted
   * one, and heads, offsets and cells fit the page. {@link #count} and {@link #prefix} take it
   * apart.
   */
  final long header(MemorySegment page, long base, byte type) {
    long word = page.get(LONG, base + PageHeader.TYPE);
    if ((word & kind) != type) {
      throw otherKind(page, base, word, type);
    }
    int size = size(word);
    if (HEADS + SLOT_BYTES * count(word) + cellBytes(word) > size || prefix(word) > maxKey) {
      throw corrupt(
          page,
          base,
          "%d cells of %d bytes with prefix %d do not fit a page of %d bytes",
          count(word),
          cellBytes(word),
          prefix(word),
          size);
    }
    return word;
  }

  private RuntimeException otherKind(MemorySegment page, long base, long word, byte type) {
    int flags = (int) word >>> 8 & 0xFF;
    if ((byte) word == type && (flags & (1 << PageHeader.LEAF_PAGES_SHIFT) - 1) != 0) {
      return unsupported(
          page, base, "a page of type %d with flags 0x%x".formatted(type, flags), "no flags");
    }
    return corrupt(
        page, base, "page type is %d of %d pages where %d belongs", word & 0xFF, pages(word), type);
  }

  /** Returns the pages of the leaf of a {@link #header} word; a branch is one page. */
  static int pages(long word) {
    return ((int) word >>> PAGES_SHIFT & PAGES_MASK) + 1;
  }

  /** Whether a key has bytes in another cell, in the leaf of a {@link #header} word. */
  static boolean sharesKeys(long word) {
    return (word & SHARED_KEYS) != 0;
  }

  /** Returns the bytes of the page, or of all pages of a leaf, of a {@link #header} word. */
  final int size(long word) {
    return pageSize * pages(word);
  }

  /** Returns the cells in the page of a {@link #header} word. */
  static int count(long word) {
    return (int) (word >>> 16) & 0xFFFF;
  }

  /** Returns the bytes of all cells in the page of a {@link #header} word. */
  static int cellBytes(long word) {
    return (int) (word >>> 32) & 0xFFFF;
  }

  /** Returns the key bytes that the heads skip in the page of a {@link #header} word. */
  static int prefix(long word) {
    return (int) (word >>> 48);
  }

  /** Returns the bytes free for more cells and their slots in a {@link #header} word's page. */
  final int free(long word) {
    return size(word) - HEADS - SLOT_BYTES * count(word) - cellBytes(word);
  }

  static int head(MemorySegment page, long base, int slot) {
    return page.get(INT, base + HEADS + (long) HEAD_BYTES * slot);
  }

  /**
   * Returns the first slot whose head is not less than the wanted one, or the count. Computes the
   * way instead of jumping, as a batch needs it: see {@link HeapBranch#narrow}.
   */
  static int firstHead(MemorySegment page, long base, int count, int wanted) {
    long least = Integer.toUnsignedLong(wanted);
    int slot = 0;
    int left = count;
    while (left > 1) {
      int half = left >>> 1;
      slot += half & less(head(page, base, slot + half - 1), least);
      left -= half;
    }
    return left == 0 ? slot : slot - less(head(page, base, slot), least);
  }

  /** -1 if an unsigned head is less than another one, else 0. */
  private static int less(int head, long other) {
    return (int) ((Integer.toUnsignedLong(head) - other) >> Integer.SIZE);
  }

  /** Whether a slot exists and has this head. */
  static boolean isHead(MemorySegment page, long base, long word, int slot, int wanted) {
    return slot < count(word) && head(page, base, slot) == wanted;
  }

  /**
   * Loads one word of each cache line of a page. These loads do not wait for each other, unlike
   * loads that follow heads to offsets to cells.
   *
   * @return a number that depends on all of them
   */
  static long touch(MemorySegment page, long base, int bytes) {
    long sum = 0;
    for (int at = 0; at < bytes; at += LINE) {
      sum += page.get(LONG, base + at);
    }
    return sum;
  }

  /**
   * Loads one word of each of the two lines that follow the header's: heads and offsets of a common
   * leaf. A search that reads the count first, then a head, then an offset waits for each line.
   * Every page has these lines.
   *
   * @return a number that depends on both
   */
  static long touchHeads(MemorySegment page, long base) {
    return page.get(LONG, base + LINE) + page.get(LONG, base + 2 * LINE);
  }

  /**
   * Returns the offset of a slot's cell in the page.
   *
   * @param size bytes of the page or leaf
   */
  final int cell(MemorySegment page, long base, int size, int count, int slot) {
    int cell =
        page.get(SHORT, base + HEADS + (long) HEAD_BYTES * count + (long) OFFSET_BYTES * slot)
            & 0xFFFF;
    if (cell < HEADS + SLOT_BYTES * count || cell >= size - 1) {
      throw corrupt(page, base, "cell %d begins at %d, outside of the cells", slot, cell);
    }
    return cell;
  }

  /** Refuses a cell that extends beyond the end of its page or leaf of {@code size} bytes. */
  final void checkCellEnd(MemorySegment page, long base, int size, int cell, long length) {
    if (length > size - cell) {
      throw corrupt(
          page,
          base,
          "the cell at %d has %d bytes, the page ends after %d",
          cell,
          length,
          size - cell);
    }
  }

  /** Refuses a key, or a separator, that is longer than any buffer for keys. */
  final void checkKeyLength(MemorySegment page, long base, int cell, long length) {
    if (length > maxKey) {
      throw corrupt(
          page,
          base,
          "the cell at %d has a key of %d bytes, allowed: 0 to %d",
          cell,
          length,
          maxKey);
    }
  }

  /** Reports a page with a valid checksum and contents that this build does not know. */
  final UnsupportedFormatException unsupported(
      MemorySegment page, long base, String found, String supported) {
    return new UnsupportedFormatException(
        pages.name(),
        found + " (page " + PageHeader.pgno(page, base) + ")",
        supported,
        "open it with the version of Pando that wrote it, or a newer one");
  }

  /** Reports damage of a page; formats here so that the callers stay small enough to inline. */
  final CorruptFileException corrupt(
      MemorySegment page, long base, String reason, Object... arguments) {
    return new CorruptFileException(
        pages.name(), PageHeader.pgno(page, base), String.format(reason, arguments));
  }
}
