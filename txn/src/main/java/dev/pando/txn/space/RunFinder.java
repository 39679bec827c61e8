package dev.pando.txn.space;

import java.util.Arrays;

/**
 * Finds reusable pages that are adjacent: each separate piece of a commit costs the disk as much as
 * several adjacent pages. The finder lists the runs of reusable pages in the order of the file and
 * takes from the longest ones. Short runs wait until their neighbours are free as well.
 *
 * <p>A list covers one window of the file. The window stays while it has runs that are long enough.
 * The finder returns to the first window when much has become reusable. So rewritten pages move to
 * the beginning of the file, and the end becomes free.
 *
 * <p>See DECISIONS.md, 'Search for long runs' and 'Window of small commits'.
 */
final class RunFinder {
  /** Pages of the window that one list covers. */
  private static final long WINDOW = 1 << 20;

  /** Windows without a run that one search passes over. */
  private static final int WINDOWS = 16;

  /** Pages of a run from which on longer runs are no better. */
  private static final int LONG = 64;

  /** Divisor: a list is out of date when this share of its runs may have grown. */
  private static final int SHARE_GROWN = 8;

  private final PageSet reusable;

  /** The runs of a window. Other classes may have taken pages of them since. */
  private final RunList runs = new RunList();

  private final long[] pagesByLength = new long[LONG + 1];

  /** The run that single pages come from. */
  private int at;

  /** The least length of a run for single pages; shorter runs are passed over. */
  private long threshold;

  /** The first run that may have a length, for each length; one for all longer ones. */
  private final int[] firstAt = new int[LONG + 1];

  /** The shortest length beyond {@link #LONG} for which its entry in {@link #firstAt} is valid. */
  private long longLeast;

  /** Upper limit of the lengths in the list. */
  private long longest;

  /** The start of the window that is listed, or will be. */
  private long windowStart;

  /** Whether the list exists and is up to date. */
  private boolean isListed;

  /** Pages that became reusable since the list was made. */
  private long added;

  /** Searches for runs of at least this length have failed; the next search is put off. */
  private long absent = Long.MAX_VALUE;

  /** The shortest length that no run had among the last {@link #passed} listed pages. */
  private long missed;

  private long passed;

  /** Pages that became reusable since the last search through all of them. */
  private long unseen;

  RunFinder(PageSet reusable) {
    this.reusable = reusable;
  }

  /** Notes that more pages are reusable, in different places. */
  void added(long pages) {
    added += pages;
    unseen += pages;
    if (pages > 0 && absent == 1) {
      absent = Long.MAX_VALUE;
    }
  }

  /** Notes that more pages are reusable, which are adjacent. */
  void addedRun(long pages) {
    added(pages);
    if (pages >= absent) {
      absent = Long.MAX_VALUE;
    }
  }

  /**
   * Begins a transaction.
   *
   * @param pages the number that it is likely to take
   */
  void begin(long pages) {
    if (unseen * SHARE_GROWN >= reusable.size()) {
      unseen = 0;
      passed = 0;
      windowStart = 0;
      forget();
    }
    if (passed < reusable.end()) {
      absent = Long.MAX_VALUE;
    }
    if (added * SHARE_GROWN >= runs.size()) {
      forget();
    } else if (at < runs.size() && runs.length(at) < Math.min(pages, LONG)) {
      nextRun(); // pages that are taken together had better be adjacent
    }
  }

  /** Notes that the list is invalid. */
  void forget() {
    isListed = false;
    runs.clear();
    at = 0;
    longest = 0;
    Arrays.fill(firstAt, 0);
    longLeast = 0;
  }

  /** Returns the greatest length that a run may have. */
  long longest() {
    return longest;
  }

  /**
   * Takes adjacent pages.
   *
   * @param demand number of pages that will be needed in all
   * @param least length of the shortest run to take from
   * @return the first page; -1 if there are none
   */
  long take(long pages, long demand, long least) {
    long taken = takeListed(pages, demand, least);
    if (taken < 0 && mayLook(Math.max(pages, least))) {
      look(Math.max(pages, least));
      taken = takeListed(pages, demand, least);
    }
    return taken;
  }

  /** As {@link #take}, but checks every reusable page before the answer is no. */
  long takeAnywhere(long pages, long demand) {
    long taken = take(pages, demand, 1);
    for (long seen = 0; taken < 0 && seen < reusable.end(); seen += WINDOWS * WINDOW) {
      look(pages);
      taken = takeListed(pages, demand, 1);
    }
    return taken;
  }

  /** Whether there may be runs of this length that are not in the list. */
  private boolean mayLook(long least) {
    return least < absent && (added > 0 || reusable.end() > WINDOW);
  }

  private long takeListed(long pages, long demand, long least) {
    return pages == 1 ? takeSingle(demand, least) : takeSeveral(pages, Math.max(pages, least));
  }

  private long takeSingle(long demand, long least) {
    while (longest >= least) {
      for (; at < runs.size(); nextRun()) {
        long start = takeFrom(at, 1);
        if (start >= 0) {
          return start;
        }
      }
      lowerThreshold(demand, least);
    }
    return -1;
  }

  private void nextRun() {
    do {
      at++;
    } while (at < runs.size() && runs.length(at) < threshold);
  }

  /** Begins the list again, for the longest of the runs that are left. */
  private void lowerThreshold(long demand, long least) {
    Arrays.fill(pagesByLength, 0);
    longest = 0;
    for (int i = 0; i < runs.size(); i++) {
      pagesByLength[(int) Math.min(runs.length(i), LONG)] += runs.length(i);
      longest = Math.max(longest, runs.length(i));
    }
    threshold = LONG;
    long enough = Math.max(demand, runs.size() / SHARE_GROWN); // a pass through the list costs time
    long sum = pagesByLength[LONG];
    while (sum < enough && threshold > least) {
      sum += pagesByLength[(int) --threshold];
    }
    at = -1;
    nextRun();
  }

  private long takeSeveral(long pages, long least) {
    if (least > longest) {
      return -1;
    }
    int length = (int) Math.min(least, LONG);
    if (length == LONG) {
      firstAt[LONG] = least < longLeast ? 0 : firstAt[LONG];
      longLeast = least;
    }
    for (; firstAt[length] < runs.size(); firstAt[length]++) {
      while (runs.length(firstAt[length]) >= least) {
        long start = takeFrom(firstAt[length], pages);
        if (start >= 0) {
          return start;
        }
      }
    }
    longest = Math.min(longest, least - 1);
    return -1;
  }

  /**
   * Takes pages from the first whole piece of a run. If that is too short, it is removed from the
   * run.
   */
  private long takeFrom(int index, long pages) {
    long from = runs.start(index);
    long end = from + runs.length(index);
    long start = reusable.nextIn(from, end);
    long out = reusable.nextOut(start, Math.min(start + pages, end));
    runs.shorten(index, out - from);
    if (out - start < pages) {
      return -1;
    }
    reusable.removeRun(start, pages);
    return start;
  }

  /**
   * Lists the runs of this window, or of the next one that has one of this length. If no window has
   * one, small transactions do not search again for a while: each would read the whole set of
   * reusable pages for the few pages that it takes.
   */
  private void look(long least) {
    long end = reusable.end();
    long seen = 0;
    for (; seen < Math.min(end, WINDOWS * WINDOW); seen += WINDOW) {
      if (isListed) {
        windowStart += WINDOW; // this window has no such run
      }
      if (windowStart >= end) {
        windowStart = 0;
      }
      list(windowStart, Math.min(windowStart + WINDOW, end));
      if (longest >= least) {
        passed = least < missed ? passed : 0;
        return;
      }
    }
    passed = least == missed ? passed + seen : seen;
    missed = least;
    absent = least;
  }

  private void list(long from, long end) {
    forget();
    for (long start = reusable.nextIn(from, end); start < end; ) {
      long out = reusable.nextOut(start, end);
      runs.add(start, out - start);
      longest = Math.max(longest, out - start);
      start = reusable.nextIn(out, end);
    }
    at = runs.size();
    added = 0;
    isListed = true;
  }
}
