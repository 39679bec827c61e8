package dev.pando.txn.space;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;

/**
 * Decides where the pages of a write transaction go. Pages of one transaction should be adjacent,
 * so they come from long runs. While the file is not much larger than its contents, they come from
 * its end rather than from short runs. Branches are separate from leaves, because the next large
 * transaction changes most of them again.
 */
final class Placement {
  /** Number of pages below which a run is short. */
  private static final long SHORT = 16;

  /** Branches in a transaction from which on they are separate from leaves. */
  private static final long MANY_BRANCHES = 8;

  /** Pages for which runs are searched at a time. */
  private static final long LEAST_DEMAND = 64;

  private static final long MOST_DEMAND = 1024;

  private final DataFile file;
  private final PageSet reusable;
  private final HeldPages held;
  private final RunFinder finder;
  private final Reserve reserve;
  private final LogPages log;
  private final WarmPages warm;
  private final LowestPages lowest;

  // The running transaction.

  /** Whether its commit has begun: all its pages must then be among the reusable ones. */
  private boolean saving;

  private long pageCount;

  /** The first new page: the end of the base, or less after a truncation. */
  private long newFrom;

  private long growUpTo;

  /** Pages of the base that it took, whether given back since or not. */
  private final RunList taken = new RunList();

  /** Short runs that it took and gave back; they are taken first, because they are in the cache. */
  private final Pieces recent = new Pieces(1);

  /** Branches that it copied and gave back: the next copies take them and so stay together. */
  private final Pieces recentBranches = new Pieces(1);

  /** The first of the pages that are set apart for branches. */
  private long branchArea;

  private long branchAreaEnd;
  private long branches;
  private long pages;

  // Counts of the last transaction.

  private long lastBranches;
  private long lastPages;

  /**
   * Makes a placement.
   *
   * @param reusable free pages to take from
   * @param held pages to release when there are no others
   * @param log pages that are not reusable when they are released
   * @param warm reusable pages that are taken first
   */
  Placement(
      DataFile file,
      PageSet reusable,
      HeldPages held,
      RunFinder finder,
      Reserve reserve,
      LogPages log,
      WarmPages warm) {
    this.file = file;
    this.reusable = reusable;
    this.held = held;
    this.finder = finder;
    this.reserve = reserve;
    this.log = log;
    this.warm = warm;
    lowest = new LowestPages(reusable);
  }

  /** Begins a transaction on this many pages. */
  void begin(long basePages) {
    finder.begin(lastPages);
    pageCount = basePages;
    newFrom = basePages;
  }

  /** Lets the file grow up to this many pages before short runs are used. */
  void growUpTo(long limit) {
    growUpTo = limit;
  }

  /** Sets pages apart that only calls that free room may take. */
  void makeReserve() {
    if (!keepReserve()) {
      long _ = releaseMore();
    }
  }

  /** Returns the first page number that neither the base nor the transaction uses. */
  long pageCount() {
    return pageCount;
  }

  /** Returns the first page number that is new. */
  long newFrom() {
    return newFrom;
  }

  /** Returns the pages of the base that the transaction took, whether given back since or not. */
  RunList taken() {
    return taken;
  }

  /** Returns the pages given out, without those that replaced one of the transaction. */
  long pages() {
    return pages;
  }

  /** Returns how many of {@link #pages} are branches. */
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
    warm.release();
  }

  /** Whether pages come from the lowest free ones. */
  boolean isPacking() {
    return lowest.isOn();
  }

  /** Returns the limit of {@link #pack}. */
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
      long low = lowest.take(wanted, pageCount);
      if (low >= 0) {
        finder.forget();
        taken.add(low, wanted);
        return low;
      }
    }
    long start = warm.take(wanted);
    if (start >= 0) {
      taken.add(start, wanted);
      return start;
    }
    long demand = Math.clamp(lastPages, LEAST_DEMAND, MOST_DEMAND);
    start = find(wanted, demand);
    if (start < 0) {
      start = extend(wanted);
    }
    return start >= 0 ? start : takeLast(wanted, demand);
  }

  /** Takes pages when the file cannot grow: searches every free page, then the reserve. */
  private long takeLast(long wanted, long demand) {
    returnUnused();
    warm.release();
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

  /**
   * Sets the reserve apart; returns false if there are too few pages. Does nothing in a commit,
   * which must find all its pages among the reusable ones.
   */
  private boolean keepReserve() {
    if (saving || reserve.set(pageCount)) {
      return true;
    }
    warm.release();
    return reserve.set(pageCount);
  }

  /** Releases pages that are seen only by commits not on disk; the reserve gets them first. */
  private long releaseMore() {
    long more = held.releaseMore(reusable);
    log.setAgain();
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

  /**
   * Takes adjacent pages that stay free pages of the database, for the commit log, and fills them
   * with zeros: what is there may look like a record.
   *
   * @return the first one; 0 if there is no room for so many
   */
  long takeLog(long wanted) {
    if (!file.isRoomy(pageCount + 2 * wanted)) {
      return 0;
    }
    warm.release();
    long low = reusable.firstRun(PageHeader.FIRST_PGNO, reusable.end(), wanted); // it stays there
    boolean grows = low < 0;
    long start = grows ? pageCount : low;
    try {
      file.clear(start, wanted);
    } catch (DatabaseFullException e) {
      return 0; // the commit does without a log
    }
    if (grows) {
      pageCount += wanted;
    } else {
      reusable.removeRun(start, wanted);
      finder.forget();
    }
    return start;
  }

  private boolean mayGrow(long wanted) {
    return pageCount + wanted <= growUpTo;
  }

  /** Takes pages at the end; -1 if the file cannot grow by them and by the reserve. */
  private long extend(long wanted) {
    if (!file.hasRoom(pageCount + wanted + reserve.atEnd(pageCount))) {
      growUpTo = 0; // short runs are good enough
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

  /** Takes back a copied branch. */
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
    // Pages that were given back are joined, so areas and pieces may extend across the limit.
    branchAreaEnd = Math.min(branchAreaEnd, limit);
    branchArea = Math.min(branchArea, branchAreaEnd);
    recent.removeFrom(limit);
    recentBranches.removeFrom(limit);
    reusable.removeRun(limit, Math.max(reusable.end() - limit, 0));
    pageCount = limit;
  }

  /** Begins a commit: what is settled next must find its pages reusable. */
  void beginSave() {
    saving = true;
    reserve.release();
  }

  /** Whether a commit has begun. */
  boolean isSaving() {
    return saving;
  }

  /** Removes the pages from {@code start} on, all of them reusable, from the database. */
  void cutTo(long start) {
    reusable.removeRun(start, pageCount - start);
    finder.forget();
    newFrom = Math.min(newFrom, start);
    pageCount = start;
  }

  /** Makes pages reusable again that were set apart or given back. */
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

  /** Notes that the transaction is on disk: the next one is likely to take as many pages. */
  void keep() {
    lastBranches = branches;
    lastPages = pages;
  }

  /** Makes pages of the base that the transaction took reusable again, and forgets new pages. */
  void rollBack(long basePages) {
    reserve.release();
    for (int i = 0; i < taken.size(); i++) {
      finder.addedRun(reusable.addRun(taken.start(i), taken.length(i)));
    }
    reusable.removeRun(basePages, Math.max(reusable.end() - basePages, 0));
  }

  /** Ends the transaction. */
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
