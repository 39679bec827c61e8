package dev.pando.txn;

import dev.pando.btree.PageMover;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives out page numbers and takes them back, for one write transaction after the other. Which
 * pages are free is known in memory, one bit a page, from the first write of the process on; what a
 * commit changes is written into its meta or into the free tree.
 *
 * <p>Pages of a transaction shall stand together. So they come from long runs; while the file is
 * not much larger than what is in it, rather from its end than from short runs; and branches, most
 * of which the next large transaction changes again, stand apart from leaves.
 */
final class FreeSpace {
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

  private static final int FREED_FIELDS = 3;

  /** The free end of the file is cut off when it is this share of it, ... */
  private static final long TAIL_SHARE = 4;

  /** ... at least so many bytes, ... */
  private static final long MIN_TAIL = 1 << 20;

  /** ... and has been for so many commits. */
  private static final int TAIL_COMMITS = 16;

  private final DataFile file;

  /** All free pages of the base; in {@link #save}, of the transaction. */
  private final PageSet free = new PageSet(0);

  /** Those of them that no snapshot may see and that the transaction has not taken. */
  private final PageSet reusable = new PageSet(0);

  private final HeldPages held = new HeldPages();
  private final RunFinder finder = new RunFinder(reusable);
  private final FreeTree tree = new FreeTree();
  private boolean loaded;

  // The running transaction.

  /** Whether its commit has begun to change {@link #free} and {@link #tree}. */
  private boolean saving;

  private long basePages;
  private long pageCount;

  /** Pages from here on are new: those of the base, or fewer after its end was cut off. */
  private long newFrom;

  /** Pages come from below this, the lowest first; 0 for the usual choice. */
  private long packLimit;

  /** The lowest page that may be there to {@link #takeLowest}. */
  private long packFrom;

  private long growUpTo;

  /** Pages below {@link #basePages} that it took, given back since or not. */
  private final RunList taken = new RunList();

  /** Short runs that it took and gave back: taken first, they are in the cache. */
  private final Pieces recent = new Pieces(1);

  /** Branches that it copied and gave back: for the next copies, so that branches stay together. */
  private final Pieces recentBranches = new Pieces(1);

  /** Older pages that it freed: first page, pages, birth. */
  private long[] freed = new long[64 * FREED_FIELDS];

  private int freedEnd;

  /** How much of {@link #freed} is in {@link #free} already. */
  private int freedSettled;

  /** Pages set apart for branches. */
  private long branchArea;

  private long branchAreaEnd;
  private long branches;
  private long pages;

  // What the last transaction took.

  private long lastBranches;
  private long lastPages;

  /** Commits in a row that found much of the file's end free. */
  private int tailCommits;

  /** The same, if the running commit succeeds. */
  private int tailNow;

  FreeSpace(DataFile file) {
    this.file = file;
  }

  /** What is known is out of date: the next transaction reads its base's free pages. */
  void forget() {
    loaded = false;
  }

  /**
   * A write transaction begins.
   *
   * @param metas the metas of pinned snapshots, by transaction; for who takes over
   */
  void begin(Snapshot base, Pins pins, LongFunction<@Nullable Meta> metas) {
    if (!loaded) {
      load(base, pins, metas);
    }
    long before = reusable.size();
    held.release(pins, reusable);
    finder.added(reusable.size() - before);
    finder.begin(lastPages);
    basePages = base.meta().pageCount();
    pageCount = basePages;
    newFrom = basePages;
    long used = basePages - base.meta().freePages();
    growUpTo = used + used * SPARE_PERCENT / 100 + held.pages();
  }

  private void load(Snapshot base, Pins pins, LongFunction<@Nullable Meta> metas) {
    tree.load(base.map(), base.meta(), free);
    reusable.clear();
    reusable.addAll(free);
    held.clear();
    HeldSearch search = new HeldSearch(base, free);
    for (long pin : pins.sorted()) {
      if (pin < base.txnId()) {
        search.add(pin, pins.isVague(pin) ? null : metas.apply(pin));
      }
    }
    search.moveTo(held, reusable);
    finder.forget();
    finder.added(reusable.size());
    loaded = true;
  }

  /** The first page number that neither the base nor the transaction uses. */
  long pageCount() {
    return pageCount;
  }

  /** Pages that follow each other, for a page or run of this type. */
  long take(byte type, long wanted) {
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
  long takeUncounted(byte type, long wanted) {
    if (type == PageHeader.BRANCH) {
      long start = recentBranches.take(1);
      if (start >= 0) {
        return start;
      }
      if (lastBranches >= MANY_BRANCHES && packLimit == 0) {
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
  void pack(long limit) {
    packLimit = limit;
    packFrom = PageHeader.FIRST_PGNO;
  }

  private long takeLowest(long wanted) {
    long first = reusable.nextIn(packFrom, packLimit);
    packFrom = first; // what was passed over is not free
    for (long at = first; at + wanted <= packLimit; ) {
      long end = reusable.nextOut(at, at + wanted);
      if (end - at == wanted) {
        reusable.removeRun(at, wanted);
        finder.forget();
        taken.add(at, wanted);
        return at;
      }
      at = reusable.nextIn(end, packLimit);
    }
    return -1;
  }

  private long takeBranch() {
    if (branchArea == branchAreaEnd) {
      long wanted = Math.max(lastBranches - branches, lastBranches / MANY_BRANCHES) + 1;
      long start = find(wanted, wanted);
      if (start < 0 && mayGrow(wanted)) {
        start = extend(wanted);
      } else if (start < 0) {
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
    if (packLimit > 0) {
      long low = takeLowest(wanted);
      if (low >= 0) {
        return low;
      }
    }
    long start = find(wanted, Math.clamp(lastPages, LEAST_DEMAND, MOST_DEMAND));
    return start >= 0 ? start : extend(wanted);
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

  private long extend(long wanted) {
    file.checkLimit(pageCount + wanted);
    long start = pageCount;
    pageCount += wanted;
    return start;
  }

  /** Takes back pages that this transaction took before and nobody else has seen. */
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

  /** Notes pages of an older transaction that the new state does not use. */
  void free(long start, long length, long birth) {
    if (start < PageHeader.FIRST_PGNO || length < 1 || length > basePages - start) {
      throw new CorruptFileException(
          file.name(),
          start,
          "a reference names %d pages from this one on, allowed: within %d to %d"
              .formatted(length, PageHeader.FIRST_PGNO, basePages - 1));
    }
    if (freedEnd == freed.length) {
      freed = Arrays.copyOf(freed, 2 * freedEnd);
    }
    freed[freedEnd] = start;
    freed[freedEnd + 1] = length;
    freed[freedEnd + 2] = birth;
    freedEnd += FREED_FIELDS;
  }

  /** What the transaction had done at a savepoint. */
  static final class Mark {
    private long pageCount;
    private int freedEnd;
    private long branches;
    private long pages;

    /** The first page number that was not used. */
    long pageCount() {
      return pageCount;
    }
  }

  /** Notes what the transaction has done so far. */
  void mark(Mark mark) {
    mark.pageCount = pageCount;
    mark.freedEnd = freedEnd;
    mark.branches = branches;
    mark.pages = pages;
  }

  /**
   * Goes back to a mark. What was taken below {@link Mark#pageCount} since must have been given
   * back; pages beyond it are forgotten, so that a change that failed does not make the file grow.
   */
  void rollBackTo(Mark mark) {
    assert freedSettled == 0 : "a commit has begun";
    freedEnd = mark.freedEnd;
    branches = mark.branches;
    pages = mark.pages;
    if (pageCount > mark.pageCount) {
      cutTo(mark.pageCount);
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
   * What a commit writes into its meta.
   *
   * @param changes how the free pages differ from the free tree
   * @param freePages all free pages
   */
  record Saved(List<FreeRun> changes, long freePages) {}

  /**
   * Writes the free space down: in the meta while what differs from the free tree fits there, else
   * in the tree. Changing the tree takes and frees pages itself; each round leaves less to do,
   * because a page of the tree is copied once a transaction.
   *
   * @param writer the transaction's own free tree
   */
  Saved save(TreeWriter writer) {
    saving = true;
    if (packLimit > 0) {
      byte @Nullable [] _ = PageMover.move(writer, packLimit, null, Integer.MAX_VALUE);
    }
    settle();
    cutTail();
    List<FreeRun> changes = tree.differences(free, file.pageSize());
    while (changes == null || !endsBelow(changes, pageCount)) {
      tree.write(writer, free);
      settle();
      changes = tree.differences(free, file.pageSize());
    }
    return new Saved(changes, free.size());
  }

  /** What the meta says must lie below its page count; records beyond are rewritten. */
  private static boolean endsBelow(List<FreeRun> changes, long limit) {
    return changes.isEmpty() || changes.getLast().pgno() + changes.getLast().length() <= limit;
  }

  /** Takes pages at the end that nobody sees out of the database. The file is cut later. */
  private void cutTail() {
    long start = Math.max(reusable.startOfRunBefore(pageCount), PageHeader.FIRST_PGNO);
    long tail = pageCount - start;
    boolean large = tail * TAIL_SHARE >= pageCount && tail * file.pageSize() >= MIN_TAIL;
    tailNow = large ? tailCommits + 1 : 0;
    if (tail > 0 && (packLimit > 0 || tailNow >= TAIL_COMMITS)) {
      tree.touch(start, tail);
      free.removeRun(start, tail);
      reusable.removeRun(start, tail);
      finder.forget();
      newFrom = Math.min(newFrom, start);
      pageCount = start;
      tailNow = 0;
    }
  }

  /** Brings {@link #free} up to what the transaction has taken and given back so far. */
  private void settle() {
    returnUnused();
    for (int i = 0; i < taken.size(); i++) {
      settle(taken.start(i), taken.length(i));
    }
    settle(newFrom, pageCount - newFrom);
    for (; freedSettled < freedEnd; freedSettled += FREED_FIELDS) {
      long start = freed[freedSettled];
      long length = freed[freedSettled + 1];
      if (free.nextIn(start, start + length) < start + length) {
        throw new CorruptFileException(file.name(), start, "the page is freed a second time");
      }
      long _ = free.addRun(start, length);
      tree.touch(start, length);
    }
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
  void keep(long txnId, Pins pins) {
    for (int i = 0; i < freedEnd; i += FREED_FIELDS) {
      held.add(pins.canonicalBirth(freed[i + 2]), txnId, freed[i], freed[i + 1]);
    }
    lastBranches = branches;
    lastPages = pages;
    tailCommits = tailNow;
    end();
  }

  /**
   * The transaction was rolled back, or has changed nothing: everything is as it was. After a
   * commit that failed half-way the base is read again. Undoing its many steps would have to be
   * right at each of them.
   */
  void rollBack() {
    if (saving) {
      forget();
    } else {
      for (int i = 0; i < taken.size(); i++) {
        finder.addedRun(reusable.addRun(taken.start(i), taken.length(i)));
      }
      reusable.removeRun(basePages, Math.max(reusable.end() - basePages, 0));
    }
    end();
  }

  private void end() {
    saving = false;
    taken.clear();
    recent.clear();
    recentBranches.clear();
    freedEnd = 0;
    freedSettled = 0;
    branchArea = 0;
    branchAreaEnd = 0;
    branches = 0;
    pages = 0;
    packLimit = 0;
  }
}
