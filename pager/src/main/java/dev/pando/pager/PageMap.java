package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first pages of a file, mapped for reading, with one bit for each page that has been verified.
 * An address is the page's offset in the file, in every map of it. The memory comes in chunks,
 * which maps of one file share; see {@link MapLayout}.
 *
 * <p>Thread-safe: any number of threads read one map. It is counted: {@link #retain} takes a
 * reference, {@link #release} gives one back, and the last release unmaps what no other map shares.
 * Reading memory that is unmapped is an {@link IllegalStateException}, never a crash.
 */
public final class PageMap implements PageReader {
  /** Pages of the largest map: the bitmap of a larger one would not fit an array. */
  private static final long MAX_PAGES = 1L << 36;

  private static final int SPARE_WORDS = 64;
  private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(PageMap.class, "references", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long pageCount;
  private final int shift;

  /** The memory of {@link #pieces}; here, because reading is most of what a map does. */
  private final MemorySegment[] chunks;

  private final int chunkShift;
  private final long chunkMask;

  /**
   * A set bit means that the page, or the run that begins with it, has been verified. Read plainly:
   * a reader that misses a bit verifies again. Shared with later maps of the file while it is long
   * enough.
   */
  private final long[] verified;

  /** Shared with later maps of the file; null if each read verifies the page again. */
  private final @Nullable DecodedPages decoded;

  private final PageVerifier verifier;
  private final boolean remember;
  private final String name;
  private final MapPieces pieces;

  /** References; at 0 the map is unmapped. Changed by compare-and-set only. */
  @SuppressWarnings("unused") // through REFERENCES
  private volatile int references = 1;

  private PageMap(
      String name,
      MapPieces pieces,
      int pageSize,
      long pageCount,
      Checksums mode,
      @Nullable PageMap previous) {
    this.name = name;
    this.pieces = pieces;
    this.chunks = pieces.chunks();
    this.chunkShift = pieces.chunkShift();
    this.chunkMask = (1L << chunkShift) - 1;
    this.pageCount = pageCount;
    this.shift = Integer.numberOfTrailingZeros(pageSize);
    this.remember = mode != Checksums.ALWAYS;
    this.verifier = new PageVerifier(name, pieces, pageSize, pageCount, mode != Checksums.NEVER);
    this.verified = carryOver(previous, pageCount);
    this.decoded = !remember ? null : previous == null ? new DecodedPages() : previous.decoded;
  }

  /**
   * A map over memory that holds the file. For a {@link PageFile} that makes maps.
   *
   * @param owner closed by the last {@link #release}; the memory should be of this arena
   * @param previous an earlier map of the same file with the same page size
   */
  public static PageMap over(
      String name,
      MemorySegment memory,
      Arena owner,
      int pageSize,
      long pageCount,
      Checksums mode,
      @Nullable PageMap previous) {
    PageHeader.checkPageSize(pageSize);
    if (memory.byteSize() / pageSize < pageCount) {
      throw new IllegalArgumentException(
          "pages=%d of %d bytes, allowed: as many as are in %d bytes of memory"
              .formatted(pageCount, pageSize, memory.byteSize()));
    }
    MapPieces whole = MapPieces.of(new MapPiece(0, memory, owner));
    return of(name, whole, pageSize, pageCount, mode, previous);
  }

  /**
   * A map of a file.
   *
   * @param pieces show all its pages; released by the last {@link #release}
   * @param previous an earlier map of the same file with the same page size
   * @throws UnsupportedFormatException if it has more pages than this version can map
   */
  static PageMap of(
      String name,
      MapPieces pieces,
      int pageSize,
      long pageCount,
      Checksums mode,
      @Nullable PageMap previous) {
    if (pageCount < PageHeader.META_SLOTS) {
      throw new IllegalArgumentException(
          "pages=" + pageCount + ", allowed: " + PageHeader.META_SLOTS + " up");
    }
    if (pageCount > MAX_PAGES) { // a sparse file can be that long
      throw new UnsupportedFormatException(
          name,
          "a file of " + pageCount + " pages",
          "up to " + MAX_PAGES + " pages",
          "copy it into a database of larger pages");
    }
    if (previous != null && previous.pageSize() != pageSize) {
      throw new IllegalArgumentException(
          "page size=" + pageSize + ", the previous map's=" + previous.pageSize());
    }
    return new PageMap(name, pieces, pageSize, pageCount, mode, previous);
  }

  private static long[] carryOver(@Nullable PageMap previous, long pageCount) {
    int words = (int) ((pageCount + Long.SIZE - 1) >>> 6);
    if (previous != null && previous.verified.length >= words) {
      if (pageCount < previous.pageCount) {
        clear(previous.verified, pageCount, previous.pageCount);
      }
      return previous.verified;
    }
    int spare = Math.min(words / 4 + SPARE_WORDS, Integer.MAX_VALUE - SPARE_WORDS - words);
    return previous == null
        ? new long[words + spare]
        : Arrays.copyOf(previous.verified, words + spare);
  }

  @Override
  public int pageSize() {
    return 1 << shift;
  }

  /** Pages that the map shows: page numbers are below this. */
  public long pageCount() {
    return pageCount;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable DecodedPages decoded() {
    return decoded;
  }

  @Override
  public MemorySegment segment(long address) {
    return chunks[(int) (address >>> chunkShift)];
  }

  @Override
  public long offset(long address) {
    return address & chunkMask;
  }

  @Override
  public long locate(long pgno, long birth) {
    if (pgno < PageHeader.FIRST_PGNO || pgno >= pageCount) {
      throw outOfRange(pgno);
    }
    if ((verified[(int) (pgno >>> 6)] & 1L << pgno) == 0) {
      verify(pgno, birth);
    }
    long address = pgno << shift;
    if (segment(address).get(PageHeader.U64, offset(address) + PageHeader.BIRTH) != birth) {
      throw otherBirth(pgno, birth);
    }
    return address;
  }

  private void verify(long pgno, long birth) {
    verifier.verify(pgno, birth);
    if (remember) {
      set(verified, pgno);
    }
  }

  private CorruptFileException outOfRange(long pgno) {
    return new CorruptFileException(
        name,
        pgno,
        "a reference names this page, allowed: "
            + PageHeader.FIRST_PGNO
            + " to "
            + (pageCount - 1)
            + "; the page that holds the reference is damaged, or the file was truncated");
  }

  private CorruptFileException otherBirth(long pgno, long birth) {
    long address = pgno << shift;
    long found = PageHeader.birth(segment(address), offset(address));
    return new CorruptFileException(name, pgno, PageVerifier.otherBirth(found, birth));
  }

  /**
   * Declares that a page or run was just written with valid content, so that it need not be
   * verified.
   *
   * @param pages of the run; pages beyond the map are left out
   */
  public void markVerified(long pgno, long pages) {
    forget(pgno, pages);
    if (remember && pgno < pageCount) {
      set(verified, pgno);
    }
  }

  /** Declares that pages will get other content: they are verified again when next read. */
  public void forget(long pgno, long pages) {
    if (pgno < 0 || pages < 0) {
      throw new IllegalArgumentException("pgno=" + pgno + ", pages=" + pages + ", allowed: 0 up");
    }
    clear(verified, Math.min(pgno, pageCount), Math.min(pgno + pages, pageCount));
  }

  /** Whether the page's bit is set. */
  public boolean isVerified(long pgno) {
    return pgno >= 0
        && pgno < pageCount
        && ((long) BITS.getVolatile(verified, (int) (pgno >>> 6)) & 1L << pgno) != 0;
  }

  private static void set(long[] bits, long pgno) {
    long _ = (long) BITS.getAndBitwiseOr(bits, (int) (pgno >>> 6), 1L << pgno);
  }

  private static void clear(long[] bits, long from, long to) {
    for (long at = from; at < to; ) {
      long wordEnd = Math.min((at | (Long.SIZE - 1)) + 1, to);
      long mask = (-1L >>> (Long.SIZE - (wordEnd - at))) << at;
      long _ = (long) BITS.getAndBitwiseAnd(bits, (int) (at >>> 6), ~mask);
      at = wordEnd;
    }
  }

  /**
   * Takes another reference.
   *
   * @throws IllegalStateException if the last one was given back already
   */
  public PageMap retain() {
    int now;
    do {
      now = references;
      if (now == 0) {
        throw closed();
      }
    } while (!REFERENCES.compareAndSet(this, now, now + 1));
    return this;
  }

  /** For a later map of the file, while this one has a reference. */
  MapPieces pieces() {
    return pieces;
  }

  /**
   * Gives one reference back; the last one unmaps what no other map of the file shares.
   *
   * @throws IllegalStateException if there is none left
   */
  public void release() {
    int now;
    do {
      now = references;
      if (now == 0) {
        throw closed();
      }
    } while (!REFERENCES.compareAndSet(this, now, now - 1));
    if (now == 1) {
      pieces.release();
    }
  }

  private IllegalStateException closed() {
    return new IllegalStateException(name + ": this map of the file is closed");
  }
}
