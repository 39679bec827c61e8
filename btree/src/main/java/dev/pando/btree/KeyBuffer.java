package dev.pando.btree;

import dev.pando.pager.PageMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * One key in native memory, reused from call to call. Trees take their keys only in this form. So
 * heap, mapped and native keys all reach the search loop as one class of segment. Zeros follow the
 * key, so whole words may be read past its end. Not thread-safe.
 */
public final class KeyBuffer {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Zero bytes after the key, so that eight bytes can be read from each of its offsets. */
  static final int PADDING = Long.BYTES;

  /** The most bytes of a key in a message. */
  private static final int SHOWN = 40;

  private final MemorySegment segment;

  /** The same memory for reading, big-endian: it compiles to a fraction of a segment's code. */
  private final ByteBuffer bytes;

  private final int capacity;
  private int length;

  /** The last step of a search for this key. Here, because threads share trees but no keys. */
  final BranchStep step = new BranchStep();

  /** Written only so that the JIT compiler keeps loads ahead; only one thread uses a key. */
  @SuppressWarnings("unused")
  private long touched;

  /**
   * Makes an empty buffer.
   *
   * @param capacity the longest key it holds, in bytes
   */
  public KeyBuffer(int capacity) {
    this(Arena.ofAuto().allocate(capacity + PADDING, Long.BYTES), capacity);
  }

  /** Makes an empty buffer in memory that begins with it. */
  KeyBuffer(MemorySegment memory, int capacity) {
    this.capacity = capacity;
    this.segment = memory;
    this.bytes = segment.asByteBuffer();
  }

  /** Copies a key into the buffer. */
  public void set(MemorySegment source, long offset, int keyLength) {
    checkCapacity(keyLength);
    PageMemory.copy(source, offset, segment, 0, keyLength);
    end(keyLength);
  }

  /** As {@link #set(MemorySegment, long, int)}, but copies only as much of a key as fits. */
  public void setStart(MemorySegment source, long offset, long keyLength) {
    set(source, offset, (int) Math.min(keyLength, capacity));
  }

  /** As {@link #setStart(MemorySegment, long, long)}, of a whole segment. */
  public void setStart(MemorySegment key) {
    setStart(key, 0, key.byteSize());
  }

  /** Copies a key into the buffer. */
  public void set(byte[] key) {
    checkCapacity(key.length);
    setStart(key);
  }

  /** As {@link #set(byte[])}, but copies only as much of a key as fits. */
  public void setStart(byte[] key) {
    int keyLength = Math.min(key.length, capacity);
    MemorySegment.copy(key, 0, segment, ValueLayout.JAVA_BYTE, 0, keyLength);
    end(keyLength);
  }

  /** Returns the memory, to write a key in place; {@link #length(int)} then makes it the key. */
  public MemorySegment segment() {
    return segment;
  }

  /** Returns the key's length in bytes. */
  public int length() {
    return length;
  }

  /** Declares the first bytes of {@link #segment} to be the key, and clears the padding. */
  public void length(int keyLength) {
    checkCapacity(keyLength);
    end(keyLength);
  }

  private void end(int keyLength) {
    length = keyLength;
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, keyLength, 0L);
  }

  /** Returns the head of this key in a page whose heads skip {@code prefix} bytes. */
  int head(int prefix) {
    // A key that ends before the prefix cannot be in such a page, so any number will do.
    return prefix <= capacity ? bytes.getInt(prefix) : 0;
  }

  /**
   * Returns the eight bytes after the first {@code prefix}, zero-padded, as a number whose signed
   * order is that of these bytes.
   */
  long orderedHead(int prefix) {
    return (prefix <= capacity ? bytes.getLong(prefix) : 0) ^ Long.MIN_VALUE;
  }

  /** Compares this key's first bytes with others: 0 if it begins with them. */
  int compareStart(byte[] other) {
    int order = compareBytes(other, 0, Math.min(length, other.length));
    return order != 0 ? order : length < other.length ? -1 : 0;
  }

  /** Compares this key with another one, whose first {@code from} bytes are the same. */
  int compareRest(byte[] other, int from) {
    int order = compareBytes(other, from, Math.min(length, other.length));
    return order != 0 ? order : length - other.length;
  }

  private int compareBytes(byte[] other, int from, int to) {
    for (int i = from; i < to; i++) {
      int difference = (bytes.get(i) & 0xFF) - (other[i] & 0xFF);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  /**
   * Compares this key with one in a page, in {@link KeyOrder}: negative if this one comes first.
   *
   * @param at the other key's offset; at least eight bytes of the page precede it
   */
  int compareTo(MemorySegment page, long at, int otherLength) {
    return compare(page, at, Math.min(length, otherLength), length - otherLength);
  }

  /** Compares this key's first bytes with bytes in a page: 0 if it begins with them. */
  int comparePrefix(MemorySegment page, long at, int prefix) {
    return compare(page, at, Math.min(length, prefix), length < prefix ? -1 : 0);
  }

  /**
   * Compares this key from an offset on with the rest of another one; the bytes before are equal.
   *
   * @param restLength bytes of the other key after the equal ones
   */
  int compareRest(MemorySegment page, long rest, int from, int restLength) {
    int common = Math.min(length - from, restLength);
    for (int i = 0; i < common; i++) {
      int mine = bytes.get(from + i) & 0xFF;
      int other = page.get(ValueLayout.JAVA_BYTE, rest + i) & 0xFF;
      if (mine != other) {
        return mine - other;
      }
    }
    return length - from - restLength;
  }

  /**
   * Compares eight bytes at a time. The last step reads the eight bytes that end with the common
   * part: eight from its start may leave the page. Each side is read in one place only: a read of a
   * segment that is inlined makes the compiled search much larger.
   */
  private int compare(MemorySegment page, long at, int common, int ifEqual) {
    for (int i = 0; i < common; i += Long.BYTES) {
      int beyond = Math.max(0, i + Long.BYTES - common);
      int bits = beyond * Byte.SIZE;
      long mine = bytes.getLong(i) >>> bits;
      long other = page.get(WORD, at + i - beyond) << bits >>> bits;
      if (mine != other) {
        return Long.compareUnsigned(mine, other);
      }
    }
    return ifEqual;
  }

  /**
   * Takes the result of {@link NodeReader#touchHeads}. Threads may share a tree, but never a key.
   */
  void touched(long loaded) {
    touched = loaded;
  }

  /** Returns the key for messages; of a long one its first bytes. */
  String inHex() {
    int shown = Math.min(length, SHOWN);
    byte[] start = segment.asSlice(0, shown).toArray(ValueLayout.JAVA_BYTE);
    return "0x" + HexFormat.of().formatHex(start) + (shown < length ? "..." : "");
  }

  /** Returns the length of the longest key that the buffer holds, in bytes. */
  public int capacity() {
    return capacity;
  }

  /** Returns a copy of the key. */
  public byte[] toArray() {
    byte[] copy = new byte[length];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, 0, copy, 0, length);
    return copy;
  }

  private void checkCapacity(int keyLength) {
    if (keyLength < 0 || keyLength > capacity) {
      throw new IllegalArgumentException(
          "key length=" + keyLength + ", allowed 0 to " + capacity + " bytes");
    }
  }
}
