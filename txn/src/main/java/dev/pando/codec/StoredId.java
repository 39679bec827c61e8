package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * The ids of values that were written by a codec and by earlier ones that it {@linkplain
 * Codec#reads reads}. For the catalog of tables. Thread-safe.
 */
public final class StoredId {
  private StoredId() {}

  /**
   * The id of a table that has values of a stored id, and gets one of a codec that reads them. For
   * a record with new components it tells from which component on rows may end.
   */
  public static String beside(Codec<?> codec, String storedId) {
    return codec instanceof RecordCodec<?> record ? record.shape().idBeside(storedId) : codec.id();
  }

  /**
   * The reason why a codec of a record does not read rows that have its first components only; null
   * if it reads them, or for other rows and codecs.
   */
  public static @Nullable String problem(Codec<?> codec, String storedId) {
    return codec instanceof RecordCodec<?> record ? record.shape().problem(storedId) : null;
  }
}
