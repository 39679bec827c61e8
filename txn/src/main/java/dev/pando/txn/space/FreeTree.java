package dev.pando.txn.space;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The free pages as they are written down: the records of the free tree, and the differences from
 * them in the meta. Small commits change only the meta. When it is full, the records of all chunks
 * that differ are written.
 *
 * <p>{@link #differences} and {@link #write} prepare a commit and undo nothing. If it fails, only
 * {@link #load} makes this right again.
 *
 * <p>See DECISIONS.md, 'Chunks of the free tree'.
 */
public final class FreeTree {
  private static final int WORDS = FreeChunk.WORDS;

  /** Free pages according to the tree's records. */
  private final PageSet recorded = new PageSet(0);

  /** Differences of the free pages from the records, except in {@link #touched} chunks. */
  private List<FreeRun> runs = List.of();

  /** Chunks, by number, in which pages may have become free or used since. */
  private final PageSet touched = new PageSet(0);

  /** The commit that all this describes; null if there is none. */
  private @Nullable Meta known;

  private final KeyBuffer key = new KeyBuffer(FreeRecord.KEY_BYTES);
  private final MemorySegment value = MemorySegment.ofArray(new byte[FreeRecord.BITMAP_BYTES]);

  /**
   * Reads all free pages of a commit.
   *
   * @param free gets the free pages
   */
  void load(PageReader pages, Meta meta, PageSet free) {
    known = null;
    recorded.clear(); // an earlier attempt, or a commit, may have failed
    touched.clear();
    free.clear();
    read(pages, meta, recorded);
    free.addAll(recorded);
    apply(pages.name(), meta.freeRuns(), free);
    runs = meta.freeRuns();
    if (free.size() != meta.freePages()) {
      throw new CorruptFileException(
          pages.name(),
          -1,
          "the meta records %d free pages, there are %d".formatted(meta.freePages(), free.size()));
    }
    known = meta;
  }

  /** Notes that a commit was written with these free pages. */
  void keep(Meta meta) {
    known = meta;
  }

  /** Returns the commit whose free pages are known; null if there is none. */
  @Nullable Meta known() {
    return known;
  }

  /**
   * Follows to a newer commit.
   *
   * @param free the free pages of {@link #known}; changed to those of the newer commit
   * @return the changes; after an exception only {@link #load} makes this right again
   */
  NewerCommit follow(PageReader pages, Meta next, PageSet free) {
    Meta older = Objects.requireNonNull(known);
    known = null;
    NewerCommit newer = new NewerCommit(pages, next, recorded, free);
    newer.follow(older);
    runs = next.freeRuns();
    known = next;
    return newer;
  }

  /** Reads the free tree's records. */
  public static void read(PageReader pages, Meta meta, PageSet out) {
    Slice key = new Slice();
    Slice value = new Slice();
    ScanOrder order = ScanOrder.ascending(pages.name());
    try (Cursor cursor = new Tree(pages, meta.freeTree()).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        order.check(key);
        FreeRecord.read(pages.name(), key, value, meta.pageCount(), out);
      }
    }
  }

  /** Applies what the meta says to what the records say. */
  public static void apply(String file, List<FreeRun> changes, PageSet free) {
    for (FreeRun run : changes) {
      long done =
          run.free()
              ? free.addRun(run.pgno(), run.length())
              : free.removeRun(run.pgno(), run.length());
      if (done != run.length()) {
        throw new CorruptFileException(
            file,
            run.pgno(),
            "the meta and the free tree both say that a page of this run of %d is %s"
                .formatted(run.length(), run.free() ? "free" : "used"));
      }
    }
  }

  /** Notes that pages may have become free or used. */
  void touch(long pgno, long pages) {
    long first = pgno / FreeRecord.CHUNK_PAGES;
    touched.addRun(first, (pgno + pages - 1) / FreeRecord.CHUNK_PAGES - first + 1);
  }

  /**
   * Finds the differences of the free pages from the records. Reads touched chunks only: the
   * differences of the newest commit still hold for the others.
   *
   * @param most the most runs to return
   * @param pageCount no run may end after it
   * @return runs by page number; null if there are more runs or a run ends later
   */
  @Nullable List<FreeRun> differences(PageSet free, int most, long pageCount) {
    FreeRuns found = new FreeRuns(most, Math.min(most, runs.size() + 16));
    int old = 0;
    long at = 0;
    long end = touched.end();
    for (long chunk = touched.nextIn(0, end); chunk < end; ) {
      old = copy(old, at, chunk * FreeRecord.CHUNK_PAGES, found);
      long out = touched.nextOut(chunk, end);
      for (; chunk < out && !found.areTooMany(); chunk++) {
        list(chunk, free, found);
      }
      at = out * FreeRecord.CHUNK_PAGES;
      chunk = found.areTooMany() ? end : touched.nextIn(out, end);
    }
    int _ = copy(old, at, Long.MAX_VALUE, found);
    List<FreeRun> list = found.list();
    if (found.areTooMany() || found.end() > pageCount) {
      return null;
    }
    runs = list;
    touched.removeAll();
    return runs;
  }

  /**
   * Adds what the newest commit's runs say about some pages.
   *
   * @param index the first run that may be there
   * @return the first run that may be after them
   */
  private int copy(int index, long from, long end, FreeRuns out) {
    int at = index;
    for (; at < runs.size(); at++) {
      FreeRun run = runs.get(at);
      long start = run.pgno();
      long stop = start + run.length();
      if (start >= from && stop <= end) { // the usual case
        out.add(run, start, stop);
        continue;
      }
      long first = Math.max(start, from);
      long last = Math.min(stop, end);
      if (first < last) {
        out.add(first, last - first, run.free());
      }
      if (stop > end) {
        return at;
      }
    }
    return at;
  }

  private void list(long chunk, PageSet free, FreeRuns out) {
    for (int i = (int) chunk * WORDS; i < (chunk + 1) * WORDS; i++) {
      long now = free.word(i);
      for (long left = now ^ recorded.word(i); left != 0; ) {
        int start = Long.numberOfTrailingZeros(left);
        boolean isFree = (now & 1L << start) != 0;
        long alike = left & (isFree ? now : ~now) & (-1L << start);
        int length = Long.numberOfTrailingZeros(~(alike >>> start));
        out.add((long) i * Long.SIZE + start, length, isFree);
        left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
      }
    }
  }

  /**
   * Writes records, so that fewer differences are left. Whole chunks that are alike may stay a
   * difference: a long run takes one entry in the meta, and its records would be thousands.
   *
   * @param pageCount differences after it are written in any case
   * @param all whether the differences of whole chunks are written, too
   */
  void write(TreeWriter tree, PageSet free, long pageCount, boolean all) {
    for (FreeRun run : runs) {
      touchEnds(run, all || run.pgno() + run.length() > pageCount);
    }
    long wholeUpTo = all ? 0 : pageCount / FreeRecord.CHUNK_PAGES;
    long end = touched.end();
    for (long chunk = touched.nextIn(0, end); chunk < end; chunk = touched.nextIn(chunk + 1, end)) {
      if (differs(chunk, free) && !(chunk < wholeUpTo && isWhole(chunk, free))) {
        write(chunk, tree, free);
      }
    }
  }

  /** Touches the chunks that a run covers in part, or all that it is in. */
  private void touchEnds(FreeRun run, boolean all) {
    long end = run.pgno() + run.length();
    if (all) {
      touch(run.pgno(), run.length());
      return;
    }
    if (run.pgno() % FreeRecord.CHUNK_PAGES != 0) {
      touch(run.pgno(), 1);
    }
    if (end % FreeRecord.CHUNK_PAGES != 0) {
      touch(end - 1, 1);
    }
  }

  private boolean differs(long chunk, PageSet free) {
    for (int i = (int) chunk * WORDS; i < (chunk + 1) * WORDS; i++) {
      if (free.word(i) != recorded.word(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all pages of a chunk differ from the chunk's record in the same way. */
  private boolean isWhole(long chunk, PageSet free) {
    long first = free.word((int) chunk * WORDS);
    if (first != 0 && first != -1) {
      return false;
    }
    for (int i = (int) chunk * WORDS; i < (chunk + 1) * WORDS; i++) {
      if (free.word(i) != first || recorded.word(i) != ~first) {
        return false;
      }
    }
    return true;
  }

  private void write(long chunk, TreeWriter tree, PageSet free) {
    for (int i = (int) chunk * WORDS; i < (chunk + 1) * WORDS; i++) {
      recorded.setWord(i, free.word(i));
    }
    FreeRecord.writeKey(key, chunk);
    int length = FreeRecord.writeValue(value, free, chunk);
    if (length > 0) {
      boolean _ = tree.put(key, value, 0, length);
    } else {
      boolean _ = tree.delete(key);
    }
  }
}
