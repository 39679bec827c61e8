package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;

/** Arrays of bytes, which are copied. */
public final class ByteArrayProxy extends BufferProxy<byte[]> {
  /** The proxy. */
  public static final BufferProxy<byte[]> PROXY_BA = new ByteArrayProxy();

  private static final Comparator<byte[]> SIGNED = ByteArrayProxy::compareArraysSigned;
  private static final Comparator<byte[]> UNSIGNED = ByteArrayProxy::compareArrays;

  private ByteArrayProxy() {}

  /** Compares arrays as unsigned bytes, and then by their lengths. */
  public static int compareArrays(byte[] o1, byte[] o2) {
    return Arrays.compareUnsigned(o1, o2);
  }

  /** Compares arrays as signed bytes, and then by their lengths. */
  public static int compareArraysSigned(byte[] b1, byte[] b2) {
    return Arrays.compare(b1, b2);
  }

  @Override
  protected byte[] allocate() {
    return new byte[0];
  }

  @Override
  protected void deallocate(byte[] buff) {}

  @Override
  protected byte[] getBytes(byte[] buffer) {
    return buffer.clone();
  }

  @Override
  protected Comparator<byte[]> getSignedComparator() {
    return SIGNED;
  }

  @Override
  protected Comparator<byte[]> getUnsignedComparator() {
    return UNSIGNED;
  }

  @Override
  protected ByteBuffer in(byte[] buffer) {
    return ByteBuffer.wrap(buffer);
  }

  @Override
  protected byte[] out(byte[] buffer, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }

  @Override
  protected byte[] reserve(int size) {
    return new byte[size];
  }

  @Override
  protected ByteBuffer reserved(byte[] buffer, int size) {
    return ByteBuffer.wrap(buffer);
  }
}
