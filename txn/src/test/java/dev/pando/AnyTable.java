package dev.pando;

import dev.pando.codec.Codec;

/** Tables of all kinds as bytes, under the ids that the file has. */
public final class AnyTable {
  private AnyTable() {}

  /** Describes a table; the codecs may have the ids of kinds of tables. */
  public static Table<byte[], byte[]> of(String name, Codec<byte[]> key, Codec<byte[]> value) {
    return Table.ofIndex(name, key, value);
  }
}
