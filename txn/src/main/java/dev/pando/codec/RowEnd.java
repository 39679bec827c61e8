package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/** What the end of a row shows, for any codec; see {@link RowEndCodec}. */
final class RowEnd {
  private RowEnd() {}

  /** The codec for the last component of a row: the same one if it has no form for this place. */
  static <T extends @Nullable Object> Codec<T> last(Codec<T> codec) {
    Codec<T> last = codec instanceof RowEndCodec<T> ending ? ending.last() : null;
    return last == null ? codec : last;
  }

  /** The codec for a component after which a row may end; null if its end does not show. */
  static <T extends @Nullable Object> @Nullable Codec<T> either(Codec<T> codec) {
    return codec instanceof RowEndCodec<T> ending ? ending.either() : null;
  }

  /** Whether a codec writes the same bytes in both forms, and at least one. */
  static boolean isPlain(Codec<?> codec) {
    return either(codec) == codec;
  }

  /** Whether a codec writes at least one byte as the last component of a row. */
  static boolean isNeverEmpty(Codec<?> codec) {
    return codec instanceof NullableCodec
        || codec instanceof OptionalCodec
        || either(codec) != null;
  }

  /** Whether the nested form of a codec is known to have at least one byte. */
  static boolean isNeverEmptyNested(Codec<?> codec) {
    return isNeverEmpty(codec) || codec instanceof BytesCodec;
  }
}
