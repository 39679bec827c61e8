package dev.pando.btree;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import java.lang.foreign.ValueLayout;

/**
 * The layout of a leaf or branch page (FORMAT.md, "Nodes"):
 *
 * <pre>
 *   header | head 0 .. head n-1 | offset 0 .. offset n-1 | free, zero | cells, no gaps |
 * </pre>
 */
final class NodeLayout {
  /** Offset of the heads in a page, in bytes: one unsigned 32-bit number a cell, in key order. */
  static final int HEADS = PageHeader.SIZE;

  /** Bytes of a head. */
  static final int HEAD_BYTES = Integer.BYTES;

  /** Bytes of a cell's offset; the offsets follow the last head. */
  static final int OFFSET_BYTES = Short.BYTES;

  /** Bytes that a cell takes beside itself: its head and its offset. */
  static final int SLOT_BYTES = HEAD_BYTES + OFFSET_BYTES;

  /** Bytes of a page number or a transaction id inside a cell. */
  static final int U48_BYTES = PageMemory.U48_BYTES;

  /** Bytes of a key's or separator's length if it is less than {@link #LONG_KEY}. */
  static final int SHORT_LENGTH_BYTES = Byte.BYTES;

  /** The length byte that means: the length follows as u16. */
  static final int LONG_KEY = 255;

  /** Mask of the 48 bits of a page or run reference. */
  static final long U48_MASK = PageHeader.LIMIT_U48 - 1;

  static final ValueLayout.OfLong LONG = PageHeader.U64;
  static final ValueLayout.OfInt INT = PageHeader.U32;
  static final ValueLayout.OfShort SHORT = PageHeader.U16;
  static final ValueLayout.OfByte BYTE = PageHeader.U8;

  private NodeLayout() {}

  /** Returns the longest key, in bytes: two cells with such keys always fit a page. */
  static int maxKey(int pageSize) {
    return capacity(pageSize) / 2 - 32;
  }

  /** Returns the bytes that cells and their slots can take in a page. */
  static int capacity(int pageSize) {
    return pageSize - PageHeader.SIZE;
  }
}
