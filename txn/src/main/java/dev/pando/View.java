package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.pando.btree.Slice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a key or a value in the mapped file, without a copy. Setting a view allocates
 * nothing, so reuse one.
 *
 * <p>A view is valid until its transaction ends, in a write transaction until the next write. After
 * that, and before it is set, every method throws {@link IllegalStateException}. Not thread-safe:
 * only the thread that uses the transaction may call it. A number that is read while another thread
 * writes to the same transaction may have any value.
 */
public final class View {
  private static final ValueLayout.OfInt INT_BE =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT_LE =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG_BE =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG_LE =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Slice slice = new Slice();
  private @Nullable Txn tx;
  private long epoch;

  /** A view that shows nothing yet. */
  public View() {}

  /** To be filled; {@link #shows} says for how long it holds. */
  Slice slice() {
    return slice;
  }

  void shows(Txn owner) {
    shows(owner, owner.epoch() & Long.MAX_VALUE); // never that of an end, which may come any time
  }

  /**
   * As {@link #shows(Txn)}, for bytes that were found in an earlier {@link Txn#epoch}: the view
   * throws if that has ended.
   */
  void shows(Txn owner, long then) {
    if (tx != owner) { // storing a reference costs the collector's barrier
      tx = owner;
    }
    epoch = then;
  }

  /** Shows nothing from now on. */
  void showsNothing() {
    if (tx != null) { // storing a reference costs the collector's barrier
      tx = null;
    }
  }

  /**
   * Whether a call has set the view. It was not if it is new, or if the last {@link
   * RawTable#getAll} found no value for its key. Does not say whether the bytes are still valid.
   */
  public boolean isSet() {
    return tx != null;
  }

  /** Bytes shown. */
  public long length() {
    owner().checkDatabase(); // reads no byte that would tell
    return slice.length;
  }

  /**
   * One byte.
   *
   * @param index 0 to {@link #length} - 1
   */
  public byte getByte(long index) {
    return segment().get(JAVA_BYTE, at(index, Byte.BYTES));
  }

  /** Four bytes from an index on, the most significant first. */
  public int getIntBE(long index) {
    return segment().get(INT_BE, at(index, Integer.BYTES));
  }

  /** Four bytes from an index on, the least significant first. */
  public int getIntLE(long index) {
    return segment().get(INT_LE, at(index, Integer.BYTES));
  }

  /** Eight bytes from an index on, the most significant first. */
  public long getLongBE(long index) {
    return segment().get(LONG_BE, at(index, Long.BYTES));
  }

  /** Eight bytes from an index on, the least significant first. */
  public long getLongLE(long index) {
    return segment().get(LONG_LE, at(index, Long.BYTES));
  }

  /**
   * Copies some of the bytes.
   *
   * @param index where they begin
   * @param target where they go
   * @param targetOffset where they begin there
   * @param bytes how many
   */
  public void copyTo(long index, MemorySegment target, long targetOffset, long bytes) {
    MemorySegment.copy(segment(), at(index, bytes), target, targetOffset, bytes);
    checkAgain();
  }

  /**
   * Copies some of the bytes to a buffer's position, which moves on as with {@link
   * ByteBuffer#put(byte[])}.
   *
   * @throws java.nio.BufferOverflowException if the buffer has room for fewer bytes
   */
  public void copyTo(long index, ByteBuffer target, int bytes) {
    if (bytes > target.remaining()) {
      throw new BufferOverflowException();
    }
    copyTo(index, MemorySegment.ofBuffer(target), 0, bytes);
    target.position(target.position() + bytes);
  }

  /** Copies some of the bytes into an array. */
  public void copyTo(long index, byte[] target, int targetIndex, int bytes) {
    MemorySegment.copy(segment(), JAVA_BYTE, at(index, bytes), target, targetIndex, bytes);
    checkAgain();
  }

  /** A copy of all bytes; at most 2 GiB - 9 of them. */
  public byte[] toArray() {
    Txn _ = owner();
    byte[] copy = slice.toArray();
    checkAgain();
    return copy;
  }

  /**
   * Compares with other bytes as tables order keys: byte by byte, unsigned, and a key before those
   * that it begins.
   *
   * @return negative if these bytes come first, 0 if they are equal
   */
  public int compareTo(MemorySegment other) {
    int order = Bounds.compare(inPlace(), other);
    checkAgain();
    return order;
  }

  /** As {@link #compareTo(MemorySegment)}. */
  public int compareTo(byte[] other) {
    return compareTo(MemorySegment.ofArray(other));
  }

  /** As {@link #compareTo(MemorySegment)}, with the bytes from a buffer's position to its limit. */
  public int compareTo(ByteBuffer other) {
    return compareTo(MemorySegment.ofBuffer(other));
  }

  /** Whether these bytes equal others. */
  public boolean contentEquals(MemorySegment other) {
    boolean equal = length() == other.byteSize() && inPlace().mismatch(other) < 0;
    checkAgain();
    return equal;
  }

  /** Whether these bytes equal others. */
  public boolean contentEquals(byte[] other) {
    return contentEquals(MemorySegment.ofArray(other));
  }

  /** Whether these bytes equal those from a buffer's position to its limit. */
  public boolean contentEquals(ByteBuffer other) {
    return contentEquals(MemorySegment.ofBuffer(other));
  }

  /**
   * The bytes as a read-only segment, for code that takes one, and for code that reads many
   * numbers: each number read from the view checks the transaction, and the segment does not. The
   * segment is one small object, which the JIT compiler often removes.
   *
   * <p>The segment lacks the checks of the view: after the transaction's end it may show newer
   * bytes of the file, and it throws when the file is unmapped. Where {@link
   * Options#withReaderLimit} may end the transaction, call {@link #length} after the last read: it
   * throws if what was read does not count. {@link #copyTo(long, byte[], int, int)} does that
   * itself.
   *
   * <p>In a write transaction the segment is a copy if the transaction has changed the value, and
   * outlives later writes. Changed bytes of more than 1 MiB are shown in place, and are valid until
   * the next write, which may take them as its value.
   */
  public MemorySegment asSegment() {
    Txn owner = owner();
    owner.checkDatabase(); // making a segment reads no byte that would tell
    return owner.shown(slice);
  }

  /**
   * The bytes as a read-only, big-endian buffer, for code that takes one. The same holds as for
   * {@link #asSegment}.
   */
  public ByteBuffer asByteBuffer() {
    return asSegment().asByteBuffer();
  }

  /** For the length of a call. */
  private MemorySegment inPlace() {
    return segment().asSlice(slice.offset, slice.length);
  }

  /** The memory, after the check; each read of a number makes it, so it calls little. */
  private MemorySegment segment() {
    Txn owner = tx;
    if (owner == null || owner.epoch() != epoch) {
      throw outOfDate(owner);
    }
    return slice.segment;
  }

  private Txn owner() {
    Txn owner = tx;
    if (owner == null || owner.epoch() != epoch) {
      throw outOfDate(owner);
    }
    return owner;
  }

  private IllegalStateException outOfDate(@Nullable Txn owner) {
    return owner == null
        ? new IllegalStateException(
            "the view shows nothing: no get has set it, or its key is absent")
        : owner.outOfDate();
  }

  /**
   * Many bytes were read, which takes long enough for the transaction to be ended from outside, and
   * its pages to be reused.
   */
  private void checkAgain() {
    VarHandle.loadLoadFence();
    owner().checkDatabase();
  }

  private long at(long index, long bytes) {
    // Not Objects.checkFromIndexSize: where the compiler does not inline it, a scan takes twice as
    // long.
    if (index < 0 || bytes < 0 || index > slice.length - bytes) {
      throw new IndexOutOfBoundsException(
          "index=" + index + ", bytes=" + bytes + ", the view has " + slice.length);
    }
    return slice.offset + index;
  }
}
