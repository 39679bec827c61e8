package dev.pando.cli;

import dev.pando.pager.PageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A leaf or a branch whose checksum holds, read as FORMAT.md says. */
final class Node {
  private static final int HEAD_BYTES = 4;
  private static final int LONG_KEY = 255;
  private static final int MAX_SHORT_VALUE = 250;
  private static final int LONG_VALUE = 251;
  private static final int OVERFLOW = 252;
  private static final int SHARED_KEY = 253;
  private static final int HIGH_SHARED_KEY = 255;
  private static final int BEGINNING_BYTES = 2 * Short.BYTES;
  private static final int U48_BYTES = 6;

  /**
   * A cell.
   *
   * @param key of an entry, or the separator of a child
   * @param value in the leaf; null of a child, and of a value in an overflow run
   * @param pgno of a child or an overflow run; otherwise 0
   * @param birth of that page
   * @param length bytes of a value
   */
  @SuppressWarnings("ArrayRecordComponent") // nothing compares or changes them
  record Cell(byte[] key, byte @Nullable [] value, long pgno, long birth, long length) {}

  private final RawPages.Head head;
  private final ByteBuffer page;
  private final boolean counted;

  Node(RawPages.Head head, ByteBuffer page, boolean counted) {
    this.head = head;
    this.page = page;
    this.counted = counted;
  }

  RawPages.Head head() {
    return head;
  }

  /** How much of the page is in use, from 0 to 1. */
  double fill() {
    return fill(head, page.limit());
  }

  /** How much of a node's bytes is in use, by its header alone. */
  static double fill(RawPages.Head head, long bytes) {
    int slots = (HEAD_BYTES + Short.BYTES) * head.count();
    return (double) (slots + head.cellBytes()) / (bytes - PageHeader.SIZE);
  }

  /**
   * All cells, in the order of their keys.
   *
   * @throws IndexOutOfBoundsException if they are not within the page
   */
  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>(head.count());
    for (int slot = 0; slot < head.count(); slot++) {
      int at = u16(PageHeader.SIZE + HEAD_BYTES * head.count() + Short.BYTES * slot);
      cells.add(head.type() == PageHeader.BRANCH ? child(at) : entry(at));
    }
    return cells;
  }

  private Cell child(int at) {
    int lengthAt = at + 2 * U48_BYTES;
    int length = u8(lengthAt);
    int from = lengthAt + 1;
    if (length == LONG_KEY) {
      length = u16(from);
      from += Short.BYTES;
    }
    return new Cell(bytes(from, length), null, u48(at), u48(at + U48_BYTES), 0);
  }

  private Cell entry(int at) {
    int tag = u8(at + 1);
    if (counted && (tag == SHARED_KEY || tag == HIGH_SHARED_KEY)) {
      return new Cell(sharedKey(at, tag), new byte[0], 0, 0, 0);
    }
    int keyLength = u8(at);
    int from = at + 2;
    if (keyLength == LONG_KEY) {
      keyLength = u16(from);
      from += Short.BYTES;
    }
    int valueLength = tag;
    if (tag == LONG_VALUE) {
      valueLength = u16(from);
      from += Short.BYTES;
    }
    byte[] key = bytes(from, keyLength);
    from += keyLength;
    if (tag == OVERFLOW) {
      long length = page.getLong(from + 2 * U48_BYTES);
      return new Cell(key, null, u48(from), u48(from + U48_BYTES), length);
    }
    if (tag > MAX_SHORT_VALUE && tag != LONG_VALUE) {
      throw new IndexOutOfBoundsException("value tag " + tag);
    }
    return new Cell(key, bytes(from, valueLength), 0, 0, valueLength);
  }

  /** A beginning of the leaf's list, which is in another cell's key, and the rest. */
  private byte[] sharedKey(int at, int tag) {
    int number = u8(at + 2) + (tag == HIGH_SHARED_KEY ? 256 : 0);
    int countAt = page.limit() - Short.BYTES;
    if (number >= u16(countAt)) {
      throw new IndexOutOfBoundsException("beginning " + number + " of " + u16(countAt));
    }
    int beginningAt = countAt - BEGINNING_BYTES * (number + 1);
    int otherAt = page.limit() - u16(beginningAt);
    int shared = u16(beginningAt + Short.BYTES);
    int otherTag = u8(otherAt + 1);
    if (otherTag == SHARED_KEY || otherTag == HIGH_SHARED_KEY) {
      throw new IndexOutOfBoundsException("a key that shares bytes with another such key");
    }
    byte[] other = entry(otherAt).key();
    int rest = u8(at);
    byte[] key = new byte[shared + rest];
    System.arraycopy(other, 0, key, 0, shared);
    System.arraycopy(bytes(at + 3, rest), 0, key, shared, rest);
    return key;
  }

  private byte[] bytes(int at, int length) {
    byte[] copy = new byte[length];
    page.get(at, copy);
    return copy;
  }

  private int u8(int at) {
    return page.get(at) & 0xFF;
  }

  private int u16(int at) {
    return Short.toUnsignedInt(page.getShort(at));
  }

  private long u48(int at) {
    return Integer.toUnsignedLong(page.getInt(at))
        | Short.toUnsignedLong(page.getShort(at + Integer.BYTES)) << Integer.SIZE;
  }
}
