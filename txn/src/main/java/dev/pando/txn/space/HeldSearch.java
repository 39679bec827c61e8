package dev.pando.txn.space;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.txn.file.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the free pages that pinned snapshots still see, from the metas of these snapshots. Each
 * meta says which pages were free then, and its snapshot sees all others. No transaction can have
 * reused a page between the first and the last snapshot that see it. So the page is held for all
 * snapshots in between. They see it, too, unless a named snapshot was restored, which uses free
 * pages again.
 *
 * <p>A pin may be stale: a reader that begins publishes the commit that it takes for the newest
 * one, and then checks whether it is. The pin counts until then, although its snapshot may no
 * longer exist and its pages may be in use for something else.
 */
public final class HeldSearch {
  /** Index in an element of {@link #dates} of the last pins; 64 first pins precede them. */
  private static final int LAST = Long.SIZE;

  /**
   * Pages with the first and the last pin that see them. It compares itself, because a comparator
   * of lambdas is linked at the first commit of each JVM.
   */
  private record Run(int first, int last, long pgno, int length) implements Comparable<Run> {
    @Override
    public int compareTo(Run other) {
      return first != other.first
          ? Integer.compare(first, other.first)
          : Integer.compare(last, other.last);
    }
  }

  private final Snapshot base;
  private final PageSet free;
  private final List<Long> pins = new ArrayList<>();

  /** Free pages that a pin sees, 64 a word. */
  private final long[] seen;

  /** Free pages that the newest pin sees, 64 a word. */
  private final long[] seenLast;

  /** Pages that the base uses and a pin sees, 64 a word. */
  private final long[] seenUsed;

  private final PageSet restored = new PageSet(0);

  /** Indexes into {@link #pins}, for 64 pages each; null if no pin sees a free page there. */
  private final int[] @Nullable [] dates;

  /**
   * Begins a search.
   *
   * @param free the free pages of {@code base}
   */
  public HeldSearch(Snapshot base, PageSet free) {
    this.base = base;
    this.free = free;
    int words = words(base.meta().pageCount());
    seen = new long[words];
    seenLast = new long[words];
    seenUsed = new long[words];
    dates = new int[words][];
  }

  private static int words(long pageCount) {
    return Math.toIntExact((pageCount + Long.SIZE - 1) / Long.SIZE);
  }

  /**
   * Searches all pinned snapshots before a base.
   *
   * @param metas their metas, by transaction; null for an unknown one
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
   * @param meta null if it is unknown: the snapshot is then taken to see every page
   */
  public void add(long txnId, @Nullable Meta meta) {
    PageSet freeThen = PageSet.keeping(base.meta().pageCount());
    if (meta != null) {
      try {
        readFree(base, meta, freeThen);
      } catch (CorruptFileException e) {
        freeThen.clear(); // a stale pin, or a damaged snapshot: all pages are kept
      }
    }
    add(txnId, meta, freeThen);
  }

  private static void readFree(Snapshot base, Meta meta, PageSet out) {
    FreeTree.read(base.map(), meta, out);
    FreeTree.apply(base.map().name(), meta.freeRuns(), out);
  }

  public void add(long txnId, @Nullable Meta meta, PageSet freeThen) {
    int pin = pins.size();
    pins.add(txnId);
    long pageCount = pageCount(base, meta);
    for (int i = 0; i < seen.length; i++) {
      long all = ~freeThen.word(i) & below(pageCount, i);
      long sees = free.word(i) & all;
      date(i, sees & ~seen[i], 0, pin);
      date(i, seenLast[i] & ~sees, LAST, pin - 1);
      seen[i] |= sees;
      seenLast[i] = sees;
      if ((seenUsed[i] & ~all) != 0) {
        restored.setWord(i, restored.word(i) | (seenUsed[i] & ~all));
      }
      seenUsed[i] |= all & ~free.word(i);
    }
  }

  /**
   * Returns pages that the base uses and a pinned snapshot sees, but a later one does not. Only
   * restoring a named snapshot leaves such pages.
   */
  PageSet restored() {
    return restored;
  }

  private static long pageCount(Snapshot base, @Nullable Meta meta) {
    long pageCount = base.meta().pageCount();
    return meta == null ? pageCount : Math.min(meta.pageCount(), pageCount);
  }

  /** Returns the bits of a word whose pages are below a page count. */
  private static long below(long pageCount, int word) {
    long left = pageCount - (long) word * Long.SIZE;
    return left >= Long.SIZE ? -1L : left <= 0 ? 0 : ~(-1L << left);
  }

  private void date(int word, long pages, int which, int pin) {
    if (pages != 0) {
      int[] known = dates[word];
      if (known == null) {
        known = new int[2 * Long.SIZE];
        dates[word] = known;
      }
      for (long left = pages; left != 0; left &= left - 1) {
        known[which + Long.numberOfTrailingZeros(left)] = pin;
      }
    }
  }

  /**
   * Returns the number of free pages of the newest commit that older ones see, each counted once.
   *
   * @throws CorruptFileException if an older one is damaged, or is no longer pinned
   */
  public static long pagesHeld(Snapshot newest, List<Meta> older) {
    return pagesHeld(newest, older, new long[0]);
  }

  /**
   * As {@link #pagesHeld(Snapshot, List)}, with pages that others see.
   *
   * @param seen pages that others see, 64 in a word
   */
  public static long pagesHeld(Snapshot newest, List<Meta> older, long[] seen) {
    PageSet free = new PageSet(newest.meta().pageCount());
    readFree(newest, newest.meta(), free);
    long[] all = pagesSeen(newest, older, seen);
    long held = 0;
    for (int i = 0; i < all.length; i++) {
      held += Long.bitCount(free.word(i) & all[i]);
    }
    return held;
  }

  /**
   * Returns the pages that older commits see, whether the newest one sees them or not.
   *
   * @param others pages that others see
   * @return those and {@code others}, 64 in a word
   * @throws CorruptFileException if an older one is damaged, or is no longer pinned
   */
  public static long[] pagesSeen(Snapshot newest, List<Meta> older, long[] others) {
    if (older.isEmpty()) {
      return others;
    }
    long[] seen = Arrays.copyOf(others, Math.max(others.length, words(pageCount(newest, null))));
    for (Meta meta : older) {
      PageSet freeThen = PageSet.keeping(newest.meta().pageCount());
      readFree(newest, meta, freeThen);
      long pageCount = pageCount(newest, meta);
      for (int i = 0; i < words(pageCount); i++) {
        seen[i] |= ~freeThen.word(i) & below(pageCount, i);
      }
    }
    return seen;
  }

  /**
   * Moves the pages of this search from the reusable to the held ones. Within one birth, pages that
   * were freed first come first.
   */
  public void moveTo(HeldPages held, PageSet reusable) {
    for (int i = 0; i < seen.length; i++) {
      date(i, seenLast[i], LAST, pins.size() - 1);
      seenLast[i] = 0;
    }
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < seen.length; i++) {
      int[] known = dates[i];
      if (known != null) {
        addRuns(i, known, runs);
      }
    }
    Collections.sort(runs); // stable: by page number
    for (Run run : runs) {
      held.add(pins.get(run.first), pins.get(run.last) + 1, run.pgno, run.length);
      reusable.removeRun(run.pgno, run.length);
    }
  }

  private void addRuns(int word, int[] known, List<Run> runs) {
    for (long left = seen[word]; left != 0; ) {
      int start = Long.numberOfTrailingZeros(left);
      int end = start + 1;
      while (end < Long.SIZE
          && (left & 1L << end) != 0
          && known[end] == known[start]
          && known[LAST + end] == known[LAST + start]) {
        end++;
      }
      long pgno = (long) word * Long.SIZE + start;
      runs.add(new Run(known[start], known[LAST + start], pgno, end - start));
      left &= end == Long.SIZE ? 0 : -1L << end;
    }
  }
}
