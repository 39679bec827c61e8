package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Compares pages of a map with their checksums and with the references that name them. Copies to
 * the heap first: when a mapped file is truncated, a copy fails with an error that can be caught,
 * while a checksum of the map ends the JVM. Thread-safe.
 */
final class PageVerifier {
  /** Bytes copied and summed at a time; at least one page of any size. */
  private static final int BATCH = PageHeader.MAX_PAGE_SIZE;

  private static final int SPARES = 8;

  private final String name;
  private final MemorySegment[] chunks;
  private final int chunkShift;
  private final int pageSize;
  private final long pageCount;
  private final boolean checksums;
  private final FoundDamage damage;
  private final AtomicReferenceArray<@Nullable Scratch> spares = new AtomicReferenceArray<>(SPARES);

  PageVerifier(
      String name,
      MapPieces memory,
      int pageSize,
      long pageCount,
      boolean checksums,
      FoundDamage damage) {
    this.name = name;
    this.chunks = memory.chunks();
    this.chunkShift = memory.chunkShift();
    this.pageSize = pageSize;
    this.pageCount = pageCount;
    this.checksums = checksums;
    this.damage = damage;
  }

  /**
   * Verifies the page or run at a page number.
   *
   * @param pgno inside the map
   * @throws CorruptFileException if it is not what a reference to (pgno, birth) may name
   * @throws UnsupportedFormatException if it is whole, but of a type that this build does not know
   */
  void verify(long pgno, long birth) {
    int stripe = (int) Thread.currentThread().threadId() & (SPARES - 1);
    Scratch scratch = spares.getAndSet(stripe, null);
    if (scratch == null) {
      scratch = new Scratch();
    }
    try {
      verify(pgno, birth, scratch);
    } catch (InternalError e) {
      // Compiled code continues for a moment after the fault, so any line inside may throw this.
      throw unreadable(pgno, e);
    }
    spares.set(stripe, scratch);
  }

  private void verify(long pgno, long birth, Scratch scratch) {
    long base = pgno * pageSize;
    scratch.fill(base, pageSize);
    MemorySegment page = scratch.segment;
    byte type = PageHeader.type(page, 0);
    long pages = PageHeader.pages(page, 0);
    long most = mostPages(type, pgno);
    boolean plausible = pages >= 1 && pages <= most;
    if (checksums) {
      int stored = PageHeader.checksum(page, 0);
      int computed = scratch.sum(base, (plausible ? pages : 1) * pageSize);
      if (stored != computed) {
        throw corrupt(pgno, describe(stored, computed, page, pageSize));
      }
    }
    if (checksums && isUnknown(type & 0xFF)) {
      throw unknownType(name, type & 0xFF, pgno);
    }
    if (type != PageHeader.BRANCH && type != PageHeader.LEAF && type != PageHeader.OVERFLOW) {
      throw corrupt(pgno, "page type " + type + ", allowed: 2, 3 or 4");
    }
    if (!plausible) {
      throw corrupt(pgno, "a run of " + pages + " pages, allowed: 1 to " + most);
    }
    if (type == PageHeader.LEAF && PageHeader.leafPages(page, 0) != pages) {
      // A search reads the flags alone, not the number of pages.
      int flagged = PageHeader.leafPages(page, 0);
      throw corrupt(pgno, "a leaf of " + pages + " pages, whose flags say " + flagged);
    }
    // Last: the other faults of a page say more than that it is the wrong page.
    checkIdentity(page, pgno, birth);
  }

  /**
   * Whether this build does not know what a page of this type has. A record of the commit log that
   * fills its block may have a page's checksum, and be where the write of a page was lost.
   */
  static boolean isUnknown(int type) {
    return type > PageHeader.OVERFLOW && type != PageHeader.LOG;
  }

  static UnsupportedFormatException unknownType(String file, int type, long pgno) {
    return new UnsupportedFormatException(
        file,
        "a page of type %d (page %d)".formatted(type, pgno),
        "types up to " + PageHeader.OVERFLOW,
        "open it with the version of Pando that wrote it, or a newer one");
  }

  /** Pages that a page or run of a type may have at its place. */
  private long mostPages(byte type, long pgno) {
    return switch (type) {
      case PageHeader.OVERFLOW -> pageCount - pgno;
      case PageHeader.LEAF -> Math.min(PageHeader.maxLeafPages(pageSize), pageCount - pgno);
      default -> 1;
    };
  }

  private void checkIdentity(MemorySegment page, long pgno, long birth) {
    long number = PageHeader.pgno(page, 0);
    if (number != pgno) {
      throw corrupt(
          pgno,
          "the page carries number " + number + ": it was written to the wrong place, or copied");
    }
    long found = PageHeader.birth(page, 0);
    if (found != birth) {
      throw corrupt(pgno, otherBirth(found, birth));
    }
  }

  static String otherBirth(long found, long wanted) {
    return "the page was written by transaction "
        + found
        + ", its reference wants "
        + wanted
        + (found < wanted ? ": a write was lost" : ": the page was reused too early");
  }

  private static String describe(int stored, int computed, MemorySegment page, int pageSize) {
    MemorySegment whole = page.asSlice(0, pageSize);
    boolean zeros = whole.mismatch(MemorySegment.ofArray(new byte[pageSize])) < 0;
    return String.format(
        "checksum %08x stored, %08x computed%s; restore the file from a copy",
        stored, computed, zeros ? ": the page is all zeros, its write was lost" : "");
  }

  StorageIoException unreadable(long pgno, InternalError e) {
    return new StorageIoException(
        name
            + ": page "
            + pgno
            + " cannot be read through the map: the file was truncated while"
            + " it was open, or its disk failed; close the database and restore the file",
        e);
  }

  private CorruptFileException corrupt(long pgno, String reason) {
    return damage.found(new CorruptFileException(name, pgno, reason));
  }

  /** A heap buffer for one verification at a time. */
  private final class Scratch {
    private final byte[] bytes = new byte[BATCH];
    final MemorySegment segment = MemorySegment.ofArray(bytes);
    private final CRC32C crc = new CRC32C();

    void fill(long offset, int length) {
      MemorySegment chunk = chunks[(int) (offset >>> chunkShift)];
      long start = offset & ((1L << chunkShift) - 1); // what follows the chunk is in its overlap
      MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, start, bytes, 0, length);
    }

    /** Sums a page or run whose first page is in the buffer; leaves the buffer's header. */
    int sum(long base, long length) {
      crc.reset();
      crc.update(bytes, PageHeader.TYPE, pageSize - PageHeader.TYPE);
      if (length > pageSize) {
        byte[] header = new byte[PageHeader.SIZE];
        System.arraycopy(bytes, 0, header, 0, PageHeader.SIZE);
        for (long done = pageSize; done < length; ) {
          int batch = (int) Math.min(BATCH, length - done);
          fill(base + done, batch);
          crc.update(bytes, 0, batch);
          done += batch;
        }
        System.arraycopy(header, 0, bytes, 0, PageHeader.SIZE);
      }
      return (int) crc.getValue();
    }
  }
}
