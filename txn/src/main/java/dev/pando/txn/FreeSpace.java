package dev.pando.txn;

import dev.pando.btree.TreeWriter;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The free pages as one write transaction sees them: which it may take, which it gave back, and how
 * both are written down at commit.
 *
 * <p>Free runs stand in the meta itself while they are few, so that small commits do not touch the
 * free tree; records of the tree are read when the runs at hand are used up. The transaction reads
 * the tree of its base; its own tree is changed by {@link #save} only.
 */
final class FreeSpace {
  /** Pages that the first look into the free tree brings; each further one brings twice as many. */
  private static final long FIRST_LOAD = 64;

  /** Pages kept at hand for the free tree's own changes, during which it cannot be read. */
  private static final long RESERVE = 64;

  private static final Comparator<FreeRun> BY_KEY =
      Comparator.comparingLong(FreeRun::birth)
          .thenComparingLong(FreeRun::freed)
          .thenComparingLong(FreeRun::pgno);

  private final Meta base;
  private final String file;
  private final FreeTreeReader records;
  private final FreeTreeScratch scratch;

  /** To be taken, lowest first. */
  private final RunList available;

  /** Pages of this transaction given back: taken first, they are in the cache. */
  private final RunList recent;

  /** Runs of the base's meta that a snapshot still holds. */
  private final List<FreeRun> blocked = new ArrayList<>();

  /** Older pages that this transaction gave back, with their own births. */
  private final List<FreeRun> freed = new ArrayList<>();

  private long nextLoad = FIRST_LOAD;
  private boolean saving;

  /**
   * The free space at the begin of a write transaction.
   *
   * @param basePages pages of the base
   * @param scratch kept from transaction to transaction
   */
  FreeSpace(Meta base, PageReader basePages, Pins pins, FreeTreeScratch scratch) {
    this.base = base;
    this.file = basePages.name();
    this.scratch = scratch;
    this.records = new FreeTreeReader(basePages, base, pins, scratch);
    this.available = new RunList(file);
    this.recent = new RunList(file);
    for (FreeRun run : base.freeRuns()) {
      if (pins.hold(run.birth(), run.freed())) {
        blocked.add(run);
      } else {
        available.add(run.pgno(), run.length());
      }
    }
    available.sort();
  }

  /** A page to write to; -1 if the file must grow. */
  long takePage() {
    long page = recent.takePage();
    if (page < 0) {
      page = available.takePage();
    }
    return page < 0 && load(1) ? available.takePage() : page;
  }

  /** Pages that follow each other; -1 if the file must grow. */
  long takeRun(long pages) {
    long start = available.takeRun(pages);
    if (start < 0) {
      start = recent.takeRun(pages);
    }
    if (start >= 0 || saving) {
      return start;
    }
    FreeRun run = records.takeRun(pages);
    if (run == null) {
      return -1;
    }
    if (run.length() > pages) {
      available.add(run.pgno() + pages, run.length() - pages);
      available.sort();
    }
    return run.pgno();
  }

  /** Takes back pages that this transaction took before and nobody else has seen. */
  void giveBack(long start, long pages) {
    recent.add(start, pages);
  }

  /** Notes pages of an older transaction that the new state does not use. */
  void free(long start, long pages, long birth) {
    freed.add(new FreeRun(start, pages, birth, 0));
  }

  private boolean load(long wanted) {
    if (saving) {
      return false;
    }
    boolean found = records.load(Math.max(wanted, nextLoad), available);
    nextLoad *= 2;
    available.sort();
    return found;
  }

  /**
   * What a commit writes into its meta.
   *
   * @param inline runs that stand in the meta, by page number
   * @param freePages all free pages, those in the tree included
   */
  record Saved(List<FreeRun> inline, long freePages) {}

  /**
   * Writes the free space down: as much as fits into the meta, the rest into the tree. Changing the
   * tree takes and frees pages itself; each round leaves less to do, because a page of the tree is
   * copied once a transaction. The last use of this object.
   *
   * @param tree the transaction's own free tree
   * @param txnId the transaction that commits
   * @param pageCount of the transaction, which grows meanwhile
   * @param pins a fresh look at the pins
   */
  Saved save(TreeWriter tree, long txnId, LongSupplier pageCount, Pins pins) {
    int limit = MetaLayout.maxRuns(base.pageSize());
    long treePages =
        base.freePages() - base.freeRuns().stream().mapToLong(FreeRun::length).sum();
    FreeTreeWriter writer = new FreeTreeWriter(tree, scratch, file, treePages, pageCount, txnId);
    List<FreeRun> runs = gather(txnId, pins);
    if (runs.size() > limit || !records.used().isEmpty()) {
      if (available.pages() < RESERVE) {
        load(RESERVE);
      }
      saving = true;
      runs = saveIntoTree(writer, txnId, pins, limit);
    }
    runs.sort(Comparator.comparingLong(FreeRun::pgno));
    long inline = runs.stream().mapToLong(FreeRun::length).sum();
    return new Saved(runs, writer.pages() + inline);
  }

  private List<FreeRun> saveIntoTree(FreeTreeWriter writer, long txnId, Pins pins, int limit) {
    writer.delete(records.used());
    List<FreeRun> runs = gather(txnId, pins);
    while (runs.size() > limit) {
      writer.insert(takeExcess(limit));
      runs = gather(txnId, pins);
    }
    return runs;
  }

  /** All runs at hand. */
  private List<FreeRun> gather(long txnId, Pins pins) {
    available.addAll(recent);
    recent.clear();
    available.sort();
    canonize(txnId, pins);
    List<FreeRun> runs = new ArrayList<>(available.size() + freed.size() + blocked.size());
    for (int i = 0; i < available.size(); i++) {
      runs.add(new FreeRun(available.start(i), available.length(i), 0, 0));
    }
    runs.addAll(freed);
    runs.addAll(blocked);
    return runs;
  }

  /** Dates the pages freed since the last look, and merges neighbours with equal dates. */
  private void canonize(long txnId, Pins pins) {
    freed.replaceAll(
        run ->
            run.freed() == txnId
                ? run
                : new FreeRun(
                    run.pgno(), run.length(), pins.canonicalBirth(run.birth()), txnId));
    freed.sort(BY_KEY);
    List<FreeRun> merged = new ArrayList<>(freed.size());
    for (FreeRun run : freed) {
      FreeRun last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && touches(last, run)) {
        merged.set(
            merged.size() - 1,
            new FreeRun(last.pgno(), last.length() + run.length(), run.birth(), txnId));
      } else {
        merged.add(run);
      }
    }
    freed.clear();
    freed.addAll(merged);
  }

  private static boolean touches(FreeRun first, FreeRun second) {
    return first.birth() == second.birth()
        && first.pgno() + first.length() == second.pgno()
        && first.length() + second.length() <= FreeRecord.MAX_LENGTH;
  }

  /**
   * Keeps half of what fits into the meta and hands out the rest, in the tree's order. The other
   * half is for what changing the tree brings, and for the next commits.
   */
  private List<FreeRun> takeExcess(int limit) {
    int keepAvailable = Math.min(available.size(), limit / 4);
    int keepFreed = Math.min(freed.size(), limit / 2 - keepAvailable);
    List<FreeRun> excess = new ArrayList<>();
    RunList kept = new RunList(file);
    for (int i = 0; i < available.size(); i++) {
      if (i < keepAvailable) {
        kept.add(available.start(i), available.length(i));
      } else {
        excess.add(new FreeRun(available.start(i), available.length(i), 0, 0));
      }
    }
    available.clear();
    available.addAll(kept);
    List<FreeRun> late = freed.subList(keepFreed, freed.size());
    excess.addAll(late);
    late.clear();
    excess.addAll(blocked);
    blocked.clear();
    excess.sort(BY_KEY);
    return excess;
  }
}
