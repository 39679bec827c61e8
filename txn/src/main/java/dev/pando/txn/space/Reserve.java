package dev.pando.txn.space;

import dev.pando.error.DatabaseFullException;
import dev.pando.txn.file.DataFile;

/**
 * Free pages that only deletes and the commit itself may take. A delete copies pages before it
 * frees any: without the reserve, nothing could be deleted from a full database.
 *
 * <p>While the file can grow, the room for its growth is the reserve. When it cannot, free pages
 * are set apart during a transaction. The longest runs come first, because a leaf of several pages
 * needs adjacent pages. When the next transaction begins, freed pages replace those that this one
 * took.
 *
 * <p>See DECISIONS.md, 'Full file and reserve'.
 */
final class Reserve {
  /** Divisor of the page count: the most pages that are kept because of large transactions. */
  private static final long MOST_SPREAD_SHARE = 4;

  /** Divisor of {@link #spread}: the share that each smaller transaction takes from it. */
  private static final long DECAY = 8;

  /** Pages of the shortest run in the first pass over free pages; each further pass halves it. */
  private static final long FIRST_LENGTH = 64;

  private final DataFile file;
  private final PageSet reusable;
  private final RunFinder finder;

  /** Pages that are set apart from the reusable ones. */
  private final PageSet pages = new PageSet(0);

  /** Pages that a recent transaction added while it copied at least as many. */
  private long spread;

  /** Whether the running operation frees room, or is the commit. */
  private boolean open;

  Reserve(DataFile file, PageSet reusable, RunFinder finder) {
    this.file = file;
    this.reusable = reusable;
    this.finder = finder;
  }

  /**
   * Returns the number of pages to keep: what one delete needs, and what a recent transaction added
   * that copied pages all over the database. After such a transaction enough pages are free for
   * another one that copies the same pages and adds none. So as many entries can be deleted at a
   * time as were put.
   */
  private long wanted(long pageCount) {
    return DataFile.leastReserve(pageCount) + Math.min(spread, pageCount / MOST_SPREAD_SHARE);
  }

  /** Notes a committed transaction that copied some pages and added others to the database. */
  void note(long copied, long added) {
    spread = Math.max(Math.min(copied, added), spread - (spread + DECAY - 1) / DECAY);
  }

  /** Allows or forbids the reserve for the next calls: only calls that free room may take it. */
  void open(boolean may) {
    open = may;
  }

  /** Returns the pages that are sure to have room at the end of the file. */
  private long growable(long pageCount) {
    return Math.max(file.surePages() - pageCount, 0);
  }

  /** Returns the pages by which the file must be able to grow beyond the present operation. */
  long atEnd(long pageCount) {
    return open ? 0 : Math.max(wanted(pageCount) - pages.size(), 0);
  }

  /**
   * Sets pages apart, unless the file can grow by them.
   *
   * @return whether there are enough
   */
  boolean set(long pageCount) {
    long missing = wanted(pageCount) - growable(pageCount);
    if (missing <= 0) {
      release();
      return true;
    }
    for (long least = FIRST_LENGTH; least > 0 && pages.size() < missing; least /= 2) {
      set(missing, least);
    }
    return pages.size() >= missing;
  }

  private void set(long wanted, long least) {
    long end = reusable.end();
    for (long at = reusable.nextIn(0, end); at < end && pages.size() < wanted; ) {
      long out = reusable.nextOut(at, end);
      if (out - at >= least) {
        long taken = Math.min(out - at, wanted - pages.size());
        long _ = pages.addRun(at, taken);
        long _ = reusable.removeRun(at, taken);
      }
      at = reusable.nextIn(out, end);
    }
  }

  /** Makes the pages reusable again: the books are about to change, or everything may be used. */
  void release() {
    if (pages.size() > 0) {
      reusable.addAll(pages);
      finder.added(pages.size());
      pages.removeAll();
    }
  }

  /**
   * Notes that other processes may have written.
   *
   * @param all whether nothing that is known is valid, not even which pages are set apart
   */
  void forget(boolean all) {
    if (all) {
      pages.clear();
    } else {
      release();
    }
  }

  /** Takes adjacent pages; -1 if there are none, or the running operation may not take them. */
  long take(long wanted) {
    long end = open && pages.size() >= wanted ? pages.end() : 0;
    long found = pages.firstRun(0, end, wanted);
    if (found >= 0) {
      long _ = pages.removeRun(found, wanted);
    }
    return found;
  }

  /** Returns the exception for an operation that finds no pages. */
  DatabaseFullException full(long pageCount, long wanted) {
    String missing = wanted == 1 ? "no page is" : "no %d pages in a row are".formatted(wanted);
    String advice =
        open
            ? missing
                + " free for the copies that this transaction makes; change or delete less at a"
                + " time, or clear or drop a table"
            : missing
                + " free beside the %d that are kept for deletes; delete data"
                    .formatted(wanted(pageCount));
    return file.full(pageCount + wanted, advice);
  }
}
