package dev.pando.txn.space;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A record of the free tree (FORMAT.md, "Free tree"): the free pages of one chunk of the file. It
 * is a list of runs, or a bitmap if that is shorter.
 */
public final class FreeRecord {
  /** Offset of the chunk's number in a key, in bytes: u64, big-endian. */
  static final int CHUNK = 0;

  /** Bytes of a key. */
  public static final int KEY_BYTES = CHUNK + Long.BYTES;

  /** Number of pages of a chunk. */
  public static final int CHUNK_PAGES = 1024;

  /** Offset of a run's first page in the run, in bytes: u16, from the chunk's first page on. */
  static final int START = 0;

  /** Offset of a run's number of pages in the run, in bytes: u16. */
  static final int LENGTH = START + Short.BYTES;

  /** Bytes of a run. */
  public static final int RUN_BYTES = LENGTH + Short.BYTES;

  /** Bytes of a bitmap, one bit a page: a value of this length does not consist of runs. */
  public static final int BITMAP_BYTES = CHUNK_PAGES / Byte.SIZE;

  private static final int CHUNK_WORDS = CHUNK_PAGES / Long.SIZE;

  /** Keys are big-endian, so that their order is the order of chunks. */
  static final ValueLayout.OfLong BIG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final ValueLayout.OfLong U64 = PageHeader.U64;
  private static final ValueLayout.OfShort U16 = PageHeader.U16;

  private FreeRecord() {}

  public static void writeKey(KeyBuffer key, long chunk) {
    key.segment().set(BIG, CHUNK, chunk);
    key.length(KEY_BYTES);
  }

  /**
   * Writes the value of a chunk's record.
   *
   * @param value memory with room for {@link #BITMAP_BYTES}
   * @return the value's length in bytes; 0 if no page of the chunk is free, which needs no record
   */
  public static int writeValue(MemorySegment value, PageSet free, long chunk) {
    long first = chunk * CHUNK_PAGES;
    long end = first + CHUNK_PAGES;
    int length = 0;
    for (long at = free.nextIn(first, end); at < end; ) {
      if (length + RUN_BYTES == BITMAP_BYTES) {
        return writeBitmap(value, free, chunk);
      }
      long out = free.nextOut(at, end);
      value.set(U16, length + START, (short) (at - first));
      value.set(U16, length + LENGTH, (short) (out - at));
      length += RUN_BYTES;
      at = free.nextIn(out, end);
    }
    return length;
  }

  private static int writeBitmap(MemorySegment value, PageSet free, long chunk) {
    for (int i = 0; i < CHUNK_WORDS; i++) {
      value.set(U64, (long) i * Long.BYTES, free.word((int) chunk * CHUNK_WORDS + i));
    }
    return BITMAP_BYTES;
  }

  /**
   * Reads a record and checks every number.
   *
   * @param file for messages
   * @param pageCount pages of the commit that the tree belongs to
   * @param out gets the free pages
   */
  public static void read(String file, Slice key, Slice value, long pageCount, PageSet out) {
    long length = value.length;
    if (key.length != KEY_BYTES
        || length < RUN_BYTES
        || length > BITMAP_BYTES
        || length % RUN_BYTES != 0) {
      throw corrupt(
          file,
          -1,
          "a free record of %d and %d bytes, allowed: %d, and %d to %d in steps of %d"
              .formatted(key.length, length, KEY_BYTES, RUN_BYTES, BITMAP_BYTES, RUN_BYTES));
    }
    long chunk = key.segment.get(BIG, key.offset + CHUNK);
    if (chunk < 0 || chunk > (pageCount - 1) / CHUNK_PAGES) {
      throw corrupt(
          file,
          -1,
          "free pages of chunk %d, allowed: up to %d"
              .formatted(chunk, (pageCount - 1) / CHUNK_PAGES));
    }
    if (length == BITMAP_BYTES && out.countsOnly(chunk * CHUNK_PAGES)) {
      countBitmap(value, chunk, out);
    } else if (length == BITMAP_BYTES) {
      readBitmap(file, value, chunk, pageCount, out);
    } else {
      readRuns(file, value, chunk, pageCount, out);
    }
  }

  /**
   * Reads the value of a chunk's record as bits, with the checks of {@link #read}.
   *
   * @param words the words of the chunk, all zero; they get the bits
   */
  static void readWords(String file, Slice value, long chunk, long pageCount, long[] words) {
    long length = value.length;
    if (length < RUN_BYTES || length > BITMAP_BYTES || length % RUN_BYTES != 0) {
      throw corrupt(file, -1, "a free record of %d bytes".formatted(length));
    }
    if (length == BITMAP_BYTES) {
      for (int i = 0; i < CHUNK_WORDS; i++) {
        words[i] = value.segment.get(U64, value.offset + (long) i * Long.BYTES);
      }
    } else {
      readRuns(file, value, words);
    }
    long first = chunk * CHUNK_PAGES;
    for (int i = 0; i < CHUNK_WORDS; i++) {
      long at = first + (long) i * Long.SIZE;
      long inFile = pageCount <= at ? 0 : FreeChunk.mask(at, pageCount);
      long allowed = at == 0 ? inFile & -1L << PageHeader.FIRST_PGNO : inFile;
      if ((words[i] & ~allowed) != 0) {
        throw corrupt(
            file,
            at + Long.numberOfTrailingZeros(words[i] & ~allowed),
            "a free page, allowed: %d to %d".formatted(PageHeader.FIRST_PGNO, pageCount - 1));
      }
    }
  }

  private static void readRuns(String file, Slice value, long[] words) {
    int next = 0;
    for (long at = 0; at < value.length; at += RUN_BYTES) {
      int start = u16(value.segment, value.offset + at + START);
      int pages = u16(value.segment, value.offset + at + LENGTH);
      if (start < next || pages < 1 || pages > CHUNK_PAGES - start) {
        throw corrupt(
            file,
            -1,
            "a free run of %d pages from page %d of a chunk, allowed: inside %d to %d"
                .formatted(pages, start, next, CHUNK_PAGES - 1));
      }
      next = start + pages;
      for (int page = start; page < next; page = (page | Long.SIZE - 1) + 1) {
        words[page / Long.SIZE] |= FreeChunk.mask(page, next);
      }
    }
  }

  private static void readRuns(String file, Slice value, long chunk, long pageCount, PageSet out) {
    long next = chunk * CHUNK_PAGES;
    long end = Math.min(next + CHUNK_PAGES, pageCount);
    for (long at = 0; at < value.length; at += RUN_BYTES) {
      long from = value.offset + at;
      long start = chunk * CHUNK_PAGES + u16(value.segment, from + START);
      int pages = u16(value.segment, from + LENGTH);
      if (start < Math.max(next, PageHeader.FIRST_PGNO) || pages < 1 || pages > end - start) {
        throw corrupt(
            file,
            start,
            "a free run of %d pages, allowed: inside pages %d to %d"
                .formatted(pages, Math.max(next, PageHeader.FIRST_PGNO), end - 1));
      }
      out.addRun(start, pages);
      next = start + pages;
    }
  }

  private static int u16(MemorySegment memory, long at) {
    return Short.toUnsignedInt(memory.get(U16, at));
  }

  private static void readBitmap(
      String file, Slice value, long chunk, long pageCount, PageSet out) {
    int words = (int) chunk * CHUNK_WORDS;
    for (int i = 0; i < CHUNK_WORDS; i++) {
      out.setWord(words + i, value.segment.get(U64, value.offset + (long) i * Long.BYTES));
    }
    long end = (chunk + 1) * CHUNK_PAGES;
    long beyond = out.nextIn(Math.min(pageCount, end), end);
    long meta = chunk == 0 ? out.nextIn(0, PageHeader.FIRST_PGNO) : PageHeader.FIRST_PGNO;
    if (beyond < end || meta < PageHeader.FIRST_PGNO) {
      throw corrupt(
          file,
          beyond < end ? beyond : meta,
          "a free page, allowed: %d to %d".formatted(PageHeader.FIRST_PGNO, pageCount - 1));
    }
  }

  private static void countBitmap(Slice value, long chunk, PageSet out) {
    for (int i = 0; i < CHUNK_WORDS; i++) {
      long word = value.segment.get(U64, value.offset + (long) i * Long.BYTES);
      long _ = out.addRun(chunk * CHUNK_PAGES, Long.bitCount(word));
    }
  }

  private static CorruptFileException corrupt(String file, long pgno, String reason) {
    return new CorruptFileException(file, pgno, reason);
  }
}
