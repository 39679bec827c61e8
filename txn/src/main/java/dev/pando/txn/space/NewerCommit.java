package dev.pando.txn.space;

import dev.pando.btree.Slice;
import dev.pando.btree.TreeChanges;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageReader;
import java.util.Arrays;
import java.util.List;

/**
 * Updates the known free pages of a commit to those of a newer one. The cost is in proportion to
 * the changes in between. It reads the records in newer pages of the free tree, and compares the
 * runs of both metas. After an exception the known pages are wrong, and must be read again.
 */
final class NewerCommit {
  private final PageReader pages;
  private final Meta meta;
  private final PageSet recorded;
  private final PageSet free;

  /** Chunks, by number, in which a record or a run has changed. */
  private final PageSet changed = new PageSet(0);

  /** Pages that have become free, by page number. */
  final RunList freed = new RunList();

  /** Pages that are no longer free, by page number. */
  final RunList used = new RunList();

  /**
   * Makes an update to a newer commit.
   *
   * @param pages shows the newer commit
   * @param recorded free pages according to the records of the older commit's free tree
   * @param free the free pages of the older one
   */
  NewerCommit(PageReader pages, Meta meta, PageSet recorded, PageSet free) {
    this.pages = pages;
    this.meta = meta;
    this.recorded = recorded;
    this.free = free;
  }

  /** Changes both sets to those of the newer commit. */
  void follow(Meta older) {
    if (!meta.freeTree().equals(older.freeTree())) {
      Records records = new Records();
      TreeChanges.visit(pages, meta.freeTree(), older.txnId(), records);
      records.clear(recorded.end() / FreeRecord.CHUNK_PAGES + 1);
    }
    compare(older.freeRuns(), meta.freeRuns());
    compare(meta.freeRuns(), older.freeRuns());
    apply();
    if (free.size() != meta.freePages()) {
      throw new CorruptFileException(
          pages.name(),
          -1,
          "the meta records %d free pages, there are %d".formatted(meta.freePages(), free.size()));
    }
  }

  /** Applies the changed records. */
  private final class Records implements TreeChanges.Visitor {
    private final long[] words = new long[FreeChunk.WORDS];

    /** The first chunk that no record has covered yet. */
    private long next;

    @Override
    public void entry(Slice key, Slice value) {
      long chunk = chunk(key);
      clear(chunk);
      Arrays.fill(words, 0);
      FreeRecord.readWords(pages.name(), value, chunk, meta.pageCount(), words);
      for (int i = 0; i < words.length; i++) {
        int index = (int) chunk * FreeChunk.WORDS + i;
        if (recorded.word(index) != words[i]) {
          recorded.setWord(index, words[i]);
          boolean _ = changed.add(chunk);
        }
      }
      next = chunk + 1;
    }

    @Override
    public void unchanged(Slice first, Slice last) {
      clear(chunk(first));
      next = chunk(last) + 1;
    }

    private long chunk(Slice key) {
      long most = (meta.pageCount() - 1) / FreeRecord.CHUNK_PAGES;
      long chunk =
          key.length == FreeRecord.KEY_BYTES ? key.segment.get(FreeRecord.BIG, key.offset) : -1;
      if (chunk < next || chunk > most) {
        throw new CorruptFileException(
            pages.name(),
            -1,
            "free pages of chunk %d after %d, allowed: up to %d".formatted(chunk, next - 1, most));
      }
      return chunk;
    }

    /** Notes that there are no more records up to a chunk. */
    void clear(long end) {
      long limit = end * FreeRecord.CHUNK_PAGES;
      for (long at = recorded.nextIn(next * FreeRecord.CHUNK_PAGES, limit); at < limit; ) {
        long chunk = at / FreeRecord.CHUNK_PAGES;
        long _ = recorded.removeRun(chunk * FreeRecord.CHUNK_PAGES, FreeRecord.CHUNK_PAGES);
        boolean _ = changed.add(chunk);
        at = recorded.nextIn(at, limit);
      }
    }
  }

  /** Notes pages that one list has and the other does not. */
  private void compare(List<FreeRun> some, List<FreeRun> others) {
    int other = 0;
    for (FreeRun run : some) {
      long at = run.pgno();
      long end = at + run.length();
      while (at < end) {
        while (other < others.size() && end(others.get(other)) <= at) {
          other++;
        }
        long next = other < others.size() ? Math.min(others.get(other).pgno(), end) : end;
        if (at < next) {
          change(at, next);
        }
        at = next < end ? Math.min(end(others.get(other)), end) : end;
      }
    }
  }

  private static long end(FreeRun run) {
    return run.pgno() + run.length();
  }

  private void change(long from, long end) {
    long first = from / FreeRecord.CHUNK_PAGES;
    long _ = changed.addRun(first, (end - 1) / FreeRecord.CHUNK_PAGES - first + 1);
  }

  /** Computes the free pages of all changed chunks again. */
  private void apply() {
    long[] words = new long[FreeChunk.WORDS];
    int run = 0;
    long end = changed.end();
    for (long chunk = changed.nextIn(0, end); chunk < end; chunk = changed.nextIn(chunk + 1, end)) {
      int first = (int) chunk * FreeChunk.WORDS;
      for (int i = 0; i < words.length; i++) {
        words[i] = recorded.word(first + i);
      }
      run = FreeChunk.apply(pages.name(), meta.freeRuns(), skip(run, chunk), chunk, words);
      for (int i = 0; i < words.length; i++) {
        long before = free.word(first + i);
        if (before != words[i]) {
          free.setWord(first + i, words[i]);
          freed.addWord(first + i, words[i] & ~before);
          used.addWord(first + i, before & ~words[i]);
        }
      }
    }
  }

  /** Returns the first run from an index on that does not end before a chunk. */
  private int skip(int index, long chunk) {
    int at = index;
    while (at < meta.freeRuns().size()
        && end(meta.freeRuns().get(at)) <= chunk * FreeRecord.CHUNK_PAGES) {
      at++;
    }
    return at;
  }
}
