package dev.pando.txn.space;

import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;

/**
 * Where the pages of a write transaction go. Pages of a transaction shall stand together. So they
 * come from long runs; while the file is not much larger than what is in it, rather from its end
 * than from short runs; and branches, most of which the next large transaction changes again, stand
 * apart from leaves.
 */
final class Placement {
  /** A run is short below this. */
  private static final long SHORT = 16;

  /** Branches of a transaction from which on they stand apart. */
  private static final long MANY_BRANCHES = 8;

  /** Pages for which runs are looked up at a time. */
  private static final long LEAST_DEMAND = 64;

  private static final long MOST_DEMAND = 1024;

  private final DataFile file;
  private final PageSet reusable;
  private final HeldPages held;
  private final RunFinder finder;
  private final Reserve reserve;
  private final LowestPages lowest;

  // The running transaction.

  /** Whether its commit has begun: then all pages must be among the reusable ones. */
  private boolean saving;

  private long pageCount;

  /** Pages from here on are new: those of the base, or fewer after its end was cut off. */
  private long newFrom;

  private long growUpTo;

  /** Pages of the base that it took, given back since or not. */
  private final RunList taken = new RunList();

  /** Short runs that it took and gave back: taken first, they are in the cache. */
  private final Pieces recent = new Pieces(1);

  /** Branches that it copied and gave back: for the next copies, so that branches stay together. */
  private final Pieces recentBranches = new Pieces(1);

  /** Pages set apart for branches. */
  private long branchArea;

  private long branchAreaEnd;
  private long branches;
  private long pages;

  // What the last transaction took.

  private long lastBranches;
  private long lastPages;

  /**
   * Places pages.
   *
   * @param reusable free pages, from which it takes
   * @param held pages that it may release when there are no others
   */
  Placement(DataFile file, PageSet reusable, HeldPages held, RunFinder finder, Reserve reserve) {
    this.file = file;
    this.reusable = reusable;
    this.held = held;
    this.finder = finder;
    this.reserve = reserve;
    lowest = new LowestPages(reusable);
  }

  /** A transaction begins on so many pages. */
  void begin(long basePages) {
    finder.begin(lastPages);
    pageCount = basePages;
    newFrom = basePages;
  }

  /** Up to so many pages the file grows rather than give out short runs. */
  void growUpTo(long limit) {
    growUpTo = limit;
  }

  /** Sets pages apart that only what makes room may take. */
  void makeReserve() {
    if (!keepReserve()) {
      long _ = releaseMore();
    }
  }

  /** The first page number that neither the base nor the transaction uses. */
  long pageCount() {
    return pageCount;
  }

  /** Pages from here on are new. */
  long newFrom() {
    return newFrom;
  }

  /** Pages of the base that the transaction took, given back since or not. */
  RunList taken() {
    return taken;
  }

  /** Of the pages given out, those that did not take the place of one of the transaction. */
  long pages() {
    return pages;
  }

  /** How many of {@link #pages} are branches. */
  long branches() {
    return branches;
  }

  /** See {@link FreeSpace#take}. */
  long takeCounted(byte type, long wanted) {
    pages += wanted;
    if (type == PageHeader.BRANCH) {
      branches++;
    }
    return take(type, wanted);
  }

  /** See {@link FreeSpace#takeUncounted}. */
  long take(byte type, long wanted) {
    if (type == PageHeader.BRANCH) {
      long start = recentBranches.take(1);
      if (start >= 0) {
        return start;
      }
      if (lastBranches >= MANY_BRANCHES && !lowest.isOn()) {
        return takeBranch();
      }
    }
    long start = wanted <= Pieces.LONGEST ? recent.take((int) wanted) : Pieces.NONE;
    return start >= 0 ? start : take(wanted);
  }

  /** See {@link FreeSpace#pack}. */
  void pack(long limit) {
    lowest.begin(limit);
    reserve.release();
  }

  /** Whether pages come from the lowest free ones. */
  boolean isPacking() {
    return lowest.isOn();
  }

  /** The limit of {@link #pack}. */
  long packLimit() {
    return lowest.limit();
  }

  private long takeBranch() {
    if (branchArea == branchAreaEnd) {
      long wanted = Math.max(lastBranches - branches, lastBranches / MANY_BRANCHES) + 1;
      long start = find(wanted, wanted);
      if (start < 0 && mayGrow(wanted)) {
        start = extend(wanted);
      }
      if (start < 0) {
        wanted = Math.clamp(finder.longest(), 1, wanted);
        start = find(wanted, wanted);
      }
      if (start < 0) {
        return take(1);
      }
      branchArea = start;
      branchAreaEnd = start + wanted;
    }
    return branchArea++;
  }

  private long take(long wanted) {
    if (lowest.isOn()) {
      long low = lowest.take(wanted);
      if (low >= 0) {
        finder.forget();
        taken.add(low, wanted);
        return low;
      }
    }
    long demand = Math.clamp(lastPages, LEAST_DEMAND, MOST_DEMAND);
    long start = find(wanted, demand);
    if (start < 0) {
      start = extend(wanted);
    }
    return start >= 0 ? start : takeLast(wanted, demand);
  }

  /** The file cannot grow: looks at every free page, then at the reserve. */
  private long takeLast(long wanted, long demand) {
    returnUnused();
    long start = finder.takeAnywhere(wanted, demand);
    if (start < 0 && releaseMore() > 0) {
      start = finder.takeAnywhere(wanted, demand);
    }
    if (start < 0) {
      start = reserve.take(wanted);
    }
    if (start < 0) {
      throw reserve.full(pageCount, wanted);
    }
    taken.add(start, wanted);
    return start;
  }

  /** False if there are too few. A commit must find all pages among the reusable ones. */
  private boolean keepReserve() {
    return saving || reserve.set(pageCount);
  }

  /** Releases pages that only commits see that are not on disk; first for the reserve. */
  private long releaseMore() {
    long more = held.releaseMore(reusable);
    finder.added(more);
    boolean _ = keepReserve();
    return more;
  }

  private long find(long wanted, long demand) {
    long start = finder.take(wanted, demand, mayGrow(wanted) ? SHORT : 1);
    if (start >= 0) {
      taken.add(start, wanted);
    }
    return start;
  }

  private boolean mayGrow(long wanted) {
    return pageCount + wanted <= growUpTo;
  }

  /** Takes pages at the end; -1 if the file cannot grow by them and by the reserve. */
  private long extend(long wanted) {
    if (!file.hasRoom(pageCount + wanted + reserve.atEnd(pageCount))) {
      growUpTo = 0; // short runs will do
      boolean _ = keepReserve();
      return -1;
    }
    long start = pageCount;
    pageCount += wanted;
    return start;
  }

  /** See {@link FreeSpace#giveBack}. */
  void giveBack(long start, long length) {
    if (length <= Pieces.LONGEST) {
      recent.add(start, length);
    } else {
      finder.addedRun(reusable.addRun(start, length));
    }
  }

  /** Takes back a branch that was copied. */
  void giveBackBranch(long pgno) {
    recentBranches.add(pgno, 1);
  }

  /** Goes back to a mark: see {@link FreeSpace#rollBackTo}. */
  void rollBackTo(SpaceMark mark) {
    assert !saving : "a commit has begun";
    branches = mark.branches;
    pages = mark.pages;
    if (pageCount > mark.pageCount) {
      reserve.release();
      forgetFrom(mark.pageCount);
      boolean _ = keepReserve();
    }
  }

  private void forgetFrom(long limit) {
    // What was given back is joined, so areas and pieces may begin below the limit and end beyond.
    branchAreaEnd = Math.min(branchAreaEnd, limit);
    branchArea = Math.min(branchArea, branchAreaEnd);
    recent.removeFrom(limit);
    recentBranches.removeFrom(limit);
    reusable.removeRun(limit, Math.max(reusable.end() - limit, 0));
    pageCount = limit;
  }

  /** A commit begins: what is settled next must find its pages reusable. */
  void beginSave() {
    saving = true;
    reserve.release();
  }

  /** Whether a commit has begun. */
  boolean isSaving() {
    return saving;
  }

  /**
   * The pages from {@code start} on, all of them reusable, are no pages of the database any more.
   */
  void cutTo(long start) {
    reusable.removeRun(start, pageCount - start);
    finder.forget();
    newFrom = Math.min(newFrom, start);
    pageCount = start;
  }

  /** Makes pages reusable that were set apart, or given back. */
  void returnUnused() {
    if (branchAreaEnd == pageCount && branchArea >= newFrom) {
      pageCount = branchArea;
      branchAreaEnd = pageCount;
    }
    if (branchArea < branchAreaEnd) {
      finder.addedRun(reusable.addRun(branchArea, branchAreaEnd - branchArea));
    }
    branchArea = 0;
    branchAreaEnd = 0;
    finder.added(recent.moveTo(reusable) + recentBranches.moveTo(reusable));
  }

  /** The transaction is on disk: the next one is likely to take as many pages. */
  void keep() {
    lastBranches = branches;
    lastPages = pages;
  }

  /** What the transaction took of the base is reusable again, and there are no new pages. */
  void rollBack(long basePages) {
    reserve.release();
    for (int i = 0; i < taken.size(); i++) {
      finder.addedRun(reusable.addRun(taken.start(i), taken.length(i)));
    }
    reusable.removeRun(basePages, Math.max(reusable.end() - basePages, 0));
  }

  /** The transaction is over. */
  void end() {
    saving = false;
    reserve.open(false);
    taken.clear();
    recent.clear();
    recentBranches.clear();
    branchArea = 0;
    branchAreaEnd = 0;
    branches = 0;
    pages = 0;
    lowest.end();
  }
}
