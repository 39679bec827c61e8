package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.Comparator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Buffers of Agrona. What is read is a copy, because Agrona checks no mapping's end. */
public final class DirectBufferProxy extends BufferProxy<DirectBuffer> {
  /** The proxy. */
  public static final BufferProxy<DirectBuffer> PROXY_DB = new DirectBufferProxy();

  private static final Comparator<DirectBuffer> SIGNED = DirectBuffer::compareTo;
  private static final Comparator<DirectBuffer> UNSIGNED = DirectBufferProxy::compareBuff;

  private DirectBufferProxy() {}

  /** Compares buffers as unsigned bytes, and then by their lengths. */
  public static int compareBuff(DirectBuffer o1, DirectBuffer o2) {
    int common = Math.min(o1.capacity(), o2.capacity());
    for (int i = 0; i < common; i++) {
      int order = Byte.compareUnsigned(o1.getByte(i), o2.getByte(i));
      if (order != 0) {
        return order;
      }
    }
    return o1.capacity() - o2.capacity();
  }

  @Override
  protected DirectBuffer allocate() {
    return new UnsafeBuffer(new byte[0]);
  }

  @Override
  protected void deallocate(DirectBuffer buff) {}

  @Override
  protected byte[] getBytes(DirectBuffer buffer) {
    byte[] copy = new byte[buffer.capacity()];
    buffer.getBytes(0, copy);
    return copy;
  }

  @Override
  protected Comparator<DirectBuffer> getSignedComparator() {
    return SIGNED;
  }

  @Override
  protected Comparator<DirectBuffer> getUnsignedComparator() {
    return UNSIGNED;
  }

  @Override
  protected ByteBuffer in(DirectBuffer buffer) {
    return ByteBuffer.wrap(getBytes(buffer));
  }

  @Override
  protected DirectBuffer out(DirectBuffer buffer, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    buffer.wrap(copy);
    return buffer;
  }

  @Override
  protected DirectBuffer reserve(int size) {
    return new UnsafeBuffer(ByteBuffer.allocateDirect(size));
  }

  @Override
  protected ByteBuffer reserved(DirectBuffer buffer, int size) {
    return in(buffer);
  }
}
