package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageFetch.Result;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The first pages of a file, mapped for reading, with a bit for each page that has been verified.
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

  /** Words whose bits are cleared for each page that is fetched. */
  private static final int WORDS_A_FETCH = 32;

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

  /** Shared with later maps of the file while it has room for their pages. */
  private final VerifiedPages verified;

  /** The bits of {@link #verified}: here for the same reason as {@link #chunks}. */
  private final long[] verifiedBits;

  /** Shared with later maps of the file; null if each read verifies the page again. */
  private final @Nullable DecodedPages decoded;

  /** Shared with later maps of the file. */
  private final FoundDamage damage;

  private final PageVerifier verifier;
  private final @Nullable PageFetch fetch;
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
      @Nullable PageMap previous,
      @Nullable PageFetch fetch) {
    this.name = name;
    this.fetch = fetch;
    this.pieces = pieces;
    this.chunks = pieces.chunks();
    this.chunkShift = pieces.chunkShift();
    this.chunkMask = (1L << chunkShift) - 1;
    this.pageCount = pageCount;
    this.shift = Integer.numberOfTrailingZeros(pageSize);
    this.remember = mode != Checksums.ALWAYS;
    this.damage = previous == null ? new FoundDamage() : previous.damage;
    boolean checksums = mode != Checksums.NEVER;
    this.verifier = new PageVerifier(name, pieces, pageSize, pageCount, checksums, damage);
    this.verified = carryOver(previous, pageCount);
    this.verifiedBits = verified.bits;
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
    return of(name, whole, pageSize, pageCount, mode, previous, null);
  }

  /**
   * A map of a file.
   *
   * @param pieces show all its pages; released by the last {@link #release}
   * @param previous an earlier map of the same file with the same page size
   * @param fetch reads pages that have not been verified, if need be
   * @throws UnsupportedFormatException if it has more pages than this version can map
   */
  static PageMap of(
      String name,
      MapPieces pieces,
      int pageSize,
      long pageCount,
      Checksums mode,
      @Nullable PageMap previous,
      @Nullable PageFetch fetch) {
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
    return new PageMap(name, pieces, pageSize, pageCount, mode, previous, fetch);
  }

  private static VerifiedPages carryOver(@Nullable PageMap previous, long pageCount) {
    int words = words(pageCount);
    if (previous != null && previous.verifiedBits.length >= words) {
      if (pageCount < previous.pageCount) {
        previous.verified.remove(pageCount, previous.pageCount);
      }
      return previous.verified;
    }
    int spare = Math.min(words / 4 + SPARE_WORDS, Integer.MAX_VALUE - SPARE_WORDS - words);
    return new VerifiedPages(previous == null ? null : previous.verified, words + spare);
  }

  private static int words(long pageCount) {
    return (int) ((pageCount + Long.SIZE - 1) >>> 6);
  }

  @Override
  public int pageSize() {
    return 1 << shift;
  }

  /** Pages that the map shows: page numbers are below this. */
  public long pageCount() {
    return pageCount;
  }

  /** Whether it shows all of the run that begins at a page, which is not verified. */
  public boolean shows(long pgno) {
    long left = pageCount - pgno;
    long address = pgno << shift;
    return left > 0 && PageHeader.pages(segment(address), offset(address)) <= left;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable DecodedPages decoded() {
    return decoded;
  }

  /** Where damaged pages are reported. */
  public FoundDamage damage() {
    return damage;
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
  public @Nullable MemorySegment joined(long address, long bytes) {
    long birth = PageHeader.birth(segment(address), offset(address));
    return pieces.joined(address, birth, bytes);
  }

  @Override
  public long locate(long pgno, long birth) {
    if (pgno < PageHeader.FIRST_PGNO || pgno >= pageCount) {
      throw outOfRange(pgno);
    }
    if ((verifiedBits[(int) (pgno >>> 6)] & 1L << pgno) == 0) {
      verify(pgno, birth);
    }
    long address = pgno << shift;
    if (segment(address).get(PageHeader.U64, offset(address) + PageHeader.BIRTH) != birth) {
      throw otherBirth(pgno, birth);
    }
    return address;
  }

  private void verify(long pgno, long birth) {
    if (fetch != null && remember && fetch.isOn()) {
      try {
        fetch(fetch, pgno);
      } catch (InternalError e) { // the system cannot read the page
        throw verifier.unreadable(pgno, e);
      }
    }
    if (!verified.hasPassed(pgno)) {
      verifier.verify(pgno, birth);
    }
    if (remember) {
      verified.add(pgno);
    }
  }

  /** Fetches a page, or a leaf of several. */
  private void fetch(PageFetch from, long pgno) {
    long address = pgno << shift;
    MemorySegment page = segment(address);
    long base = offset(address);
    Result first = from.fetch(page, base, pageSize());
    if (first == Result.FAILED) {
      return;
    }
    boolean isLeaf = PageHeader.type(page, base) == PageHeader.LEAF;
    int pages = isLeaf ? PageHeader.leafPages(page, base) : 1; // at most 16, also of a damaged one
    Result rest =
        pages == 1
            ? Result.FROM_MEMORY
            : from.fetch(page, base + pageSize(), (pages - 1L) * pageSize());
    if (first == Result.FROM_DISK || rest == Result.FROM_DISK) {
      forgetSome(from);
    }
  }

  /**
   * Clears bits for each page that comes from the disk, in turn. So a page is fetched again after
   * the 2,048th part of the file has come. With fewer bits more pages are out of memory by then,
   * and a fault reads around each.
   */
  private void forgetSome(PageFetch from) {
    int words = words(pageCount);
    int first = from.nextWord(words, WORDS_A_FETCH);
    verified.clearWords(first, Math.min(first + WORDS_A_FETCH, words));
  }

  /** Declares that memory has become short: each page is fetched before it is read again. */
  public void fetchAgain() {
    verified.clearWords(0, words(pageCount));
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
      verified.add(pgno);
    }
  }

  /** Declares that pages will get other content: they are verified again when next read. */
  public void forget(long pgno, long pages) {
    if (pgno < 0 || pages < 0) {
      throw new IllegalArgumentException("pgno=" + pgno + ", pages=" + pages + ", allowed: 0 up");
    }
    verified.remove(Math.min(pgno, pageCount), Math.min(pgno + pages, pageCount));
  }

  /** Whether the page's bit is set. */
  public boolean isVerified(long pgno) {
    return pgno >= 0 && pgno < pageCount && verified.contains(pgno);
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
