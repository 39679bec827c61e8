package dev.pando.txn.space;

import dev.pando.pager.LogPlace;

/**
 * The pages of the commit log. For a commit they are free pages like others, so snapshots, copies
 * and checks need not know of them. Here they are set apart from the reusable ones. Public because
 * planted bugs replace its calls.
 */
public final class LogPages {
  private final PageSet reusable;

  /** Reusable pages as well. */
  private final PageSet warm;

  /** Pages that are set apart. */
  private final PageSet pages = new PageSet(0);

  private LogPlace place = LogPlace.NONE;

  LogPages(PageSet reusable, PageSet warm) {
    this.reusable = reusable;
    this.warm = warm;
  }

  /** Sets the pages of a log apart, as far as they are reusable; all others are reusable again. */
  void set(LogPlace log) {
    if (log.pgno() != place.pgno() || log.pages() != place.pages()) {
      release();
    }
    place = log;
    if (pages.size() < log.pages()) {
      move(reusable, log.pgno(), log.pgno() + log.pages());
      move(warm, log.pgno(), log.pgno() + log.pages());
    }
  }

  /** Does so again, after more pages have become reusable. */
  void setAgain() {
    set(place);
  }

  private void move(PageSet some, long from, long end) {
    for (long at = some.nextIn(from, end); at < end; at = some.nextIn(at, end)) {
      long out = some.nextOut(at, end);
      long _ = pages.addRun(at, out - at);
      long _ = some.removeRun(at, out - at);
    }
  }

  /** Sets new pages apart, which the caller has taken from the reusable ones. */
  void add(long pgno, long count) {
    long _ = pages.addRun(pgno, count);
  }

  /**
   * Holds the pages of a log back until recovery does not need them any more: a commit has replaced
   * the log, and is not on disk yet.
   *
   * @param birth a snapshot that is pinned until then
   */
  void moveTo(HeldPages held, LogPlace log, long birth, long freed) {
    long end = log.pgno() + log.pages();
    for (long at = pages.nextIn(log.pgno(), end); at < end; at = pages.nextIn(at, end)) {
      long out = pages.nextOut(at, end);
      held.add(birth, freed, at, out - at);
      long _ = pages.removeRun(at, out - at);
    }
  }

  /** Makes all pages reusable again. */
  void release() {
    reusable.addAll(pages);
    pages.removeAll();
    place = LogPlace.NONE;
  }

  /** Forgets the pages: what is reusable is about to be read again. */
  void forget() {
    pages.clear();
    place = LogPlace.NONE;
  }

  /** Returns the pages that are set apart. */
  PageSet pages() {
    return pages;
  }
}
