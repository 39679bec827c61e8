package dev.pando.txn.space;

/**
 * Reusable pages that were written since the last full sync, which are taken first. The next sync
 * writes them to disk in any case, whatever they hold by then. They are set apart from the other
 * reusable pages.
 *
 * <p>See DECISIONS.md, 'Warm pages'.
 */
final class WarmPages {
  private final PageSet reusable;
  private final RunFinder finder;
  private final PageSet pages = new PageSet(0);

  /** The newest commit on disk: pages born later are warm. */
  private long synced;

  /** Where the search for the next pages begins. */
  private long next;

  /** So many adjacent pages were not found in this transaction, and are not searched for again. */
  private long absent;

  WarmPages(PageSet reusable, RunFinder finder) {
    this.reusable = reusable;
    this.finder = finder;
  }

  /** Begins a transaction: after a sync no page is warm any more. */
  void begin(long durable) {
    if (durable != synced) {
      release();
      synced = durable;
    }
    next = 0;
    absent = Long.MAX_VALUE;
  }

  /** Whether pages that were born in a transaction, or later, are warm. */
  boolean areBornSince(long birth) {
    return birth > synced;
  }

  /** Returns the set, to which pages may be added. */
  PageSet pages() {
    return pages;
  }

  /** Takes adjacent pages; -1 if there are none. */
  long take(long wanted) {
    if (pages.size() < wanted || wanted >= absent) {
      return -1;
    }
    long found = pages.firstRun(next, pages.end(), wanted);
    if (found < 0 && next > 0) {
      found = pages.firstRun(0, pages.end(), wanted);
    }
    if (found < 0) {
      absent = wanted;
      return -1;
    }
    long _ = pages.removeRun(found, wanted);
    next = found + wanted;
    return found;
  }

  /** Makes all of them reusable like others. */
  void release() {
    if (pages.size() > 0) {
      reusable.addAll(pages);
      finder.added(pages.size());
      pages.removeAll();
    }
  }

  /** Forgets them: what is reusable is about to be read again. */
  void forget() {
    pages.clear();
  }
}
