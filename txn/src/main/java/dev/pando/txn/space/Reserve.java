package dev.pando.txn.space;

import dev.pando.error.DatabaseFullException;
import dev.pando.txn.file.DataFile;

/**
 * Free pages that only deletes and the commit itself may take: a delete copies pages before it
 * frees any, so without them nothing could be deleted from a full database.
 *
 * <p>While the file can grow, the room for its growth is the reserve. When it cannot, free pages
 * are set apart during a transaction, the longest runs first, because a leaf of several pages needs
 * them in one piece. What a transaction takes is replaced when the next one begins, from what it
 * freed.
 *
 * <p>See DECISIONS.md, 'Full file and reserve'.
 */
public final class Reserve {
  /** Never more than one page of so many kept because of large transactions. */
  private static final long MOST_SPREAD_SHARE = 4;

  /** The share of {@link #spread} that is forgotten with each transaction of less. */
  private static final long DECAY = 8;

  /** The shortest run of the first pass over free pages; each further pass takes half of it. */
  private static final long FIRST_LENGTH = 64;

  private final DataFile file;
  private final PageSet reusable;
  private final RunFinder finder;

  /** Pages that are set apart from the reusable ones. */
  private final PageSet pages = new PageSet(0);

  /** Pages that a transaction added lately while it copied as many or more. */
  private long spread;

  /** Whether what runs now makes room, or is the commit. */
  private boolean open;

  Reserve(DataFile file, PageSet reusable, RunFinder finder) {
    this.file = file;
    this.reusable = reusable;
    this.finder = finder;
  }

  /**
   * The pages to keep. Beside what one delete needs these are as many as a transaction added lately
   * that copied pages all over the database: then as many are free after it as one needs that
   * copies the same pages and adds none. So entries can be deleted as many at a time as they were
   * put.
   */
  private long wanted(long pageCount) {
    return DataFile.leastReserve(pageCount) + Math.min(spread, pageCount / MOST_SPREAD_SHARE);
  }

  /** A transaction was committed that copied some pages and made the database larger by others. */
  void note(long copied, long added) {
    spread = Math.max(Math.min(copied, added), spread - (spread + DECAY - 1) / DECAY);
  }

  /** Whether what follows may take pages of the reserve: only what makes room may. */
  void open(boolean may) {
    open = may;
  }

  /** Pages that are sure to have room at the end of the file. */
  private long growable(long pageCount) {
    return Math.max(file.surePages() - pageCount, 0);
  }

  /** Pages by which the file must be able to grow further than what runs now wants. */
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

  /** Pages are reusable again: the books are about to change, or everything may be used. */
  void release() {
    if (pages.size() > 0) {
      reusable.addAll(pages);
      finder.added(pages.size());
      pages.removeAll();
    }
  }

  /**
   * Others may have written.
   *
   * @param all whether nothing that is known holds, not even which pages are set apart
   */
  void forget(boolean all) {
    if (all) {
      pages.clear();
    } else {
      release();
    }
  }

  /** Takes pages that follow each other; -1 if there are none, or not for what runs now. */
  long take(long wanted) {
    long end = open && pages.size() >= wanted ? pages.end() : 0;
    long found = pages.firstRun(0, end, wanted);
    if (found >= 0) {
      long _ = pages.removeRun(found, wanted);
    }
    return found;
  }

  /** What happens when there are no pages for what runs now. */
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
