package dev.pando.txn.recovery;

import dev.pando.btree.Cursor;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeCheck;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogKey;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.catalog.SnapshotKeeper;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.space.FreeTree;
import dev.pando.txn.space.PageSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks one commit as a whole: each page belongs to exactly one tree or is free, never both; every
 * tree obeys its rules; the catalog and the free space say what is there. Memory: one bit a page.
 */
public final class DatabaseCheck {
  /**
   * What a check found.
   *
   * @param txnId the commit that was checked
   * @param pages all pages, the meta slots included
   * @param usedPages pages of tables, of the catalog and of the free tree
   * @param freePages pages that are free
   * @param tables tables
   * @param entries keys in all tables
   * @param problems violations of the format, with page numbers
   */
  public record Found(
      long txnId,
      long pages,
      long usedPages,
      long freePages,
      long tables,
      long entries,
      List<String> problems) {}

  /** The most problems that are listed; more are counted. */
  private static final int MOST_PROBLEMS = 200;

  private final Meta meta;

  /** Pages from here on must all be free; of an older commit, that may be before its page count. */
  private final long end;

  /** Null for an older commit, whose snapshots may have been dropped. */
  private final @Nullable SnapshotKeeper keeper;

  private final PageReader pages;
  private final PageSet seen;
  private final List<String> problems = new ArrayList<>();
  private long untold;
  private long used;
  private long free;
  private long tables;
  private long entries;

  /**
   * A check of one commit.
   *
   * @param pages verifies every page it locates
   * @param keeper keeps each named snapshot while it is checked
   */
  public DatabaseCheck(Meta meta, PageReader pages, SnapshotKeeper keeper) {
    this(meta, meta.pageCount(), pages, keeper);
  }

  private DatabaseCheck(Meta meta, long end, PageReader pages, @Nullable SnapshotKeeper keeper) {
    this.keeper = keeper;
    this.meta = meta;
    this.end = end;
    this.pages = pages;
    this.seen = new PageSet(end);
  }

  /** Walks through everything. */
  public Found run() {
    walkAll();
    if (untold > 0) {
      problems.add("and " + untold + " more");
    }
    return new Found(meta.txnId(), meta.pageCount(), used, free, tables, entries, problems);
  }

  private void walkAll() {
    walk("catalog", meta.catalog());
    attempt("catalog", this::checkTables);
    walk("free tree", meta.freeTree());
    attempt("free pages", this::checkFreeSpace);
    checkAllAreSeen();
  }

  void problem(String what) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(what);
    } else {
      untold++;
    }
  }

  private void attempt(String what, Runnable part) {
    try {
      part.run();
    } catch (CorruptFileException | UnsupportedFormatException damage) {
      problem(what + ": " + damage.getMessage());
    }
  }

  private void walk(String what, TreeRoot root) {
    TreeCheck.check(
        pages,
        root,
        meta.txnId(),
        (pgno, birth, length) -> {
          used += length;
          return mark(what, pgno, length);
        },
        problem -> problem(what + ": " + problem));
  }

  /** Notes that pages have an owner; false if one of them had one before. */
  private boolean mark(String owner, long pgno, long length) {
    if (pgno < PageHeader.FIRST_PGNO || length < 1 || length > end - pgno) {
      problem(
          "%s: pages %d to %d, allowed: %d to %d"
              .formatted(owner, pgno, pgno + length - 1, PageHeader.FIRST_PGNO, end - 1));
      return false;
    }
    boolean first = true;
    for (long page = pgno; page < pgno + length; page++) {
      if (!seen.add(page)) {
        problem(owner + ": page " + page + " has another use as well");
        first = false;
      }
    }
    return first;
  }

  private void checkTables() {
    Slice key = new Slice();
    Slice value = new Slice();
    ScanOrder order = ScanOrder.ascending(pages.name());
    try (Cursor cursor = new Tree(pages, meta.catalog()).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        order.check(key);
        attempt("catalog", () -> checkTable(key, value));
      }
    }
  }

  private void checkTable(Slice key, Slice value) {
    CatalogKey kind = CatalogKey.of(pages.name(), key);
    if (kind == CatalogKey.CARRIED) {
      return;
    }
    if (kind == CatalogKey.SNAPSHOT) {
      SnapshotEntry entry = SnapshotEntry.decode(pages.name(), meta.pageSize(), key, value);
      if (keeper != null) {
        try (SnapshotKeeper.Kept kept = keeper.keep(entry)) {
          if (kept != null) {
            checkSnapshot(entry);
          }
        }
      }
      return;
    }
    String name = CatalogEntry.name(pages.name(), key);
    CatalogEntry entry =
        CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId());
    if (TableNames.isInternal(name)) {
      walk(TableNames.described(name), entry.root());
      return;
    }
    tables++;
    entries += entry.root().entries();
    walk("table " + name, entry.root());
  }

  /** A named snapshot is a whole database of its own, on pages that must not have been reused. */
  private void checkSnapshot(SnapshotEntry entry) {
    if (entry.meta().txnId() >= meta.txnId()) {
      problem(
          "snapshot %s: of transaction %d, the commit is %d"
              .formatted(entry.name(), entry.meta().txnId(), meta.txnId()));
      return;
    }
    DatabaseCheck check =
        new DatabaseCheck(entry.meta(), Math.min(entry.meta().pageCount(), end), pages, null);
    check.walkAll();
    check.problems.forEach(problem -> problem("snapshot " + entry.name() + ": " + problem));
    untold += check.untold;
  }

  private void checkFreeSpace() {
    PageSet free = PageSet.keeping(end);
    FreeTree.read(pages, meta, free);
    FreeTree.apply(pages.name(), meta.freeRuns(), free);
    if (free.size() != meta.freePages()) {
      problem("the meta records " + meta.freePages() + " free pages, there are " + free.size());
    }
    this.free = free.size();
    LogPlace log = meta.log();
    long logEnd = log.pgno() + log.pages();
    if (free.nextOut(log.pgno(), logEnd) < logEnd) {
      problem(
          "page %d belongs to the commit log, and is not free"
              .formatted(free.nextOut(log.pgno(), logEnd)));
    }
    free.forEachRun(0, end, (first, pages) -> mark("free pages", first, pages));
  }

  private void checkAllAreSeen() {
    for (long page = PageHeader.FIRST_PGNO; page < end; page++) {
      if (!seen.contains(page)) {
        long from = page;
        while (page + 1 < end && !seen.contains(page + 1)) {
          page++;
        }
        problem("pages " + from + " to " + page + " are neither used nor free");
      }
    }
    if (end < meta.pageCount() && PageHeader.META_SLOTS + used + free != meta.pageCount()) {
      problem(
          "%d pages used and %d free of %d, but the file has only %d"
              .formatted(used, free, meta.pageCount(), end));
    }
  }
}
