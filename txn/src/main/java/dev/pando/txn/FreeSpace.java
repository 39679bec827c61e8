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

  /** What is loaded and not used must be written back, so not too much at a time. */
  private static final long LARGEST_LOAD = 1024;

  /** Pages at hand for the free tree's own changes, beside those that the records ask for. */
  private static final long RESERVE = 32;

  /** Records that a commit moves in the free tree, if it changes it at all. */
  private static final int LEAST_MOVED = 64;

  /** About what a record takes in a leaf of the free tree. */
  private static final int RECORD_BYTES = 40;

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
  private final Pieces recent = new Pieces(1);

  /** Those of them that are longer than any leaf. */
  private final RunList recentLong;

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
    this.recentLong = new RunList(file);
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
    long page = takeRecent(1);
    if (page < 0) {
      page = available.takePage();
    }
    return page < 0 && load(1) ? available.takePage() : page;
  }

  /** Pages that follow each other; -1 if the file must grow. */
  long takeRun(long pages) {
    long start = takeRecent(pages);
    if (start < 0) {
      start = available.takeRun(pages);
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

  private long takeRecent(long pages) {
    long start = pages <= Pieces.LONGEST ? recent.take((int) pages) : Pieces.NONE;
    return start >= 0 ? start : recentLong.takeRun(pages);
  }

  /** Takes back pages that this transaction took before and nobody else has seen. */
  void giveBack(long start, long pages) {
    if (pages <= Pieces.LONGEST) {
      recent.add(start, pages);
    } else {
      recentLong.add(start, pages);
    }
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
    nextLoad = Math.min(2 * nextLoad, LARGEST_LOAD);
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
    long treePages = base.freePages() - base.freeRuns().stream().mapToLong(FreeRun::length).sum();
    FreeTreeWriter writer = new FreeTreeWriter(tree, scratch, file, treePages, pageCount, txnId);
    List<FreeRun> runs = gather(txnId, pins);
    if (runs.size() > limit || !records.used().isEmpty()) {
      loadReserve();
      saving = true;
      runs = saveIntoTree(writer, txnId, pins, limit);
    }
    runs.sort(Comparator.comparingLong(FreeRun::pgno));
    long inline = runs.stream().mapToLong(FreeRun::length).sum();
    return new Saved(runs, writer.pages() + inline);
  }

  /** Changing the free tree takes pages, and then it is too late to look for them in the tree. */
  private void loadReserve() {
    long changes = (long) freed.size() + blocked.size() + records.used().size();
    long leaves = 2 * changes / (base.pageSize() / RECORD_BYTES);
    long missing = RESERVE + leaves - available.pages();
    if (missing > 0) {
      boolean _ = load(missing);
    }
    // As many as come in, and some more: so in the end all free space is in one place.
    records.loadDated((int) Math.min(2L * freed.size() + LEAST_MOVED, 1 << 20), available);
    available.sort();
  }

  private List<FreeRun> saveIntoTree(FreeTreeWriter writer, long txnId, Pins pins, int limit) {
    writer.delete(records.used());
    List<FreeRun> runs = gather(txnId, pins);
    while (runs.size() > limit) {
      int later = freed.size() + blocked.size();
      writer.insert(later > limit / 2 ? takeLater(limit / 4) : takeAvailable(limit / 4));
      runs = gather(txnId, pins);
    }
    return runs;
  }

  /** All runs at hand. */
  private List<FreeRun> gather(long txnId, Pins pins) {
    recent.moveTo(available);
    available.addAll(recentLong);
    recentLong.clear();
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
                : new FreeRun(run.pgno(), run.length(), pins.canonicalBirth(run.birth()), txnId));
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

  /** Hands out what others must wait for, but for some of it, in the tree's order. */
  private List<FreeRun> takeLater(int kept) {
    List<FreeRun> late = freed.subList(Math.min(kept, freed.size()), freed.size());
    List<FreeRun> out = new ArrayList<>(late);
    late.clear();
    out.addAll(blocked);
    blocked.clear();
    out.sort(BY_KEY);
    return out;
  }

  /**
   * Hands out the higher half of what is too much. Only half: inserting it takes pages, and those
   * must come from the other half, not from the end of the file.
   */
  private List<FreeRun> takeAvailable(int kept) {
    int tooMany = available.size() - kept;
    int keep = available.size() - (tooMany + 1) / 2;
    List<FreeRun> out = new ArrayList<>();
    RunList rest = new RunList(file);
    for (int i = 0; i < available.size(); i++) {
      if (i < keep) {
        rest.add(available.start(i), available.length(i));
      } else {
        out.add(new FreeRun(available.start(i), available.length(i), 0, 0));
      }
    }
    available.clear();
    available.addAll(rest);
    return out;
  }
}
