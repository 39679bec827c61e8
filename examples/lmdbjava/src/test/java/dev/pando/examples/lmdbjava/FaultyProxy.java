package dev.pando.examples.lmdbjava;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import org.lmdbjava.BufferProxy;

/** Arrays of bytes, whose proxy fails when a test wants it, and counts what is not deallocated. */
final class FaultyProxy extends BufferProxy<byte[]> {
  /** How many allocations succeed before one fails. */
  int allocationsLeft = Integer.MAX_VALUE;

  boolean failsToDeallocate;
  boolean failsToReserve;

  /** Buffers of {@link #allocate} and {@link #reserve} that are in use. */
  int inUse;

  @Override
  protected byte[] allocate() {
    if (allocationsLeft-- <= 0) {
      allocationsLeft = Integer.MAX_VALUE;
      throw new IllegalArgumentException("no buffer");
    }
    inUse++;
    return new byte[0];
  }

  @Override
  protected void deallocate(byte[] buff) {
    inUse--;
    if (failsToDeallocate) {
      throw new IllegalArgumentException("not deallocated");
    }
  }

  @Override
  protected byte[] getBytes(byte[] buffer) {
    return buffer.clone();
  }

  @Override
  protected Comparator<byte[]> getSignedComparator() {
    return Arrays::compare;
  }

  @Override
  protected Comparator<byte[]> getUnsignedComparator() {
    return Arrays::compareUnsigned;
  }

  @Override
  protected ByteBuffer in(byte[] buffer) {
    return ByteBuffer.wrap(buffer);
  }

  /** A copy, which takes the place of the buffer. */
  @Override
  protected byte[] out(byte[] buffer, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }

  @Override
  protected byte[] reserve(int size) {
    if (failsToReserve) {
      throw new IllegalArgumentException("no room");
    }
    inUse++;
    return new byte[size];
  }

  @Override
  protected ByteBuffer reserved(byte[] buffer, int size) {
    return ByteBuffer.wrap(buffer);
  }
}
