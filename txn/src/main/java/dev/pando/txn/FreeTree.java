package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The free pages as they are written down: the records of the free tree, and what the meta says is
 * different from them. Small commits change the meta only; when it is full, the records of all
 * chunks that differ are written.
 *
 * <p>{@link #differences} and {@link #write} prepare a commit and undo nothing: if it fails, only
 * {@link #load} makes this right again.
 */
final class FreeTree {
  private static final int WORDS = FreeRecord.CHUNK_PAGES / Long.SIZE;

  /** Free pages as the tree's records have them. */
  private final PageSet recorded = new PageSet(0);

  /** Chunks, by number, that may differ from their record. */
  private final PageSet changed = new PageSet(0);

  private final KeyBuffer key = new KeyBuffer(FreeRecord.KEY_BYTES);
  private final MemorySegment value = MemorySegment.ofArray(new byte[FreeRecord.BITMAP_BYTES]);

  /**
   * Reads all free pages of a commit.
   *
   * @param free gets them
   */
  void load(PageReader pages, Meta meta, PageSet free) {
    recorded.clear(); // an earlier attempt, or a commit, may have failed
    changed.clear();
    free.clear();
    read(pages, meta, recorded);
    free.addAll(recorded);
    apply(pages.name(), meta.freeRuns(), free);
    for (FreeRun run : meta.freeRuns()) {
      touch(run.pgno(), run.length());
    }
    if (free.size() != meta.freePages()) {
      throw new CorruptFileException(
          pages.name(),
          -1,
          "the meta records %d free pages, there are %d".formatted(meta.freePages(), free.size()));
    }
  }

  /** Reads the free tree's records. */
  static void read(PageReader pages, Meta meta, PageSet out) {
    Slice key = new Slice();
    Slice value = new Slice();
    try (Cursor cursor = new Tree(pages, meta.freeTree()).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        FreeRecord.read(pages.name(), key, value, meta.pageCount(), out);
      }
    }
  }

  /** Changes what the records say by what the meta says. */
  static void apply(String file, List<FreeRun> changes, PageSet free) {
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
    changed.addRun(first, (pgno + pages - 1) / FreeRecord.CHUNK_PAGES - first + 1);
  }

  /**
   * How the free pages differ from the records.
   *
   * @return runs by page number; null if they do not fit in a meta
   */
  @Nullable List<FreeRun> differences(PageSet free, int pageSize) {
    int most = MetaLayout.maxRuns(pageSize);
    List<FreeRun> runs = new ArrayList<>();
    long end = changed.end();
    for (long chunk = changed.nextIn(0, end); chunk < end; chunk = changed.nextIn(chunk + 1, end)) {
      if (!differs(chunk, free)) {
        changed.removeRun(chunk, 1);
        continue;
      }
      for (int i = (int) chunk * WORDS; i < (chunk + 1) * WORDS; i++) {
        differences((long) i * Long.SIZE, free.word(i), recorded.word(i), runs);
      }
      if (runs.size() > most) {
        return null;
      }
    }
    return runs;
  }

  private static void differences(long first, long free, long recorded, List<FreeRun> runs) {
    for (long left = free ^ recorded; left != 0; ) {
      int start = Long.numberOfTrailingZeros(left);
      boolean isFree = (free & 1L << start) != 0;
      long alike = left & (isFree ? free : recorded) & (-1L << start);
      int length = Long.numberOfTrailingZeros(~(alike >>> start));
      addJoined(new FreeRun(first + start, length, isFree), runs);
      left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
    }
  }

  private static void addJoined(FreeRun run, List<FreeRun> runs) {
    FreeRun last = runs.isEmpty() ? null : runs.getLast();
    if (last != null && last.free() == run.free() && last.pgno() + last.length() == run.pgno()) {
      runs.set(runs.size() - 1, new FreeRun(last.pgno(), last.length() + run.length(), run.free()));
    } else {
      runs.add(run);
    }
  }

  /** Writes the records of all chunks that differ from them. */
  void write(TreeWriter tree, PageSet free) {
    long end = changed.end();
    for (long chunk = changed.nextIn(0, end); chunk < end; chunk = changed.nextIn(chunk + 1, end)) {
      changed.removeRun(chunk, 1); // first: writing the record may change the chunk
      if (differs(chunk, free)) {
        write(chunk, tree, free);
      }
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
