package dev.pando;

import dev.pando.btree.PageMover;
import dev.pando.btree.TreeWriter;
import dev.pando.error.DatabaseFullException;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Moves pages from the end of the file into free pages before it, until the end is free and can be
 * truncated. Other threads write between its transactions, whose size is bounded.
 */
final class Compaction {
  /** The number of leaves and values that one transaction moves. */
  private static final int MOVES = 2_000;

  /** The factor by which that number is divided when there is no room for the copies. */
  private static final int FEWER = 8;

  /** The number of passes through all tables; the second moves what the first left at the end. */
  private static final int MOST_PASSES = 4;

  /** The number of commits until no meta slot names a longer file. */
  private static final int SETTLING_COMMITS = PageHeader.META_SLOTS;

  private final Transactor database;
  private final Progress progress;

  /** Bytes that the first pass visits; later passes move the small rest. */
  private long total = -1;

  Compaction(Transactor database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  void run() {
    long before = Long.MAX_VALUE;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      long pages = pass();
      if (pages >= before) {
        break; // readers or named snapshots hold the rest
      }
      before = pages;
    }
    for (int i = 0; i < SETTLING_COMMITS; i++) {
      long _ = pack(tx -> {}); // the next commit truncates the file
    }
    database.beginWrite().close();
  }

  /** Goes through all tables once; returns the pages that the database has then. */
  private long pass() {
    Map<String, Long> tables = new LinkedHashMap<>();
    long bytes = 0;
    long limit;
    try (ReadTxn tx = database.beginOwnRead()) {
      limit = limit(tx.snapshot().meta());
      for (String table : tx.tables()) {
        long size = bytes(tx, table);
        tables.put(table, size);
        bytes += size;
      }
    }
    boolean first = total < 0;
    if (first) {
      total = bytes;
    }
    long done = first ? 0 : total;
    for (Map.Entry<String, Long> table : tables.entrySet()) {
      moveTable(table.getKey(), limit);
      done += first ? table.getValue() : 0;
      progress.at(done, total);
    }
    return pack(tx -> tx.catalog().movePages(limit));
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
    int moves = MOVES;
    byte @Nullable [] from = null;
    do {
      try {
        from = move(table, limit, from, moves);
      } catch (DatabaseFullException e) {
        if (moves == 1) {
          throw e;
        }
        moves = Math.max(moves / FEWER, 1); // each copies a leaf and the branches above it
      }
    } while (from != null);
  }

  private byte @Nullable [] move(String table, long limit, byte @Nullable [] from, int moves) {
    AtomicReference<byte @Nullable []> next = new AtomicReference<>();
    long _ =
        pack(
            tx -> {
              TreeWriter tree = tx.catalog().find(table);
              // A writer may have dropped it.
              next.set(tree == null ? null : PageMover.move(tree, limit, from, moves));
            });
    return next.get();
  }

  private interface Step {
    void in(WriteTxn tx);
  }

  /** One transaction that takes the lowest free pages; returns the pages that there are then. */
  private long pack(Step step) {
    try (WriteTxn tx = database.beginWrite()) {
      tx.free().pack(Math.max(limit(tx.snapshot().meta()), PageHeader.FIRST_PGNO + 1));
      tx.beginMove();
      step.in(tx);
      tx.catalog().touch();
      tx.commit(Durability.SYNC);
    }
    try (ReadTxn tx = database.beginOwnRead()) {
      return tx.snapshot().meta().pageCount();
    }
  }
}
