package dev.pando.txn.space;

import dev.pando.btree.PageMover;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Snapshot;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives out page numbers and takes them back, for one write transaction after the other. Which
 * pages are free is known in memory, one bit a page, from the first write of the process on; what a
 * commit changes is written into its meta or into the free tree.
 *
 * <p>Pages of a transaction shall stand together. So they come from long runs; while the file is
 * not much larger than what is in it, rather from its end than from short runs; and branches, most
 * of which the next large transaction changes again, stand apart from leaves.
 *
 * <p>See DECISIONS.md, 'Pieces of a commit'.
 */
public final class FreeSpace {
  /**
   * Free pages, in percent of those in use, up to which the file grows rather than use short runs;
   * pages that older snapshots hold back count as neither.
   */
  private static final long SPARE_PERCENT = 40;

  /** A run is short below this. */
  private static final long SHORT = 16;

  /** Branches of a transaction from which on they stand apart. */
  private static final long MANY_BRANCHES = 8;

  /** Pages for which runs are looked up at a time. */
  private static final long LEAST_DEMAND = 64;

  private static final long MOST_DEMAND = 1024;

  private final DataFile file;

  /** All free pages of the base; in {@link #save}, of the transaction. */
  private final PageSet free = new PageSet(0);

  /** Those of them that no snapshot may see and that the transaction has not taken. */
  private final PageSet reusable = new PageSet(0);

  private final HeldPages held = new HeldPages();
  private final RunFinder finder = new RunFinder(reusable);
  private final FreeTree tree = new FreeTree();
  private final Reserve reserve;
  private final FreeTail freeTail;
  private final SpaceFollower follower = new SpaceFollower(tree, free, reusable, held);

  // The running transaction.

  /** Whether its commit has begun to change {@link #free} and {@link #tree}. */
  private boolean saving;

  private long basePages;
  private long pageCount;

  /** Pages that the base uses. */
  private long used;

  /** Pages from here on are new: those of the base, or fewer after its end was cut off. */
  private long newFrom;

  private final LowestPages lowest = new LowestPages(reusable);
  private long growUpTo;

  /** Pages below {@link #basePages} that it took, given back since or not. */
  private final RunList taken = new RunList();

  /** Short runs that it took and gave back: taken first, they are in the cache. */
  private final Pieces recent = new Pieces(1);

  /** Branches that it copied and gave back: for the next copies, so that branches stay together. */
  private final Pieces recentBranches = new Pieces(1);

  private final FreedPages freed = new FreedPages();

  /** Whether it restores a named snapshot: what is known of pinned pages is wrong then. */
  private boolean restores;

  /** Pages set apart for branches. */
  private long branchArea;

  private long branchAreaEnd;
  private long branches;
  private long pages;

  // What the last transaction took.

  private long lastBranches;
  private long lastPages;

  public FreeSpace(DataFile file) {
    this.file = file;
    freeTail = new FreeTail(file.pageSize());
    reserve = new Reserve(file, reusable, finder);
  }

  /**
   * Other processes may have written: the next transaction follows what they have changed.
   *
   * @param shown the newest commit of which others may know
   */
  public void othersWrote(long shown) {
    follower.othersWrote(shown);
  }

  /** What is known is wrong: the next transaction reads its base's free pages. */
  public void forget() {
    follower.forget();
    end();
  }

  /**
   * A write transaction begins.
   *
   * @param metas the metas of pinned snapshots, by transaction; for who takes over
   * @param fewerPins puts the base on disk; for when there are no pages but those that are pinned
   */
  public void begin(
      Snapshot base,
      Pins pins,
      LongFunction<@Nullable Meta> metas,
      Supplier<@Nullable Pins> fewerPins) {
    if (follower.isOutdated()) {
      reserve.forget(follower.mustRead());
      finder.added(follower.catchUp(base, pins, metas));
      finder.forget();
    }
    finder.added(held.release(pins, fewerPins, reusable));
    finder.begin(lastPages);
    basePages = base.meta().pageCount();
    pageCount = basePages;
    newFrom = basePages;
    freed.begin(file.name(), base.meta());
    used = basePages - base.meta().freePages();
    growUpTo = file.isFull() ? 0 : used + used * SPARE_PERCENT / 100 + held.pages();
    file.beginGrowth();
    if (!keepReserve()) {
      long _ = releaseMore();
    }
  }

  /** Whether what follows may take pages of the reserve: only what makes room may. */
  public void mayUseReserve(boolean may) {
    reserve.open(may);
  }

  /** The first page number that neither the base nor the transaction uses. */
  public long pageCount() {
    return pageCount;
  }

  /** Pages that follow each other, for a page or run of this type. */
  public long take(byte type, long wanted) {
    pages += wanted;
    if (type == PageHeader.BRANCH) {
      branches++;
    }
    return takeUncounted(type, wanted);
  }

  /**
   * Pages for a copy of pages that this transaction took before. They are not counted: a copy does
   * not tell how many pages the next transaction is likely to take.
   */
  public long takeUncounted(byte type, long wanted) {
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

  /**
   * In this transaction pages come from the lowest free ones, so that the end of the file becomes
   * free.
   *
   * @param limit as long as there are free ones below
   */
  public void pack(long limit) {
    lowest.begin(limit);
    reserve.release();
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

  /** Takes back pages that this transaction took before and nobody else has seen. */
  public void giveBack(long start, long length) {
    if (length <= Pieces.LONGEST) {
      recent.add(start, length);
    } else {
      finder.addedRun(reusable.addRun(start, length));
    }
  }

  /** Takes back a branch that was copied. */
  public void giveBackBranch(long pgno) {
    recentBranches.add(pgno, 1);
  }

  /** Notes pages of an older transaction that the new state does not use. */
  public void free(long start, long length, long birth) {
    freed.add(start, length, birth);
  }

  /**
   * The tables of a named snapshot come back: free pages are used again, as they are.
   *
   * @param gone pages that are free instead
   * @throws CorruptFileException if a page that comes back is used, or may be by anything
   */
  public void restore(RunList back, RunList gone) {
    restores = true; // first: a rollback must not take them for reusable
    for (int i = 0; i < back.size(); i++) {
      long start = back.start(i);
      long end = start + back.length(i);
      if (free.nextOut(start, end) < end || reusable.nextIn(start, end) < end) {
        throw new CorruptFileException(
            file.name(), start, "a page of a named snapshot's tables is in use for something else");
      }
      taken.add(start, end - start);
    }
    freed.addAll(gone);
  }

  /** Notes what the transaction has done so far. */
  public void mark(SpaceMark mark) {
    mark.pageCount = pageCount;
    mark.freed = freed.size();
    mark.branches = branches;
    mark.pages = pages;
  }

  /**
   * Goes back to a mark. What was taken below {@link SpaceMark#pageCount} since must have been
   * given back; pages beyond it are forgotten, so that a change that failed does not make the file
   * grow.
   */
  public void rollBackTo(SpaceMark mark) {
    assert !saving : "a commit has begun";
    freed.truncate(mark.freed);
    branches = mark.branches;
    pages = mark.pages;
    if (pageCount > mark.pageCount) {
      reserve.release();
      cutTo(mark.pageCount);
      boolean _ = keepReserve();
    }
  }

  private void cutTo(long limit) {
    // What was given back is joined, so areas and pieces may begin below the limit and end beyond.
    branchAreaEnd = Math.min(branchAreaEnd, limit);
    branchArea = Math.min(branchArea, branchAreaEnd);
    recent.removeFrom(limit);
    recentBranches.removeFrom(limit);
    reusable.removeRun(limit, Math.max(reusable.end() - limit, 0));
    pageCount = limit;
  }

  /**
   * Writes the free space down: in the meta while what differs from the free tree fits there, else
   * in the tree. Changing the tree takes and frees pages itself; each round leaves less to do,
   * because a page of the tree is copied once a transaction.
   *
   * @param writer the transaction's own free tree
   */
  public SavedSpace save(TreeWriter writer) {
    saving = true;
    reserve.release(); // what is settled next must find its pages reusable
    if (lowest.isOn()) {
      byte @Nullable [] _ = PageMover.move(writer, lowest.limit(), null, Integer.MAX_VALUE);
    }
    settle();
    cutTail();
    int most = MetaLayout.maxRuns(file.pageSize());
    List<FreeRun> changes = tree.differences(free, most, pageCount);
    for (boolean all = false; changes == null; all = true) {
      tree.write(writer, free, pageCount, all);
      settle();
      // When only long runs are left, and many of them, the next commits would do this again.
      changes = tree.differences(free, all ? most : most / 2, pageCount);
    }
    return new SavedSpace(changes, free.size());
  }

  /** Takes pages at the end that nobody sees out of the database. The file is cut later. */
  private void cutTail() {
    long start = Math.max(reusable.startOfRunBefore(pageCount), PageHeader.FIRST_PGNO);
    long tail = pageCount - start;
    if (freeTail.isDue(tail, pageCount, lowest.isOn())) {
      tree.touch(start, tail);
      free.removeRun(start, tail);
      reusable.removeRun(start, tail);
      finder.forget();
      newFrom = Math.min(newFrom, start);
      pageCount = start;
    }
  }

  /** Brings {@link #free} up to what the transaction has taken and given back so far. */
  private void settle() {
    returnUnused();
    for (int i = 0; i < taken.size(); i++) {
      settle(taken.start(i), taken.length(i));
    }
    settle(newFrom, pageCount - newFrom);
    freed.settle(free, tree);
  }

  private void returnUnused() {
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

  /** Of pages that were taken, those that were given back are free. */
  private void settle(long start, long length) {
    if (length == 0) {
      return;
    }
    long end = start + length;
    free.removeRun(start, length);
    for (long at = reusable.nextIn(start, end); at < end; ) {
      long out = reusable.nextOut(at, end);
      free.addRun(at, out - at);
      at = reusable.nextIn(out, end);
    }
    tree.touch(start, length);
  }

  /**
   * The transaction is on disk.
   *
   * @param pins a look at the pins after the last page was freed and before anybody can pin the new
   *     commit
   */
  public void keep(Meta meta, Pins pins) {
    if (restores) {
      forget();
      return;
    }
    tree.keep(meta);
    long copied = 0;
    for (int i = 0; i < freed.size(); i++) {
      copied += freed.length(i);
      held.add(pins.canonicalBirth(freed.birth(i)), meta.txnId(), freed.start(i), freed.length(i));
    }
    lastBranches = branches;
    lastPages = pages;
    freeTail.keep();
    reserve.note(copied, pageCount - free.size() - used);
    end();
  }

  /**
   * The transaction was rolled back, or has changed nothing: everything is as it was. After a
   * commit that failed half-way the base is read again. Undoing its many steps would have to be
   * right at each of them.
   */
  public void rollBack() {
    if (saving || restores) {
      forget();
    } else {
      reserve.release();
      for (int i = 0; i < taken.size(); i++) {
        finder.addedRun(reusable.addRun(taken.start(i), taken.length(i)));
      }
      reusable.removeRun(basePages, Math.max(reusable.end() - basePages, 0));
    }
    end();
  }

  private void end() {
    saving = false;
    reserve.open(false);
    taken.clear();
    recent.clear();
    recentBranches.clear();
    freed.truncate(0);
    restores = false;
    branchArea = 0;
    branchAreaEnd = 0;
    branches = 0;
    pages = 0;
    lowest.end();
  }
}
