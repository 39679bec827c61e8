package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds which free pages pinned snapshots still see, from the metas of those snapshots: each says
 * which pages were free then, and it sees all others. A page that several see was in use from the
 * first of them to the last, because nobody could have reused it in between.
 *
 * <p>A pin may be stale: a reader that begins publishes what it takes for the newest commit, and
 * then looks whether it is. For that moment the pin counts, though the state that it names may be
 * gone, and its pages in use for something else.
 */
final class HeldSearch {
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
   * A search through all pinned snapshots before a base.
   *
   * @param metas their metas, by transaction; null for one that is not known
   */
  static HeldSearch of(Snapshot base, PageSet free, Pins pins, LongFunction<@Nullable Meta> metas) {
    HeldSearch search = new HeldSearch(base, free);
    long last = base.txnId() - 1;
    boolean lastIsPinned = false;
    for (long pin : pins.sorted()) {
      if (pin < base.txnId()) {
        search.add(pin, pins.isVague(pin) ? null : metas.apply(pin));
        lastIsPinned = pin == last;
      }
    }
    if (pins.isVague(last) && !lastIsPinned) {
      search.add(last, null); // readers without a slot may see what was freed up to the base
    }
    return search;
  }

  /**
   * Adds a pinned snapshot, in ascending order.
   *
   * @param meta null if it is not known: then it is taken to see every page
   */
  void add(long txnId, @Nullable Meta meta) {
    PageSet freeThen = PageSet.keeping(base.meta().pageCount());
    if (meta != null) {
      try {
        readFree(meta, freeThen);
      } catch (CorruptFileException e) {
        freeThen.clear(); // a stale pin, or a snapshot that is damaged: all of it is kept
      }
    }
    add(txnId, meta, freeThen);
  }

  private void readFree(Meta meta, PageSet out) {
    FreeTree.read(base.map(), meta, out);
    FreeTree.apply(base.map().name(), meta.freeRuns(), out);
  }

  private void add(long txnId, @Nullable Meta meta, PageSet freeThen) {
    long pageCount = base.meta().pageCount();
    if (meta != null) {
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

  /**
   * Free pages of the newest commit that older ones see, each counted once.
   *
   * @throws CorruptFileException if an older one is damaged, or is pinned no longer
   */
  static long pagesHeld(Snapshot newest, List<Meta> older) {
    PageSet free = new PageSet(newest.meta().pageCount());
    FreeTree.read(newest.map(), newest.meta(), free);
    FreeTree.apply(newest.map().name(), newest.meta().freeRuns(), free);
    HeldSearch search = new HeldSearch(newest, free);
    for (Meta meta : older) {
      PageSet freeThen = PageSet.keeping(newest.meta().pageCount());
      search.readFree(meta, freeThen);
      search.add(meta.txnId(), meta, freeThen);
    }
    HeldPages held = new HeldPages();
    search.moveTo(held, free);
    return held.pages();
  }

  /**
   * Moves what was found out of the reusable pages; of one birth, what was freed first goes first.
   */
  void moveTo(HeldPages held, PageSet reusable) {
    List<long[]> first = firstSeen(seen);
    List<long[]> last = firstSeen(seen.reversed()).reversed();
    for (int from = 0; from < pins.size(); from++) {
      for (int to = from; to < pins.size(); to++) {
        move(pins.get(from), pins.get(to) + 1, first.get(from), last.get(to), held, reusable);
      }
    }
  }

  /** For each pin what those before it do not see: each page once. */
  private static List<long[]> firstSeen(List<long[]> all) {
    long[] before = new long[all.stream().mapToInt(sees -> sees.length).max().orElse(0)];
    List<long[]> first = new ArrayList<>();
    for (long[] sees : all) {
      long[] alone = sees.clone();
      for (int i = 0; i < alone.length; i++) {
        alone[i] &= ~before[i];
        before[i] |= sees[i];
      }
      first.add(alone);
    }
    return first;
  }

  private static void move(
      long birth, long freed, long[] first, long[] last, HeldPages held, PageSet reusable) {
    int words = Math.min(first.length, last.length);
    for (int i = 0; i < words; i++) {
      long left = first[i] & last[i];
      while (left != 0) {
        int start = Long.numberOfTrailingZeros(left);
        int length = Long.numberOfTrailingZeros(~(left >>> start));
        long pgno = (long) i * Long.SIZE + start;
        held.add(birth, freed, pgno, length);
        reusable.removeRun(pgno, length);
        left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
      }
    }
  }
}
