package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * How an environment takes and shows bytes: {@link ByteBufferProxy}, {@link ByteArrayProxy}, {@link
 * DirectBufferProxy}, {@link ByteBufProxy}, or one of your own. The methods that had native
 * pointers have byte buffers here. Safe for use by many threads.
 *
 * @param <T> the buffers
 */
public abstract class BufferProxy<T> {
  /** For subclasses. */
  protected BufferProxy() {}

  /** A buffer that {@link #out} may be given. */
  protected abstract T allocate();

  /** Ends the use of a buffer that {@link #allocate}, {@link #out} or {@link #reserve} returned. */
  protected abstract void deallocate(T buff);

  /** A copy of the bytes of a buffer. */
  protected abstract byte[] getBytes(T buffer);

  /** The order in which ranges compare keys if {@link Env#openDbi} gets none. */
  protected Comparator<T> getComparator(DbiFlags... flags) {
    int mask = MaskedFlag.mask(flags);
    boolean unsigned =
        MaskedFlag.isSet(mask, DbiFlags.MDB_INTEGERKEY)
            || MaskedFlag.isSet(mask, DbiFlags.MDB_UNSIGNEDKEY);
    return unsigned ? getUnsignedComparator() : getSignedComparator();
  }

  /** The order of signed bytes. */
  protected abstract Comparator<T> getSignedComparator();

  /** The order of unsigned bytes. */
  protected abstract Comparator<T> getUnsignedComparator();

  /** The bytes of a buffer of the program, from position to limit. They are read at once. */
  protected abstract ByteBuffer in(T buffer);

  /**
   * Shows bytes of the database.
   *
   * @param buffer what {@link #allocate} or this method has returned; it may be used again
   * @param bytes read-only, valid until the transaction ends
   * @return a buffer that shows them, or has a copy
   */
  protected abstract T out(T buffer, ByteBuffer bytes);

  /** A buffer of this many bytes that the program fills. */
  protected abstract T reserve(int size);

  /** The bytes of a buffer of {@link #reserve}, whatever its position and limit. */
  protected abstract ByteBuffer reserved(T buffer, int size);

  /** The form in which keys have the order of a comparator; null if only the comparator knows. */
  final ByteForm formOf(Comparator<T> comparator) {
    if (comparator.equals(getUnsignedComparator())) {
      return ByteForm.PLAIN;
    }
    return comparator.equals(getSignedComparator()) ? ByteForm.SIGNED : null;
  }
}
