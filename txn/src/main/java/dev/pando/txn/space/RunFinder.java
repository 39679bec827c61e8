package dev.pando.txn.space;

import java.util.Arrays;

/**
 * Finds reusable pages that lie together: each separate piece of a commit costs the disk as much as
 * several neighbouring pages. It lists the runs of reusable pages in the order of the file and
 * takes from the longest ones; short runs wait until their neighbours are free as well.
 *
 * <p>A list is of one window of the file. It stays there while it finds runs that are long enough,
 * and begins with the first window again when much has become reusable: so what is rewritten moves
 * to the beginning of the file, and the end becomes free.
 *
 * <p>See DECISIONS.md, 'Search for long runs' and 'Window of small commits'.
 */
public final class RunFinder {
  /** Pages of the file that one list is made of. */
  private static final long WINDOW = 1 << 20;

  /** Windows without a run that one look passes over. */
  private static final int WINDOWS = 16;

  /** Runs of so many pages and more are equally good. */
  private static final int LONG = 64;

  /** A list is out of date when this share of its runs may have grown. */
  private static final int SHARE_GROWN = 8;

  private final PageSet reusable;

  /** The runs of a window. Others than this may have taken pages since. */
  private final RunList runs = new RunList();

  private final long[] pagesByLength = new long[LONG + 1];

  /** Single pages come from this run. */
  private int at;

  /** Where single pages go on, runs have at least this length; shorter ones are passed over. */
  private long threshold;

  /** For each length the first run that may have it; for longer ones, one together. */
  private final int[] firstAt = new int[LONG + 1];

  /** The shortest length beyond {@link #LONG} that its place in {@link #firstAt} holds for. */
  private long longLeast;

  /** No run of the list is longer. */
  private long longest;

  /** The window that is listed, or will be. */
  private long windowStart;

  /** Whether the list is made and up to date. */
  private boolean isListed;

  /** Pages that became reusable since the list was made. */
  private long added;

  /** Looks for runs of this length and more have failed; the next look is put off. */
  private long absent = Long.MAX_VALUE;

  /** The shortest length of which the last {@link #passed} pages that were listed had no run. */
  private long missed;

  private long passed;

  /** Pages that became reusable since all of them had been looked through. */
  private long unseen;

  public RunFinder(PageSet reusable) {
    this.reusable = reusable;
  }

  /** So many more pages are reusable, here and there. */
  public void added(long pages) {
    added += pages;
    unseen += pages;
    if (pages > 0 && absent == 1) {
      absent = Long.MAX_VALUE;
    }
  }

  /** So many more pages are reusable, which follow each other. */
  void addedRun(long pages) {
    added(pages);
    if (pages >= absent) {
      absent = Long.MAX_VALUE;
    }
  }

  /**
   * A transaction begins.
   *
   * @param pages that it is likely to take
   */
  public void begin(long pages) {
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
      nextRun(); // what is taken together had better stand together
    }
  }

  /** The list says nothing any more. */
  void forget() {
    isListed = false;
    runs.clear();
    at = 0;
    longest = 0;
    Arrays.fill(firstAt, 0);
    longLeast = 0;
  }

  /** The longest run that there may be. */
  long longest() {
    return longest;
  }

  /**
   * Takes pages that follow each other.
   *
   * @param demand pages that will be wanted in all
   * @param least the shortest run to take from
   * @return the first; -1 if there are none
   */
  public long take(long pages, long demand, long least) {
    long taken = takeListed(pages, demand, least);
    if (taken < 0 && mayLook(Math.max(pages, least))) {
      look(Math.max(pages, least));
      taken = takeListed(pages, demand, least);
    }
    return taken;
  }

  /** As {@link #take}, but every reusable page is looked at before the answer is no. */
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

  /** Goes through the list once more, for the longest of the runs that are left. */
  private void lowerThreshold(long demand, long least) {
    Arrays.fill(pagesByLength, 0);
    longest = 0;
    for (int i = 0; i < runs.size(); i++) {
      pagesByLength[(int) Math.min(runs.length(i), LONG)] += runs.length(i);
      longest = Math.max(longest, runs.length(i));
    }
    threshold = LONG;
    long enough = Math.max(demand, runs.size() / SHARE_GROWN); // going through the list costs
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
   * Takes pages from the first whole piece of a run. If that is too short, the run is shortened by
   * it.
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
   * Lists the runs of this window, or of the next one that has one of this length. When all windows
   * were looked through and had none, small transactions do not look again for a while: each would
   * read the whole set of reusable pages for the few pages that it takes.
   */
  private void look(long least) {
    long end = reusable.end();
    long seen = 0;
    for (; seen < Math.min(end, WINDOWS * WINDOW); seen += WINDOW) {
      if (isListed) {
        windowStart += WINDOW; // this one has no such run
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
