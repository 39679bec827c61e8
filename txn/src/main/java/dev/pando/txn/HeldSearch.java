package dev.pando.txn;

import dev.pando.pager.Meta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds which free pages pinned snapshots still see, from the metas of those snapshots: each says
 * which pages were free then, and it sees all others. A page that several see was in use from the
 * first of them to the last, because nobody could have reused it in between.
 */
final class HeldSearch {
  private static final long[] NOTHING = {};

  private final Snapshot base;
  private final PageSet free;
  private final List<Long> pins = new ArrayList<>();

  /** For each pin the pages that are free, but not to it. */
  private final List<long[]> seen = new ArrayList<>();

  /**
   * A search.
   *
   * @param free the free pages of {@code base}
   */
  HeldSearch(Snapshot base, PageSet free) {
    this.base = base;
    this.free = free;
  }

  /**
   * Adds a pinned snapshot, in ascending order.
   *
   * @param meta null if it is not known: then it is taken to see every page
   */
  void add(long txnId, @Nullable Meta meta) {
    PageSet freeThen = new PageSet(0);
    long pageCount = base.meta().pageCount();
    if (meta != null) {
      FreeTree.read(base.map(), meta, freeThen);
      FreeTree.apply(base.map().name(), meta.freeRuns(), freeThen);
      pageCount = Math.min(meta.pageCount(), pageCount);
    }
    int words = (int) ((pageCount + Long.SIZE - 1) / Long.SIZE);
    long[] sees = new long[words];
    for (int i = 0; i < words; i++) {
      sees[i] = free.word(i) & ~freeThen.word(i);
    }
    if (words > 0 && pageCount % Long.SIZE != 0) {
      sees[words - 1] &= ~(-1L << pageCount);
    }
    pins.add(txnId);
    seen.add(sees);
  }

  /** Free pages of the newest commit that older ones see, each counted once. */
  static long pagesHeld(Snapshot newest, List<Meta> older) {
    PageSet free = new PageSet(newest.meta().pageCount());
    FreeTree.read(newest.map(), newest.meta(), free);
    FreeTree.apply(newest.map().name(), newest.meta().freeRuns(), free);
    HeldSearch search = new HeldSearch(newest, free);
    older.forEach(meta -> search.add(meta.txnId(), meta));
    HeldPages held = new HeldPages();
    search.moveTo(held, free);
    return held.pages();
  }

  /** Moves what was found out of the reusable pages. */
  void moveTo(HeldPages held, PageSet reusable) {
    int count = pins.size();
    for (int first = 0; first < count; first++) {
      for (int last = first; last < count; last++) {
        move(first, last, held, reusable);
      }
    }
  }

  /** What the first of these pins is the first to see, and the last the last. */
  private void move(int first, int last, HeldPages held, PageSet reusable) {
    long[] from = seen.get(first);
    long[] to = seen.get(last);
    long[] before = first == 0 ? NOTHING : seen.get(first - 1);
    long[] after = last + 1 == pins.size() ? NOTHING : seen.get(last + 1);
    int words = Math.min(from.length, to.length);
    for (int i = 0; i < words; i++) {
      long left = from[i] & to[i] & ~word(before, i) & ~word(after, i);
      while (left != 0) {
        int start = Long.numberOfTrailingZeros(left);
        int length = Long.numberOfTrailingZeros(~(left >>> start));
        long pgno = (long) i * Long.SIZE + start;
        held.add(pins.get(first), pins.get(last) + 1, pgno, length);
        reusable.removeRun(pgno, length);
        left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
      }
    }
  }

  private static long word(long[] words, int i) {
    return i < words.length ? words[i] : 0;
  }
}
