package dev.pando.txn.dirty;

import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Writes pages that a large load has finished, while the load continues. Checksums, writing and
 * syncing then happen on another core, and little is left for the commit.
 *
 * <p>A thread that lives as long as the transaction writes one batch after the other. No other
 * thread writes to the file meanwhile: a thread that wants to awaits all batches first. At a commit
 * of many pages the thread only syncs, while the caller writes them. For the holder of the writer's
 * turn.
 *
 * <p>See DECISIONS.md, 'Sorted loads written early'.
 */
final class EarlyWriter {
  /** Bytes of a batch: few compared with the queue, many compared with the cost of queueing. */
  static final int BATCH = 2 << 20;

  /** Most batches on their way; with more, the load waits. Enough to continue during a sync. */
  private static final int MOST = 16;

  /** Bytes after which the thread syncs, so that the disk starts early. */
  static final long SYNC_EVERY = 16 << 20;

  /** Pages that do not change until they are written. */
  static final class Batch {
    private final MemorySegment[] memory;
    private final long[] offsets;
    private final CompletableFuture<Void> written = new CompletableFuture<>();

    /** The pages' numbers, ascending. */
    final long[] pgnos;

    /** The frames of the pages. */
    final long[] frames;

    int count;

    Batch(int most) {
      memory = new MemorySegment[most];
      offsets = new long[most];
      pgnos = new long[most];
      frames = new long[most];
    }

    void add(long pgno, long frame, MemorySegment page, long offset) {
      pgnos[count] = pgno;
      frames[count] = frame;
      memory[count] = page;
      offsets[count++] = offset;
    }
  }

  private final DataFile file;
  private final PageWriter writer;
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private @Nullable ExecutorService thread;

  /** Bytes that the thread has written since its last sync. */
  private long unsynced;

  EarlyWriter(DataFile file) {
    this.file = file;
    writer = new PageWriter(file);
  }

  /** Queues a batch, to be written after those before it. */
  void write(Batch batch) {
    execute(batch, () -> writeNow(batch));
  }

  /**
   * Begins to sync the file unless a sync is on its way. The caller may write meanwhile: the next
   * sync has less to do. Called only when all batches are written.
   */
  void sync() {
    Batch before = batches.peek();
    if (before != null && !before.written.isDone()) {
      return;
    }
    Batch _ = await(); // throws what it failed with
    Batch empty = new Batch(0);
    try {
      execute(empty, () -> syncNow(empty));
    } catch (OutOfMemoryError e) {
      // No thread could be started: the commit syncs all.
    }
  }

  private void syncNow(Batch batch) {
    try {
      file.syncEarly();
      batch.written.complete(null);
    } catch (Throwable e) {
      batch.written.completeExceptionally(e);
    }
  }

  private void execute(Batch batch, Runnable task) {
    ExecutorService its = thread;
    if (its == null) {
      its =
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("pando-early-writer").factory());
      thread = its;
    }
    its.execute(task);
    batches.add(batch); // after that: without a thread its wait would never end
  }

  private void writeNow(Batch batch) {
    try {
      for (int i = 0; i < batch.count; i++) {
        MemorySegment page = batch.memory[i];
        long pages = PageHeader.pages(page, batch.offsets[i]);
        long bytes = pages * file.pageSize();
        PageHeader.seal(page, batch.offsets[i], bytes);
        writer.add(page, batch.offsets[i], batch.pgnos[i], pages);
        unsynced += bytes;
      }
      writer.flush();
      batch.written.complete(null);
      if (unsynced >= SYNC_EVERY) {
        unsynced = 0;
        file.syncEarly();
      }
    } catch (Throwable e) {
      batch.written.completeExceptionally(e);
    }
  }

  /** Returns the oldest batch if it is written, else null; waits for it if there are many. */
  @Nullable Batch takeWritten() {
    Batch oldest = batches.peek();
    return oldest != null && (oldest.written.isDone() || batches.size() > MOST) ? await() : null;
  }

  /**
   * Waits for the oldest batch; returns null if there is none. An interrupt does not end the wait,
   * and stays set.
   *
   * @throws RuntimeException the cause of a failed write or sync: the batch's pages are lost, or it
   *     is unknown what is on disk, and so is the transaction; every later call throws it, too
   */
  @Nullable Batch await() {
    Batch oldest = batches.peek();
    if (oldest == null) {
      return null;
    }
    try {
      Void _ = oldest.written.join();
      return batches.remove();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Whether pages were lost, as far as a thread has waited for them. */
  boolean hasFailed() {
    Batch oldest = batches.peek();
    return oldest != null && oldest.written.isCompletedExceptionally();
  }

  /** Ends the transaction's early writes: nothing is written any more after this returns. */
  void end() {
    ExecutorService its = thread;
    if (its != null) {
      thread = null;
      its.close();
      batches.clear();
      writer.reset();
      unsynced = 0;
    }
  }
}
