package dev.pando.txn.space;

import dev.pando.btree.PageMover;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives out page numbers and takes them back, for one write transaction after the other. The free
 * pages are known in memory, one bit a page, from the first write of the process on. A commit
 * writes its changes into its meta or into the free tree. This class keeps the books; {@link
 * Placement} chooses which page is taken.
 *
 * <p>See DECISIONS.md, 'Pieces of a commit'.
 */
public final class FreeSpace {
  /**
   * Free pages, in percent of those in use, up to which the file grows instead of using short runs.
   * Pages that older snapshots hold back count as neither.
   */
  private static final long SPARE_PERCENT = 40;

  private final DataFile file;
  private final LockFile lock;

  /** All free pages of the base; in {@link #save}, those of the transaction. */
  private final PageSet free = new PageSet(0);

  /** The free pages that no snapshot may see and that the transaction has not taken. */
  private final PageSet reusable = new PageSet(0);

  private final HeldPages held = new HeldPages();
  private final RunFinder finder = new RunFinder(reusable);
  private final FreeTree tree = new FreeTree();
  private final Reserve reserve;
  private final Placement placement;
  private final FreeTail freeTail;
  private final WarmPages warm = new WarmPages(reusable, finder);
  private final LogPages log = new LogPages(reusable, warm.pages());
  private final SpaceFollower follower = new SpaceFollower(tree, free, reusable, held);

  // The running transaction.

  private long basePages;

  /** Number of pages that the base uses. */
  private long used;

  private final FreedPages freed = new FreedPages();

  /** Whether the transaction restores a named snapshot: knowledge of pinned pages is wrong then. */
  private boolean restores;

  /** Pages that its commit is to set apart for a new commit log. */
  private long wantedLog;

  /** The commit log of the base. */
  private LogPlace baseLog = LogPlace.NONE;

  public FreeSpace(DataFile file, LockFile lock) {
    this.file = file;
    this.lock = lock;
    freeTail = new FreeTail(file.pageSize());
    reserve = new Reserve(file, reusable, finder);
    placement = new Placement(file, reusable, held, finder, reserve, log, warm);
  }

  /**
   * Notes that other processes may have written: the next transaction follows their changes.
   *
   * @param shown the newest commit that other processes may know
   */
  public void othersWrote(long shown) {
    follower.othersWrote(shown);
  }

  /** Notes that the known free pages are wrong: the next transaction reads those of its base. */
  public void forget() {
    follower.forget();
    end();
  }

  /**
   * Begins a write transaction.
   *
   * @param metas the metas of pinned snapshots, by transaction; for a process that takes over
   * @param fewerPins puts the base on disk; called when all pages that are left are pinned
   */
  public void begin(
      Snapshot base,
      Pins pins,
      LongFunction<@Nullable Meta> metas,
      Supplier<@Nullable Pins> fewerPins) {
    if (follower.isOutdated()) {
      reserve.forget(follower.mustRead());
      if (follower.mustRead()) {
        log.forget();
        warm.forget();
      } else {
        log.release();
        warm.release();
      }
      finder.added(follower.catchUp(base, pins, metas));
      finder.forget();
    }
    warm.begin(Math.max(lock.durable(), lock.syncing()));
    long before = reusable.size();
    held.release(pins, fewerPins, reusable, warm);
    finder.added(reusable.size() - before);
    baseLog = base.meta().log();
    log.set(baseLog);
    basePages = base.meta().pageCount();
    placement.begin(basePages);
    freed.begin(file.name(), base.meta());
    used = basePages - base.meta().freePages();
    placement.growUpTo(file.isFull() ? 0 : used + used * SPARE_PERCENT / 100 + held.pages());
    file.beginGrowth();
    placement.makeReserve();
  }

  /** Allows or forbids the reserve for the next calls: only calls that free room may take it. */
  public void mayUseReserve(boolean may) {
    reserve.open(may);
  }

  /** Lets the commit set adjacent pages apart for a new commit log, if there are so many. */
  public void wantLog(long pages) {
    wantedLog = mayLeaveLog() ? pages : 0;
  }

  /**
   * Whether a commit may name another commit log than its base, or none. Until it is on disk, the
   * pages of the log must be held back. So all of them must be set apart, and what is known of free
   * pages must be kept.
   */
  public boolean mayLeaveLog() {
    return !restores && (!baseLog.exists() || isLogApart());
  }

  /** Whether the base has a commit log, and all of its pages are set apart. */
  public boolean isLogApart() {
    return baseLog.exists() && log.pages().size() == baseLog.pages();
  }

  /** Returns the pages that {@link #wantLog} has asked for. */
  public long wantedLog() {
    return wantedLog;
  }

  /** Whether the transaction packs the file, whose end must then become free. */
  public boolean isPacking() {
    return placement.isPacking();
  }

  /** Returns the first page number that neither the base nor the transaction uses. */
  public long pageCount() {
    return placement.pageCount();
  }

  /** Whether all of these pages may be taken, and so be overwritten: no snapshot may see them. */
  public boolean isReusable(long start, long length) {
    return reusable.nextOut(start, start + length) >= start + length;
  }

  /** Takes adjacent pages, for a page or run of this type. */
  public long take(byte type, long wanted) {
    return placement.takeCounted(type, wanted);
  }

  /**
   * Takes pages for a copy of pages that this transaction took before. They are not counted: a copy
   * does not show how many pages the next transaction is likely to take.
   */
  public long takeUncounted(byte type, long wanted) {
    return placement.take(type, wanted);
  }

  /**
   * Takes pages in this transaction from the lowest free ones, so that the end of the file becomes
   * free.
   *
   * @param limit the page below which they are taken, as long as there are free ones
   */
  public void pack(long limit) {
    placement.pack(limit);
  }

  /** Takes back pages that this transaction took before and that no reader has seen. */
  public void giveBack(long start, long length) {
    placement.giveBack(start, length);
  }

  /** Takes back a copied branch. */
  public void giveBackBranch(long pgno) {
    placement.giveBackBranch(pgno);
  }

  /** Notes pages of an older transaction that the new snapshot does not use. */
  public void free(long start, long length, long birth) {
    freed.add(start, length, birth);
  }

  /**
   * Notes that the tables of a named snapshot come back: free pages are used again unchanged.
   *
   * @param back pages that are used again
   * @param gone pages that become free instead
   * @throws CorruptFileException if a page that comes back is used, or may be used by anything
   */
  public void restore(RunList back, RunList gone) {
    warm.release();
    restores = true; // first: a rollback must not take these pages for reusable
    for (int i = 0; i < back.size(); i++) {
      long start = back.start(i);
      long end = start + back.length(i);
      if (free.nextOut(start, end) < end || reusable.nextIn(start, end) < end) {
        throw new CorruptFileException(
            file.name(), start, "a page of a named snapshot's tables is in use for something else");
      }
      placement.taken().add(start, end - start);
    }
    freed.addAll(gone);
  }

  /** Stores in a mark what the transaction has done so far. */
  public void mark(SpaceMark mark) {
    mark.pageCount = placement.pageCount();
    mark.freed = freed.size();
    mark.branches = placement.branches();
    mark.pages = placement.pages();
  }

  /**
   * Goes back to a mark. The caller has already given back the pages below {@link
   * SpaceMark#pageCount} that were taken since. Pages beyond it are forgotten, so that a failed
   * change does not make the file grow.
   */
  public void rollBackTo(SpaceMark mark) {
    freed.truncate(mark.freed);
    placement.rollBackTo(mark);
  }

  /**
   * Writes the free space down: in the meta while its differences from the free tree fit there,
   * else in the tree. Changing the tree takes and frees pages itself. Each round leaves fewer
   * differences, because a transaction copies a page of the tree only once.
   *
   * @param writer the transaction's own free tree
   */
  public SavedSpace save(TreeWriter writer) {
    placement.beginSave();
    long logPgno = wantedLog > 0 ? placement.takeLog(wantedLog) : 0;
    if (logPgno > 0) {
      log.add(logPgno, wantedLog);
    }
    if (placement.isPacking()) {
      byte @Nullable [] _ = PageMover.move(writer, placement.packLimit(), null, Integer.MAX_VALUE);
    }
    settle();
    cutTail();
    int most = MetaLayout.maxRuns(file.pageSize());
    List<FreeRun> changes = tree.differences(free, most, placement.pageCount());
    for (boolean all = false; changes == null; all = true) {
      tree.write(writer, free, placement.pageCount(), all);
      settle();
      // If only long runs are left, and many of them, the next commits would do this again.
      changes = tree.differences(free, all ? most : most / 2, placement.pageCount());
    }
    return new SavedSpace(changes, free.size(), logPgno);
  }

  /** Removes trailing pages that no snapshot sees. The file is truncated later. */
  private void cutTail() {
    long pageCount = placement.pageCount();
    long start = Math.max(reusable.startOfRunBefore(pageCount), PageHeader.FIRST_PGNO);
    long tail = pageCount - start;
    if (freeTail.isDue(tail, pageCount, placement.isPacking())) {
      tree.touch(start, tail);
      free.removeRun(start, tail);
      placement.cutTo(start);
    }
  }

  /** Updates {@link #free} to what the transaction has taken and given back so far. */
  private void settle() {
    placement.returnUnused();
    RunList taken = placement.taken();
    for (int i = 0; i < taken.size(); i++) {
      settle(taken.start(i), taken.length(i));
    }
    settle(placement.newFrom(), placement.pageCount() - placement.newFrom());
    freed.settle(free, tree);
  }

  /** Marks as free those of the taken pages that were given back, and those of a new log. */
  private void settle(long start, long length) {
    if (length == 0) {
      return;
    }
    free.removeRun(start, length);
    addFree(reusable, start, start + length);
    addFree(log.pages(), start, start + length);
    tree.touch(start, length);
  }

  private void addFree(PageSet some, long start, long end) {
    for (long at = some.nextIn(start, end); at < end; ) {
      long out = some.nextOut(at, end);
      free.addRun(at, out - at);
      at = some.nextIn(out, end);
    }
  }

  /**
   * Keeps the books of a transaction that is on disk.
   *
   * @param pins the pins, read after the last page was freed and before any reader can pin the new
   *     commit
   * @param durable a commit on disk, which is pinned
   */
  public void keep(Meta meta, Pins pins, long durable) {
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
    if (baseLog.exists() && baseLog.pgno() != meta.log().pgno()) {
      log.moveTo(held, baseLog, pins.canonicalBirth(durable), meta.txnId());
    }
    placement.keep();
    freeTail.keep();
    long more = placement.pageCount() - free.size() - used;
    reserve.note(copied, more);
    long added = Math.max(placement.pageCount() - basePages, 0);
    file.counters().pages(Math.max(more + copied, 0), added, copied);
    end();
  }

  /**
   * Restores the books of the base after a rollback, or after a transaction without changes. After
   * a commit that failed half-way the base is read again: undoing its many steps would have to be
   * right at each of them.
   */
  public void rollBack() {
    if (placement.isSaving() || restores) {
      forget();
    } else {
      placement.rollBack(basePages);
    }
    end();
  }

  private void end() {
    placement.end();
    freed.truncate(0);
    restores = false;
    wantedLog = 0;
  }
}
