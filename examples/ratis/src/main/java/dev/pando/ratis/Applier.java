package dev.pando.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that applies log entries. Ratis hands them out one by one, faster than single commits
 * are; what has come while one commit is made goes into the next one. A full queue makes Ratis
 * wait.
 *
 * <p>The first failure ends it: the entries that wait fail, and so do all that come later. Nothing
 * may be left out of the log, so there is no going on. Closing ends it in the same way.
 */
final class Applier implements AutoCloseable {
  private static final int QUEUE = 4096;
  private static final int BATCH = 1024;

  private final ReplicaDatabase database;
  private final Consumer<Throwable> onFailure;
  private final BlockingQueue<LogEntry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;

  /** Completes when all entries up to the index are applied. Guarded by itself, as are the next. */
  private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();

  private long done;
  private @Nullable Throwable failure;

  private volatile boolean closed;

  Applier(ReplicaDatabase database, String name, Consumer<Throwable> onFailure) {
    this.database = database;
    this.onFailure = onFailure;
    this.done = database.applied().index();
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  /** Adds the next entry of the log; waits while the queue is full. */
  void add(LogEntry entry) {
    try {
      queue.put(entry);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the log is applied", e);
    }
    failWaiting(); // if the thread has ended
  }

  /** Completes when all entries up to an index are applied and committed. */
  CompletableFuture<Void> reached(long index) {
    synchronized (waiting) {
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      return index <= done
          ? CompletableFuture.completedFuture(null)
          : waiting.computeIfAbsent(index, _ -> new CompletableFuture<>());
    }
  }

  /** After the database was replaced: entries up to its index are applied. */
  void replaced() {
    reach(database.applied().index());
  }

  private void run() {
    List<LogEntry> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(queue.take());
        int _ = queue.drainTo(batch, BATCH - 1);
        apply(batch);
        batch.clear();
      }
      fail(batch, new IllegalStateException("the peer is closed"));
    } catch (InterruptedException _) {
      fail(batch, new IllegalStateException("the peer is closed"));
    } catch (RuntimeException | Error e) {
      fail(batch, e);
      onFailure.accept(e);
    }
  }

  /** Entries that the file has, which Ratis hands out again after a restart, are not repeated. */
  private void apply(List<LogEntry> batch) {
    long before = database.applied().index();
    int old = 0;
    while (old < batch.size() && batch.get(old).position().index() <= before) {
      LogEntry entry = batch.get(old++);
      boolean _ = entry.result().complete(database.resultOf(entry));
    }
    List<LogEntry> fresh = batch.subList(old, batch.size());
    if (!fresh.isEmpty()) {
      WriteResult[] results = database.apply(fresh);
      for (int i = 0; i < results.length; i++) {
        boolean _ = fresh.get(i).result().complete(results[i]);
      }
    }
    reach(batch.getLast().position().index());
  }

  private void reach(long index) {
    List<CompletableFuture<Void>> reached = new ArrayList<>();
    synchronized (waiting) {
      done = Math.max(done, index);
      Map<Long, CompletableFuture<Void>> ready = waiting.headMap(done, true);
      reached.addAll(ready.values());
      ready.clear();
    }
    reached.forEach(future -> future.complete(null));
  }

  private @Nullable Throwable failed() {
    synchronized (waiting) {
      return failure;
    }
  }

  private void fail(List<LogEntry> batch, Throwable cause) {
    List<CompletableFuture<Void>> ended;
    synchronized (waiting) {
      failure = cause;
      ended = new ArrayList<>(waiting.values());
      waiting.clear();
    }
    ended.forEach(future -> future.completeExceptionally(cause));
    batch.forEach(entry -> entry.result().completeExceptionally(cause));
    failWaiting();
  }

  private void failWaiting() {
    Throwable cause = failed();
    if (cause != null) {
      List<LogEntry> left = new ArrayList<>();
      int _ = queue.drainTo(left);
      left.forEach(entry -> entry.result().completeExceptionally(cause));
    }
  }

  /** Ends the thread after the commit that it is making. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
