package dev.pando;

import dev.pando.codec.Codec;

/** Tables of all kinds as bytes, under the ids that the file has. */
public final class AnyTable {
  private AnyTable() {}

  /** Describes a table; the codecs may have the ids of kinds of tables. */
  public static Table<byte[], byte[]> of(String name, Codec<byte[]> key, Codec<byte[]> value) {
    return Table.ofIndex(name, key, value);
  }

  /** Describes a table of large values with short chunks. */
  public static <K> BlobTable<K> blobs(String name, Codec<K> key, int chunkBytes) {
    return BlobTable.of(name, key, chunkBytes);
  }
}
