package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * A codec of values that can be the beginning of one another.
 *
 * @param <T> the values
 */
interface StartCodec<T extends @Nullable Object> extends Codec<T> {
  /** Whether {@link #encodeStart} works; false where a wrapped codec has no such values. */
  default boolean hasStarts() {
    return true;
  }

  /** Writes the bytes with which exactly the values begin that begin with the given one. */
  void encodeStart(T start, boolean nested, Sink sink);
}
