package dev.pando.bench.compare;

import dev.pando.txn.View;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads every byte: the sum of all whole longs, least significant byte first, and of the bytes that
 * are left. The same for each form in which stores hand out bytes.
 */
final class Sum {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Sum() {}

  static long of(View bytes) {
    long length = bytes.length();
    long sum = 0;
    long at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      sum += bytes.getLongLE(at);
    }
    for (; at < length; at++) {
      sum += bytes.getByte(at);
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
