package dev.pando.bench.store;

import dev.pando.View;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads every byte: the sum of all whole longs, then of a whole int, then of the bytes that are
 * left, least significant byte first. The same for each form in which stores hand out bytes. Few
 * reads an entry, so that the stores are measured and not the loops over the last bytes.
 */
final class Sum {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfLong LONG_IN_SEGMENT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT_IN_SEGMENT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Fewer bytes are read through the view. */
  private static final int FEW = 32;

  private Sum() {}

  /** Makes two small objects if there are more than a few bytes, which is faster. */
  static long of(View view) {
    return view.length() < FEW ? inPlace(view) : of(view.asByteBuffer());
  }

  /** Makes no object. */
  static long inPlace(View view) {
    int length = (int) view.length();
    long sum = 0;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      sum += view.getLongLE(at);
    }
    if (at <= length - Integer.BYTES) {
      sum += view.getIntLE(at);
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      sum += view.getByte(at);
    }
    return sum;
  }

  static long of(MemorySegment memory, long from, long length) {
    long sum = 0;
    long at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      sum += memory.get(LONG_IN_SEGMENT, from + at);
    }
    if (at <= length - Integer.BYTES) {
      sum += memory.get(INT_IN_SEGMENT, from + at);
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      sum += memory.get(ValueLayout.JAVA_BYTE, from + at);
    }
    return sum;
  }

  /** From 0 to the limit of a buffer, whose order becomes little-endian. */
  static long of(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.limit();
    long sum = 0;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      sum += bytes.getLong(at);
    }
    if (at <= length - Integer.BYTES) {
      sum += bytes.getInt(at);
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      sum += bytes.get(at);
    }
    return sum;
  }

  static long of(byte[] bytes, int length) {
    long sum = 0;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      sum += first(bytes, at);
    }
    if (at <= length - Integer.BYTES) {
      sum += (int) INT.get(bytes, at);
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      sum += bytes[at];
    }
    return sum;
  }

  /** Eight bytes of an array, least significant first. */
  static long first(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }
}
