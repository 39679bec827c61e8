package dev.pando.bench.rates;

import dev.pando.bench.store.Data;
import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.Store.Reader;
import dev.pando.bench.store.Store.Writer;
import dev.pando.bench.store.Values;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * Workloads of many transactions that overwrite records of a loaded store. Operation {@code j}
 * writes version {@code j + 1}, so that afterwards it is known what must be in the store.
 */
final class Commits {
  private static final int THREADS = 8;
  private static final int MIXED = 100_000;

  /** Commits a second of a writer beside which another thread reads. */
  private static final int PACE = 500;

  /** Of so many operations one is an update. */
  private static final int UPDATE = 20;

  private static final int FIRST = 100;
  private static final int BEFORE = 1_900;
  private static final int AROUND = 200;

  private Commits() {}

  /** The mean cost of the JVM's first 100 commits; of Pando's, the very first is a third. */
  static Outcome first100(Stage stage) {
    return cost(stage, 0, FIRST, times -> Arrays.stream(times).average().orElse(0));
  }

  /**
   * The median cost of the 1,901st to the 2,100th. The mean is no use here: the kernel lets a sync
   * now and then do what other files need, and that takes milliseconds.
   */
  static Outcome at2000(Stage stage) {
    return cost(
        stage, BEFORE, AROUND, times -> Arrays.stream(times).sorted().toArray()[AROUND / 2]);
  }

  /** The cost of commits of one put in a JVM that has made so many before. */
  private static Outcome cost(Stage stage, int before, int count, ToDoubleFunction<long[]> figure) {
    KeyList keys = Orders.ring(stage.data(), 3, Keys::present);
    try (Store store = stage.openCopy()) {
      Batches batches = new Batches(stage, store, keys, 1, 1);
      long compiled = Compilers.nanos();
      long[] _ = batches.run(before);
      Stopwatch watch = new Stopwatch().start();
      long[] times = batches.run(count);
      watch.stop();
      double compiling = (Compilers.nanos() - compiled) / 1e9;
      batches.check();
      return Outcome.cost(
          figure.applyAsDouble(times) / 1e3,
          watch.process() * 1e6 / count,
          compiling,
          watch.others());
    }
  }

  static Outcome of1000(Stage stage) {
    return overwrite(stage, stage.setting().puts(1000), 1);
  }

  static Outcome of1(Stage stage) {
    return overwrite(stage, 1, 1);
  }

  static Outcome mixed(Stage stage) {
    return overwrite(stage, UPDATE * stage.setting().puts(MIXED / UPDATE), UPDATE);
  }

  /** Each {@code step}th operation is an update, the others are gets. */
  private static Outcome overwrite(Stage stage, int size, int step) {
    KeyList keys = Orders.ring(stage.data(), 3, Keys::present);
    try (Store store = stage.openCopy()) {
      Batches batches = new Batches(stage, store, keys, size, step);
      Outcome outcome = Meter.measure(stage.setting(), batches::runFor);
      batches.check();
      return outcome;
    }
  }

  /** Transactions one after the other. */
  private static final class Batches {
    private final Stage stage;
    private final Store store;
    private final KeyList keys;
    private final Values values;
    private final Pair pair;
    private final int size;
    private final int step;
    private long done;

    Batches(Stage stage, Store store, KeyList keys, int size, int step) {
      this.stage = stage;
      this.store = store;
      this.keys = keys;
      values = new Values(stage.data().valueBytes());
      pair = stage.data().pair();
      this.size = size;
      this.step = step;
    }

    /** Runs for so many milliseconds, at least. */
    Meter.Sample runFor(long millis) {
      long before = done;
      long sum = 0;
      Stopwatch watch = new Stopwatch().start();
      while (watch.goesOn(stage.setting(), millis)) {
        sum += transaction();
      }
      Meter.sink = sum;
      return Meter.Sample.of(stage.setting(), done - before, watch.stop(), Outcome.NONE);
    }

    /** Runs so many transactions; nanoseconds of this thread's processor time for each. */
    long[] run(int count) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long[] times = new long[count];
      long sum = 0;
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        sum += transaction();
        long now = threads.getCurrentThreadCpuTime();
        times[i] = now - before;
        before = now;
      }
      Meter.sink = sum;
      return times;
    }

    private long transaction() {
      try (Writer writer = step == 1 ? store.beginWrite(pair) : store.beginReadAndWrite(pair)) {
        long sum = step == 1 ? putAll(writer) : getAndPut(writer);
        writer.commit();
        done += size;
        return sum;
      }
    }

    /** Compares the store with what was written. */
    void check() {
      int[] versions = new int[stage.data().records()];
      replay(keys, done, step, versions);
      Commits.check(stage, store, versions);
    }

    private long putAll(Writer writer) {
      for (long operation = done; operation < done + size; operation++) {
        put(writer, operation);
      }
      return 0;
    }

    private long getAndPut(Writer writer) {
      long sum = 0;
      for (long operation = done; operation < done + size; operation++) {
        if (operation % step == 0) {
          put(writer, operation);
        } else {
          keys.copy(operation, pair);
          sum += writer.get();
        }
      }
      return sum;
    }

    private void put(Writer writer, long operation) {
      keys.copy(operation, pair);
      values.fill(keys.record(operation), (int) operation + 1, pair.value);
      writer.put();
    }
  }

  /**
   * Gets of one thread, a hundred in each read transaction, while another makes {@link #PACE}
   * durable commits of one put a second.
   */
  static Outcome getsBeside(Stage stage) {
    try (Store store = stage.openCopy()) {
      Committer writer = new Committer(store, stage.data(), 0, 1, 1_000_000_000 / PACE);
      writer.start();
      KeyList keys = Orders.ring(stage.data(), 7, Keys::present);
      GetsBeside reads = new GetsBeside(stage, store, keys);
      Outcome outcome = Meter.measure(stage.setting(), reads::runFor);
      writer.end();
      int[] versions = new int[stage.data().records()];
      replay(writer.keys, writer.done, 1, versions);
      check(stage, store, versions);
      return outcome;
    }
  }

  /** Short read transactions, one after the other. */
  private static final class GetsBeside {
    private static final int GETS = 100;

    private final Stage stage;
    private final Store store;
    private final KeyList keys;
    private final Pair pair;
    private long operation;

    GetsBeside(Stage stage, Store store, KeyList keys) {
      this.stage = stage;
      this.store = store;
      this.keys = keys;
      pair = stage.data().pair();
    }

    Meter.Sample runFor(long millis) {
      long before = operation;
      long sum = 0;
      Stopwatch watch = new Stopwatch().start();
      long end = System.nanoTime() + millis * 1_000_000;
      Reader reader = store.beginRead(pair);
      while (System.nanoTime() < end) {
        for (int i = 0; i < GETS; i++) {
          keys.copy(operation++, pair);
          sum += reader.get();
        }
        store.rest(reader);
        reader = store.renew(reader, pair);
      }
      reader.close();
      Meter.sink = sum;
      return Meter.Sample.of(stage.setting(), operation - before, watch.stop(), Outcome.NONE);
    }
  }

  /** Each thread has records of its own, and makes one durable commit after the other. */
  static Outcome by8Threads(Stage stage) {
    try (Store store = stage.openCopy()) {
      Committer[] threads = new Committer[THREADS];
      Arrays.setAll(threads, i -> new Committer(store, stage.data(), i, THREADS, 0));
      for (Committer thread : threads) {
        thread.start();
      }
      Outcome outcome = Meter.measure(stage.setting(), millis -> count(stage, threads, millis));
      int[] versions = new int[stage.data().records()];
      for (Committer thread : threads) {
        thread.end();
        replay(thread.keys, thread.done, 1, versions);
      }
      check(stage, store, versions);
      return outcome;
    }
  }

  private static Meter.Sample count(Stage stage, Committer[] threads, long millis) {
    Stopwatch watch = new Stopwatch().start();
    long before = Committer.total(threads);
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    long commits = Committer.total(threads) - before;
    return Meter.Sample.of(stage.setting(), commits, watch.stop(), Outcome.NONE);
  }

  /** A thread that commits, perhaps one of several. */
  private static final class Committer extends Thread {
    private final Store store;
    private final Pair pair;
    private final Values values;
    private final KeyList keys;
    private final long apart;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stop;
    private volatile long done;

    /** One of so many threads; its commits begin at least so many nanoseconds apart. */
    Committer(Store store, Data data, int number, int threads, long apart) {
      this.store = store;
      this.apart = apart;
      pair = data.pair();
      values = new Values(data.valueBytes());
      keys = Orders.ringOf(data, number, threads);
    }

    @Override
    public void run() {
      try {
        long next = System.nanoTime();
        for (long operation = 0; !stop; operation++) {
          while (System.nanoTime() - next < 0) {
            LockSupport.parkNanos(next - System.nanoTime());
          }
          next = Math.max(next + apart, System.nanoTime() - apart); // a slow start is not caught up
          keys.copy(operation, pair);
          values.fill(keys.record(operation), (int) operation + 1, pair.value);
          store.update(pair);
          done = operation + 1;
        }
      } catch (Throwable e) {
        failure.set(e);
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
      if (failure.get() != null) {
        throw new IllegalStateException("a thread failed", failure.get());
      }
    }

    static long total(Committer[] threads) {
      return Arrays.stream(threads).mapToLong(thread -> thread.done).sum();
    }
  }

  /** Finds out which version each record must have. */
  private static void replay(KeyList keys, long operations, int step, int[] versions) {
    for (long operation = 0; operation < operations; operation += step) {
      versions[keys.record(operation)] = (int) operation + 1;
    }
  }

  /** Compares every record with the model. */
  private static void check(Stage stage, Store store, int[] versions) {
    if (!Workload.GET.isFor(stage.kind())) {
      return;
    }
    Pair pair = stage.data().pair();
    try (Reader reader = store.beginRead(pair)) {
      for (int record = 0; record < versions.length; record++) {
        stage.data().keys().write(Keys.present(record), pair.key, 0);
        if (reader.get() != Values.stamp(record, versions[record])) {
          throw new AssertionError("record " + record + " is not what was written last");
        }
      }
    }
  }
}
