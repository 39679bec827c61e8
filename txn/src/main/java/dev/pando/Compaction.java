package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.PageMover;
import dev.pando.btree.PagePacker;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.DatabaseFullException;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.events.Change;
import dev.pando.txn.events.Counters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fills leaves, and moves pages from the end of the file into free pages before it, until the end
 * is free and can be truncated. Other threads write between its transactions, whose size is
 * bounded.
 *
 * <p>See DECISIONS.md, 'Sample before a compaction'.
 */
final class Compaction {
  /** The number of leaves and values that one transaction moves. */
  private static final int MOVES = 2_000;

  /** The part of its leaves that a table must use not to be packed. */
  private static final double WELL_FILLED = 0.85;

  private static final int FILLING_ROUNDS = 2;

  /** The factor by which that number is divided when there is no room for the copies. */
  private static final int FEWER = 8;

  /** The number of passes through all tables; the second moves what the first left at the end. */
  private static final int MOST_PASSES = 4;

  /** The number of commits until no meta slot names a longer file. */
  private static final int SETTLING_COMMITS = PageHeader.META_SLOTS;

  private final Transactor database;
  private final Counters counters;
  private final CompactionProgress progress;

  /** Pages of the file at which filling ends: it grows by what snapshots in use hold back. */
  private long mostPages = Long.MAX_VALUE;

  private boolean isTooLong;

  Compaction(Transactor database, Counters counters, Progress progress) {
    this.database = database;
    this.counters = counters;
    this.progress = new CompactionProgress(progress);
  }

  void run() {
    Change compaction = counters.compactionBegins();
    long pagesBefore = pageCount();
    compact();
    counters.compacted(compaction, pagesBefore, pageCount());
  }

  private void compact() {
    fillPages();
    long before = Long.MAX_VALUE;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      long pages = pass(pass == 0); // later passes move the small rest
      if (pages >= before) {
        break; // readers or named snapshots hold the rest
      }
      before = pages;
    }
    progress.end();
    for (int i = 0; i < SETTLING_COMMITS; i++) {
      long _ = pack(tx -> {}); // the next commit truncates the file
    }
    database.beginWrite().close();
  }

  /** Fills the pages of tables in whose leaves much is unused, as a sample of them shows. */
  private void fillPages() {
    Map<String, Integer> depths = new LinkedHashMap<>();
    try (ReadTxn tx = database.beginOwnRead()) {
      for (String table : trees(tx)) {
        Tree tree = tx.findRawTree(table);
        progress.expect(bytes(tx, table));
        if (PagePacker.sampleFill(tree) < WELL_FILLED) {
          progress.expect(bytes(tx, table) * FILLING_ROUNDS);
          depths.put(table, tree.root().depth());
        }
      }
      mostPages = tx.snapshot().meta().pageCount() + 2 * MOVES;
    }
    depths.forEach(
        (table, depth) -> {
          try {
            fillPages(table, depth);
          } catch (DatabaseFullException e) {
            // There is no room for the copies: the pages can still be moved.
          }
        });
    mostPages = Long.MAX_VALUE;
  }

  /** Twice, since leaves are merged below one branch, and branches are merged after them. */
  private void fillPages(String table, int depth) {
    for (int round = 0; round < FILLING_ROUNDS; round++) {
      progress.begin(bytes(table));
      for (int level = 0; level < depth - 1 && !isTooLong; level++) {
        int above = level;
        inSteps(
            table,
            (from, most) ->
                step(
                    table,
                    from,
                    most,
                    (tree, key, pages) -> PagePacker.pack(tree, above, key, pages)));
      }
    }
  }

  /** The names of all tables, and of the trees of their indexes. */
  private static List<String> trees(ReadTxn tx) {
    return TableNames.ofTrees(tx.snapshot().catalog(), tx.snapshot().map().name());
  }

  /** Goes through all tables once; returns the pages that the database has then. */
  private long pass(boolean isFirst) {
    Map<String, Long> tables = new LinkedHashMap<>();
    long limit;
    try (ReadTxn tx = database.beginOwnRead()) {
      limit = limit(tx.snapshot().meta());
      for (String table : trees(tx)) {
        tables.put(table, bytes(tx, table));
      }
    }
    tables.forEach(
        (table, bytes) -> {
          progress.begin(isFirst ? bytes : 0);
          moveTable(table, limit);
        });
    return pack(tx -> tx.catalog().movePages(limit));
  }

  private long bytes(String table) {
    try (ReadTxn tx = database.beginOwnRead()) {
      return bytes(tx, table);
    }
  }

  private static long bytes(ReadTxn tx, String table) {
    CatalogEntry entry = tx.catalogEntry(table);
    if (entry == null) {
      return 0;
    }
    TreeRoot root = entry.root();
    return (root.branchPages() + root.leafPages() + root.overflowPages())
        * tx.snapshot().meta().pageSize();
  }

  /** The number of used pages: the end of a file without free pages. */
  private static long limit(Meta meta) {
    return meta.pageCount() - meta.freePages();
  }

  private void moveTable(String table, long limit) {
    inSteps(
        table,
        (from, most) ->
            step(table, from, most, (tree, key, moves) -> PageMover.move(tree, limit, key, moves)));
  }

  private interface PartOfTable {
    byte @Nullable [] from(byte @Nullable [] key, int most);
  }

  private void inSteps(String table, PartOfTable part) {
    int moves = MOVES;
    byte @Nullable [] from = null;
    boolean isDone = false;
    while (!isDone) {
      try {
        from = part.from(from, moves);
        isDone = from == null;
      } catch (DatabaseFullException e) {
        if (moves == 1) {
          throw e;
        }
        moves = Math.max(moves / FEWER, 1); // each copies a leaf and the branches above it
      }
      progress.at(isDone ? 1 : from == null ? 0 : share(table, from));
    }
  }

  /** The share of a table's entries that are before a key; 0 if the table is gone. */
  private double share(String table, byte[] from) {
    KeyBuffer key = new KeyBuffer(from.length);
    key.set(from);
    try (ReadTxn tx = database.beginOwnRead()) {
      return tx.findRawTree(table).share(key);
    }
  }

  private interface PartOfTree {
    byte @Nullable [] of(TreeWriter tree, byte @Nullable [] from, int most);
  }

  /** One transaction that changes a part of a table; returns the key to go on from, or null. */
  private byte @Nullable [] step(
      String table, byte @Nullable [] from, int most, PartOfTree change) {
    AtomicReference<byte @Nullable []> next = new AtomicReference<>();
    long pages =
        pack(
            tx -> {
              TreeWriter tree = tx.catalog().find(table);
              // A writer may have dropped it.
              next.set(tree == null ? null : change.of(tree, from, most));
            });
    isTooLong = pages > mostPages;
    return isTooLong ? null : next.get();
  }

  private interface Step {
    void in(WriteTxn tx);
  }

  /** One transaction that takes the lowest free pages; returns the pages that there are then. */
  private long pack(Step step) {
    try (WriteTxn tx = database.beginWrite()) {
      tx.free().pack(Math.max(limit(tx.snapshot().meta()), PageHeader.FIRST_PGNO + 1));
      tx.beginChange();
      tx.mayUseReserve();
      step.in(tx);
      tx.catalog().touch();
      tx.commit(Durability.SYNC);
    }
    return pageCount();
  }

  private long pageCount() {
    try (ReadTxn tx = database.beginOwnRead()) {
      return tx.snapshot().meta().pageCount();
    }
  }
}
