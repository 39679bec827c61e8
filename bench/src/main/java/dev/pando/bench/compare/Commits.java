package dev.pando.bench.compare;

import dev.pando.bench.compare.Peer.Reader;
import dev.pando.bench.compare.Peer.Writer;
import java.util.Arrays;

/**
 * Workloads of many transactions that overwrite records of a loaded store. Operation {@code j}
 * writes version {@code j + 1}, so that afterwards it is known what must be in the store.
 */
final class Commits {
  private static final int THREADS = 8;
  private static final int MIXED = 100_000;

  /** Of so many operations one is an update. */
  private static final int UPDATE = 20;

  private Commits() {}

  static Outcome of1000(Stage stage) {
    return overwrite(stage, stage.setting().puts(1000));
  }

  static Outcome of1(Stage stage) {
    return overwrite(stage, 1);
  }

  private static Outcome overwrite(Stage stage, int size) {
    return measure(stage, size, 1);
  }

  static Outcome mixed(Stage stage) {
    return measure(stage, UPDATE * stage.setting().puts(MIXED / UPDATE), UPDATE);
  }

  /** Each {@code step}th operation is an update, the others are gets. */
  private static Outcome measure(Stage stage, int size, int step) {
    Setting setting = stage.setting();
    Pair pair = new Pair(setting);
    KeyList keys = Orders.ring(setting, 3, Keys::present);
    Batch batch = new Batch(setting, keys, size, step);
    try (Peer peer = stage.openCopy("store")) {
      WarmUp.run(setting, millis -> batch.run(peer, pair, millis));
      System.gc();
      Outcome outcome = batch.run(peer, pair, setting.windowMillis());
      int[] versions = new int[setting.records()];
      replay(keys, batch.done, step, versions);
      check(stage, peer, pair, versions);
      return outcome;
    }
  }

  /** Transactions one after the other. */
  private static final class Batch {
    private final Setting setting;
    private final KeyList keys;
    private final Values values;
    private final int size;
    private final int step;
    private long done;

    Batch(Setting setting, KeyList keys, int size, int step) {
      this.setting = setting;
      this.keys = keys;
      values = new Values(setting.valueBytes());
      this.size = size;
      this.step = step;
    }

    Outcome run(Peer peer, Pair pair, long millis) {
      long before = done;
      long sum = 0;
      Stopwatch watch = new Stopwatch().start();
      while (watch.goesOn(setting, millis)) {
        try (Writer writer = step == 1 ? peer.beginWrite(pair) : peer.beginReadAndWrite(pair)) {
          sum += step == 1 ? putAll(writer, pair) : getAndPut(writer, pair);
          writer.commit();
        }
        done += size;
      }
      Window.sink = sum;
      return Outcome.rate(setting, done - before, watch.stop(), Outcome.NONE);
    }

    private long putAll(Writer writer, Pair pair) {
      for (long operation = done; operation < done + size; operation++) {
        put(writer, pair, operation);
      }
      return 0;
    }

    private long getAndPut(Writer writer, Pair pair) {
      long sum = 0;
      for (long operation = done; operation < done + size; operation++) {
        if (operation % step == 0) {
          put(writer, pair, operation);
        } else {
          keys.copy(operation, pair);
          sum += writer.get();
        }
      }
      return sum;
    }

    private void put(Writer writer, Pair pair, long operation) {
      keys.copy(operation, pair);
      values.fill(keys.record(operation), (int) operation + 1, pair.value);
      writer.put();
    }
  }

  /** Each thread has records of its own, and makes one durable commit after the other. */
  static Outcome by8Threads(Stage stage) {
    Setting setting = stage.setting();
    try (Peer peer = stage.openCopy("store")) {
      Committer[] threads = new Committer[THREADS];
      Arrays.setAll(threads, i -> new Committer(peer, setting, i));
      for (Committer thread : threads) {
        thread.start();
      }
      Committer.pause(setting.warmMillis());
      Stopwatch watch = new Stopwatch().start();
      long before = Committer.total(threads);
      Committer.pause(setting.windowMillis());
      long commits = Committer.total(threads) - before;
      watch.stop();
      int[] versions = new int[setting.records()];
      for (Committer thread : threads) {
        thread.end();
        replay(thread.keys, thread.done, 1, versions);
      }
      check(stage, peer, new Pair(setting), versions);
      return Outcome.rate(setting, commits, watch, Outcome.NONE);
    }
  }

  /** One of several threads that commit. */
  private static final class Committer extends Thread {
    private final Peer peer;
    private final Pair pair;
    private final Values values;
    private final KeyList keys;
    private volatile boolean stop;
    private volatile long done;
    private volatile Throwable failure;

    Committer(Peer peer, Setting setting, int number) {
      this.peer = peer;
      pair = new Pair(setting);
      values = new Values(setting.valueBytes());
      keys = Orders.ringOf(setting, number, THREADS);
    }

    @Override
    public void run() {
      try {
        for (long operation = 0; !stop; operation++) {
          keys.copy(operation, pair);
          values.fill(keys.record(operation), (int) operation + 1, pair.value);
          peer.update(pair);
          done = operation + 1;
        }
      } catch (Throwable e) {
        failure = e;
      }
    }

    /** Ends the thread; fails if it has failed. */
    void end() {
      stop = true;
      try {
        join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (failure != null) {
        throw new IllegalStateException("a thread failed", failure);
      }
    }

    static long total(Committer[] threads) {
      return Arrays.stream(threads).mapToLong(thread -> thread.done).sum();
    }

    static void pause(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Finds out which version each record must have. */
  private static void replay(KeyList keys, long operations, int step, int[] versions) {
    for (long operation = 0; operation < operations; operation += step) {
      versions[keys.record(operation)] = (int) operation + 1;
    }
  }

  /** Compares every record with the model. */
  private static void check(Stage stage, Peer peer, Pair pair, int[] versions) {
    if (!stage.kind().can(Workload.GET)) {
      return;
    }
    try (Reader reader = peer.beginRead(pair)) {
      for (int record = 0; record < versions.length; record++) {
        Keys.write(stage.setting().keys(), Keys.present(record), pair.key, 0);
        if (reader.get() != Values.stamp(record, versions[record])) {
          throw new AssertionError("record " + record + " is not what was written last");
        }
      }
    }
  }
}
