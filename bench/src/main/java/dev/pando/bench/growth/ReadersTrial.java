package dev.pando.bench.growth;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Run in a JVM of its own: some threads read a loaded store while one commits. */
final class ReadersTrial {
  /** Gets in one read transaction. */
  private static final int GETS = 100;

  /** Puts in one write transaction. */
  private static final int PUTS = 10;

  private final Setting setting;
  private final Store store;
  private final LongAdder reads = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private volatile boolean stop;

  private ReadersTrial(Setting setting, Store store) {
    this.setting = setting;
    this.store = store;
  }

  /** The setting, how many threads read, whether they are virtual. */
  public static void main(String[] arguments) throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(ReadersTrial::fail);
    Setting setting = Setting.of(arguments);
    try (Store store = setting.kind().open(setting.directory())) {
      new ReadersTrial(setting, store)
          .run(Integer.parseInt(arguments[6]), Boolean.parseBoolean(arguments[7]));
    }
  }

  /** A figure without one of its threads would be wrong. */
  private static void fail(Thread thread, Throwable e) {
    e.printStackTrace();
    Runtime.getRuntime().halt(1);
  }

  private void run(int readers, boolean virtual) throws InterruptedException {
    warmUp();
    List<Thread> threads = new ArrayList<>();
    threads.add(Thread.ofPlatform().start(this::write));
    Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    for (int i = 0; i < readers; i++) {
      long seed = (long) i << 40;
      threads.add(builder.start(() -> read(seed)));
    }
    Thread.sleep(setting.windows().warmMillis());
    long readsBefore = reads.sum();
    long commitsBefore = commits.sum();
    long begin = System.nanoTime();
    Thread.sleep(setting.windows().millis());
    double seconds = (System.nanoTime() - begin) / 1e9;
    Figure.READS_PER_SECOND.print((reads.sum() - readsBefore) / seconds);
    Figure.COMMITS_PER_SECOND.print((commits.sum() - commitsBefore) / seconds);
    stop = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** By one thread: beside dozens of busy readers, the compilers would hardly get a core. */
  private void warmUp() {
    Pair pair = new Pair();
    long nanos = setting.windows().warmMillis() * 1_000_000L;
    long step = 1L << 60;
    try (Store.Reader reader = store.beginRead(pair)) {
      for (long end = System.nanoTime() + nanos; System.nanoTime() < end; step += GETS) {
        readOnce(reader, pair, step);
      }
    }
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; step += PUTS) {
      writeOnce(pair, step);
    }
  }

  private void read(long seed) {
    Pair pair = new Pair();
    try (Store.Reader reader = store.beginRead(pair)) {
      for (long step = seed; !stop; step += GETS) {
        readOnce(reader, pair, step);
        reads.add(GETS);
        Thread.yield(); // or the first virtual threads would keep all cores
      }
    }
  }

  private void readOnce(Store.Reader reader, Pair pair, long step) {
    for (long at = step; at < step + GETS; at++) {
      long number = setting.keys().random(at);
      setting.keys().fillKey(number, pair.key);
      if (reader.get() != Keyspace.stamp(number)) {
        throw new AssertionError("record " + number + " is not what it was");
      }
    }
    reader.renew();
  }

  private void write() {
    Pair pair = new Pair();
    for (long step = Long.MAX_VALUE / 2; !stop; step += PUTS) {
      writeOnce(pair, step);
      commits.increment();
    }
  }

  private void writeOnce(Pair pair, long step) {
    try (Store.Writer writer = store.beginWrite(pair)) {
      for (long at = step; at < step + PUTS; at++) {
        long number = setting.keys().random(at);
        setting.keys().fillKey(number, pair.key);
        setting.keys().fillValue(number, at, pair.value);
        writer.put();
      }
      writer.commit();
    }
  }
}
