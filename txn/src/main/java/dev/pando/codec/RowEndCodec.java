package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * A codec whose values may be the last ones of a row to which components are added later. Where the
 * bytes of such a value end, they show whether another component follows.
 *
 * @param <T> the values
 */
interface RowEndCodec<T extends @Nullable Object> extends Codec<T> {
  /**
   * The same codec, for the last component of a row: its whole form has at least one byte, and
   * differs from every nested form. Null if there is none.
   */
  @Nullable Codec<T> last();

  /**
   * The same codec, which reads a nested form, or the whole form of {@link #last} if that is all
   * that is left. Itself if both forms are equal. Null if they cannot be told apart.
   */
  @Nullable Codec<T> either();
}
