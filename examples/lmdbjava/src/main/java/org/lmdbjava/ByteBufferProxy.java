package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * Byte buffers. What is read is shown in the mapped file without a copy, in a buffer that is
 * read-only and big-endian; what the transaction itself has changed is a copy, not direct.
 */
public final class ByteBufferProxy {
  /** The same as {@link #PROXY_SAFE}: nothing here needs access beyond the language's rules. */
  public static final BufferProxy<ByteBuffer> PROXY_OPTIMAL;

  /** The proxy. */
  public static final BufferProxy<ByteBuffer> PROXY_SAFE;

  static {
    PROXY_SAFE = new Buffers();
    PROXY_OPTIMAL = PROXY_SAFE;
  }

  private ByteBufferProxy() {}

  private static int compareUnsigned(ByteBuffer one, ByteBuffer other) {
    int at = one.mismatch(other);
    if (at < 0 || at >= Math.min(one.remaining(), other.remaining())) {
      return one.remaining() - other.remaining();
    }
    return Byte.compareUnsigned(one.get(one.position() + at), other.get(other.position() + at));
  }

  private static final class Buffers extends BufferProxy<ByteBuffer> {
    private static final Comparator<ByteBuffer> SIGNED = ByteBuffer::compareTo;
    private static final Comparator<ByteBuffer> UNSIGNED = ByteBufferProxy::compareUnsigned;
    private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(0);

    @Override
    protected ByteBuffer allocate() {
      return EMPTY.duplicate();
    }

    @Override
    protected void deallocate(ByteBuffer buff) {}

    @Override
    protected byte[] getBytes(ByteBuffer buffer) {
      byte[] copy = new byte[buffer.limit()];
      buffer.get(0, copy);
      return copy;
    }

    @Override
    protected Comparator<ByteBuffer> getSignedComparator() {
      return SIGNED;
    }

    @Override
    protected Comparator<ByteBuffer> getUnsignedComparator() {
      return UNSIGNED;
    }

    /** Takes what {@link #out} has shown, which may be a copy. */
    @Override
    protected ByteBuffer in(ByteBuffer buffer) {
      if (!buffer.isDirect() && !buffer.isReadOnly()) {
        throw new BufferMustBeDirectException();
      }
      return buffer;
    }

    @Override
    protected ByteBuffer out(ByteBuffer buffer, ByteBuffer bytes) {
      return bytes;
    }

    @Override
    protected ByteBuffer reserve(int size) {
      return ByteBuffer.allocateDirect(size);
    }

    @Override
    protected ByteBuffer reserved(ByteBuffer buffer, int size) {
      return buffer.duplicate().clear();
    }
  }

  /** A buffer of the program is on the heap. */
  public static final class BufferMustBeDirectException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public BufferMustBeDirectException() {
      super("the buffer is on the heap; use ByteBuffer.allocateDirect, or ByteArrayProxy");
    }
  }
}
