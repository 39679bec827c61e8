package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import java.lang.foreign.MemorySegment;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/** Changes the free tree of a transaction that commits, and keeps count of its pages. */
final class FreeTreeWriter {
  private final TreeWriter tree;
  private final String file;
  private final LongSupplier pageCount;
  private final long txnId;
  private final KeyBuffer key;
  private final MemorySegment value = MemorySegment.ofArray(new byte[FreeRecord.VALUE_BYTES]);
  private final Slice keySlice = new Slice();
  private final Slice valueSlice = new Slice();
  private long pages;

  /**
   * A writer for one commit.
   *
   * @param pages free pages that the tree holds
   * @param pageCount the transaction's page count, which grows as the tree changes
   */
  FreeTreeWriter(
      TreeWriter tree,
      FreeTreeScratch scratch,
      String file,
      long pages,
      LongSupplier pageCount,
      long txnId) {
    this.tree = tree;
    this.key = scratch.writeKey;
    this.file = file;
    this.pages = pages;
    this.pageCount = pageCount;
    this.txnId = txnId;
  }

  /** Free pages that the tree holds now. */
  long pages() {
    return pages;
  }

  /** Deletes records whose pages were handed out, and empties the queue. */
  void delete(Deque<FreeRun> used) {
    for (FreeRun run = used.poll(); run != null; run = used.poll()) {
      delete(run);
    }
  }

  private void delete(FreeRun run) {
    FreeRecord.writeKey(key, run);
    if (!tree.delete(key)) {
      throw new AssertionError("the record of a free run is gone: " + run);
    }
    pages -= run.length();
  }

  /** Inserts runs; those that are free for everybody join their neighbours in the tree. */
  void insert(List<FreeRun> runs) {
    for (FreeRun run : runs) {
      FreeRun joined = run.freed() == 0 ? joinBehind(joinBefore(run)) : run;
      FreeRecord.writeKey(key, joined);
      FreeRecord.writeValue(value, joined.length());
      if (!tree.put(key, value, 0, FreeRecord.VALUE_BYTES)) {
        throw new CorruptFileException(file, run.pgno(), "the page is freed a second time");
      }
      pages += joined.length();
    }
  }

  private FreeRun joinBefore(FreeRun run) {
    FreeRecord.writeKey(key, run);
    try (Cursor cursor = tree.cursor()) {
      if (!cursor.seekFloor(key)) {
        return run;
      }
      cursor.entry(keySlice, valueSlice);
      FreeRun before = read();
      if (before.freed() != 0 || before.pgno() + before.length() < run.pgno()) {
        return run;
      }
      if (before.pgno() + before.length() > run.pgno()) {
        throw new CorruptFileException(file, run.pgno(), "the page is freed a second time");
      }
      return join(run, before);
    }
  }

  private FreeRun joinBehind(FreeRun run) {
    FreeRun behind = new FreeRun(run.pgno() + run.length(), 1, 0, 0);
    FreeRecord.writeKey(key, behind);
    if (!tree.get(key, valueSlice)) {
      return run;
    }
    keySlice.set(key.segment(), 0, key.length());
    return join(run, read());
  }

  private FreeRun read() {
    return FreeRecord.read(file, keySlice, valueSlice, pageCount.getAsLong(), txnId);
  }

  private FreeRun join(FreeRun run, FreeRun neighbour) {
    if (run.length() + neighbour.length() > FreeRecord.MAX_LENGTH) {
      return run;
    }
    delete(neighbour);
    return new FreeRun(
        Math.min(run.pgno(), neighbour.pgno()), run.length() + neighbour.length(), 0, 0);
  }
}
