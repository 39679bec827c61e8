package dev.pando;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A put of a large value while its source is read. Until it ends, the first chunks are new and the
 * others old: the source may read old chunks that are still there, and must change nothing.
 */
final class BlobPut {
  private final String table;
  private final MemorySegment key;
  private final @Nullable BlobPut outer;

  /** Chunks that are new. */
  long chunks;

  /**
   * A put begins.
   *
   * @param table the name of the table
   * @param key the bytes of the value's key; the number at their end is not compared
   * @param outer the put whose source makes this one; null if there is none
   */
  BlobPut(String table, MemorySegment key, @Nullable BlobPut outer) {
    this.table = table;
    this.key = key;
    this.outer = outer;
  }

  /** This one or one around it, if it is the put of a value. */
  @Nullable BlobPut find(String ofTable, MemorySegment ofKey) {
    for (BlobPut put = this; put != null; put = put.outer) {
      if (put.table.equals(ofTable) && put.hasKey(ofKey)) {
        return put;
      }
    }
    return null;
  }

  private boolean hasKey(MemorySegment other) {
    long bytes = key.byteSize() - BlobTable.NUMBER_BYTES;
    return key.byteSize() == other.byteSize()
        && key.asSlice(0, bytes).mismatch(other.asSlice(0, bytes)) < 0;
  }
}
