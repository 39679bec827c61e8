package dev.pando;

import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageBytes;

/**
 * The head of a value in a {@link BlobTable} (FORMAT.md, "Blob tables").
 *
 * @param chunkBytes bytes of each chunk but the last one
 * @param length bytes of the value
 */
record BlobHead(int chunkBytes, long length) {
  /** The number of the head among the entries of its key. */
  static final int NUMBER = 0;

  /** The number of the first chunk. */
  static final int FIRST_CHUNK = 1;

  /** The most chunks of a value. */
  static final long MAX_CHUNKS = 0xFFFF_FFFEL;

  /** The largest chunk, in bytes. */
  static final int MAX_CHUNK_BYTES = 16 << 20;

  /** u8, the head's version. */
  static final int VERSION = 0;

  /** u8, no flag is defined yet. */
  static final int FLAGS = 1;

  /** u16, zero. */
  static final int RESERVED = 2;

  /** u32, bytes of each chunk but the last one. */
  static final int CHUNK_BYTES = 4;

  /** u64, bytes of the value. */
  static final int LENGTH = 8;

  /** The head's end. */
  static final int SIZE = 16;

  private static final byte CURRENT_VERSION = 1;

  /** The most bytes of a value with such chunks. */
  static long maxLength(int chunkBytes) {
    return MAX_CHUNKS * chunkBytes;
  }

  BlobHead withLength(long newLength) {
    return new BlobHead(chunkBytes, newLength);
  }

  /** How many chunks there are. */
  long chunks() {
    return (length + chunkBytes - 1) / chunkBytes;
  }

  /** Bytes of a chunk; 0 after the last one. */
  int bytesOf(long index) {
    return Math.clamp(length - index * chunkBytes, 0, chunkBytes);
  }

  byte[] encode() {
    byte[] bytes = new byte[SIZE];
    bytes[VERSION] = CURRENT_VERSION;
    PageBytes.put32(bytes, CHUNK_BYTES, chunkBytes);
    PageBytes.put64(bytes, LENGTH, length);
    return bytes;
  }

  /**
   * Reads a head.
   *
   * @param file for messages
   * @param table for messages
   */
  static BlobHead decode(String file, String table, Slice found) {
    if (found.length != SIZE) {
      throw corrupt(file, table, "a head of %d bytes, allowed: %d".formatted(found.length, SIZE));
    }
    byte[] bytes = found.toArray();
    if (bytes[VERSION] != CURRENT_VERSION || bytes[FLAGS] != 0) {
      throw new UnsupportedFormatException(
          file,
          "blob table %s with a head of version %d and flags 0x%x"
              .formatted(table, bytes[VERSION], bytes[FLAGS]),
          "version %d without flags".formatted(CURRENT_VERSION),
          "open it with the version of Pando that wrote it, or a newer one");
    }
    long chunkBytes = PageBytes.u32(bytes, CHUNK_BYTES);
    long length = PageBytes.u64(bytes, LENGTH);
    if (chunkBytes < 1 || chunkBytes > MAX_CHUNK_BYTES) {
      throw corrupt(
          file,
          table,
          "chunks of %d bytes, allowed: 1 to %d".formatted(chunkBytes, MAX_CHUNK_BYTES));
    }
    if (length < 0 || length > maxLength((int) chunkBytes)) {
      throw corrupt(
          file,
          table,
          "a value of %d bytes, allowed: 0 to %d".formatted(length, maxLength((int) chunkBytes)));
    }
    return new BlobHead((int) chunkBytes, length);
  }

  static CorruptFileException corrupt(String file, String table, String what) {
    return new CorruptFileException(file, -1, "blob table " + table + ": " + what);
  }
}
