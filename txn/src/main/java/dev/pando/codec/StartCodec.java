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

  /** Writes the bytes that are the beginning of exactly those values that begin with this one. */
  void encodeStart(T start, boolean nested, Sink sink);
}
