package dev.pando.txn.catalog;

import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.ValueLayout;

/** The kind of a catalog entry, which is the first byte of its key (FORMAT.md). */
public enum CatalogKey {
  /** A named snapshot. */
  SNAPSHOT,

  /** A table. */
  TABLE,

  /** A kind that this build does not know and leaves unchanged. It refers to no page. */
  CARRIED;

  /** From this first byte on, unsigned, entries are {@link #CARRIED}. */
  static final int FIRST_CARRIED = 0x80;

  /**
   * Reads it.
   *
   * @param file for messages
   * @throws CorruptFileException if the key is empty
   * @throws UnsupportedFormatException if it is of a kind that may not be left as it is
   */
  public static CatalogKey of(String file, Slice key) {
    if (key.length == 0) {
      throw new CorruptFileException(file, -1, "the catalog has an empty key");
    }
    int first = Byte.toUnsignedInt(key.segment.get(ValueLayout.JAVA_BYTE, key.offset));
    if (first == SnapshotEntry.SNAPSHOT) {
      return SNAPSHOT;
    }
    if (first == CatalogEntry.TABLE) {
      return TABLE;
    }
    if (first >= FIRST_CARRIED) {
      return CARRIED;
    }
    throw unsupported(file, "an entry of kind %d in the catalog".formatted(first), "115 and 116");
  }

  static UnsupportedFormatException unsupported(String file, String found, String supported) {
    return new UnsupportedFormatException(
        file, found, supported, "open it with the version of Pando that wrote it, or a newer one");
  }
}
