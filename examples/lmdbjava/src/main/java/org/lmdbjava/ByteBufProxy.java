package org.lmdbjava;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * Buffers of Netty. What is read is a copy in a buffer of the allocator, which is released when its
 * transaction or cursor is closed.
 */
public final class ByteBufProxy extends BufferProxy<ByteBuf> {
  /** The proxy with Netty's default allocator. */
  public static final BufferProxy<ByteBuf> PROXY_NETTY =
      new ByteBufProxy(PooledByteBufAllocator.DEFAULT);

  private static final Comparator<ByteBuf> ORDER = ByteBuf::compareTo;

  private final PooledByteBufAllocator allocator;

  /** A proxy whose buffers are of an allocator. */
  public ByteBufProxy(PooledByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  @Override
  protected ByteBuf allocate() {
    return allocator.directBuffer();
  }

  @Override
  protected void deallocate(ByteBuf buff) {
    boolean _ = buff.release();
  }

  @Override
  protected byte[] getBytes(ByteBuf buffer) {
    byte[] copy = new byte[buffer.writerIndex()];
    buffer.getBytes(0, copy);
    return copy;
  }

  /** Netty's own order, in which bytes are unsigned. */
  @Override
  protected Comparator<ByteBuf> getSignedComparator() {
    return ORDER;
  }

  @Override
  protected Comparator<ByteBuf> getUnsignedComparator() {
    return ORDER;
  }

  @Override
  protected ByteBuffer in(ByteBuf buffer) {
    return buffer.nioBuffer();
  }

  @Override
  protected ByteBuf out(ByteBuf buffer, ByteBuffer bytes) {
    return buffer.clear().writeBytes(bytes.duplicate());
  }

  @Override
  protected ByteBuf reserve(int size) {
    return allocator.directBuffer(size, size).writerIndex(size);
  }

  @Override
  protected ByteBuffer reserved(ByteBuf buffer, int size) {
    return buffer.nioBuffer(0, size);
  }
}
