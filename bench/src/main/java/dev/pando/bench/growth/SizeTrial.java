package dev.pando.bench.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

/** Run in a JVM of its own: loads a store, and measures what one operation costs. */
final class SizeTrial {
  /** So that no transaction of the load holds more than some hundred megabytes. */
  private static final long LOAD_BATCH = 1_000_000;

  /** Gets and steps between two looks at the clock. */
  private static final int BATCH = 1000;

  /** Puts in one transaction. */
  private static final int PUTS = 20_000;

  private static final int PUT_ROUNDS = 5;

  private final Setting setting;
  private final Store store;
  private final Keyspace keys;
  private final Pair pair = new Pair();
  private long step;

  private SizeTrial(Setting setting, Store store) {
    this.setting = setting;
    this.store = store;
    this.keys = setting.keys();
  }

  public static void main(String[] arguments) throws IOException {
    Setting setting = Setting.of(arguments);
    Files.createDirectories(setting.directory());
    try (Store store = setting.kind().open(setting.directory())) {
      new SizeTrial(setting, store).run();
    }
    Figure.FILE_BYTES.print(Files.size(setting.kind().file(setting.directory())));
  }

  private void run() throws IOException {
    Figure.LOAD_NS.print(load());
    try (Store.Reader reader = store.beginRead(pair)) {
      Windows windows = setting.windows();
      double _ = nanosEach(windows.warmMillis(), () -> get(reader));
      Figure.GET_NS.print(nanosEach(windows.millis(), () -> get(reader)));
      double _ = nanosEach(windows.warmMillis(), reader::step);
      Figure.SCAN_NS.print(nanosEach(windows.millis(), reader::step));
    }
    Memory.print();
    Figure.COMMIT_NS.print(commits());
    Figure.PUT_NS.print(puts());
    Figure.LATER_COMMIT_NS.print(commits()); // among the many free pages that the puts left
  }

  private double load() {
    long begin = System.nanoTime();
    for (long from = 0; from < keys.records(); from += LOAD_BATCH) {
      try (Store.Writer writer = store.beginWrite(pair)) {
        for (long i = from; i < Math.min(from + LOAD_BATCH, keys.records()); i++) {
          keys.fillKey(i, pair.key);
          keys.fillValue(i, 0, pair.value);
          writer.append();
        }
        writer.commit();
      }
    }
    return (double) (System.nanoTime() - begin) / keys.records();
  }

  private long get(Store.Reader reader) {
    long number = keys.random(step++);
    keys.fillKey(number, pair.key);
    long found = reader.get();
    if (found != Keyspace.stamp(number)) {
      throw new AssertionError("record " + number + " begins with " + Long.toHexString(found));
    }
    return found;
  }

  private interface Operation {
    long run();
  }

  private static double nanosEach(int millis, Operation operation) {
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000L;
    long operations = 0;
    long sum = 0;
    long now;
    do {
      for (int i = 0; i < BATCH; i++) {
        sum += operation.run();
      }
      operations += BATCH;
      now = System.nanoTime();
    } while (now < end);
    if (sum == 0) {
      throw new AssertionError("nothing was read");
    }
    return (double) (now - begin) / operations;
  }

  /** Values replaced at random, in one transaction; the commit counts. */
  private double puts() {
    long end = System.nanoTime() + setting.windows().warmMillis() * 1_000_000L;
    do {
      double _ = putRound();
    } while (System.nanoTime() < end);
    double[] rounds = new double[PUT_ROUNDS];
    for (int round = 0; round < rounds.length; round++) {
      rounds[round] = putRound();
    }
    return median(rounds, rounds.length);
  }

  private double putRound() {
    long begin = System.nanoTime();
    try (Store.Writer writer = store.beginWrite(pair)) {
      for (int i = 0; i < PUTS; i++) {
        putRandom(writer);
      }
      writer.commit();
    }
    return (double) (System.nanoTime() - begin) / PUTS;
  }

  private void putRandom(Store.Writer writer) {
    long number = keys.random(step++);
    keys.fillKey(number, pair.key);
    keys.fillValue(number, step, pair.value);
    writer.put();
  }

  /** One value replaced at random in each transaction. */
  private double commits() {
    int _ = commits(setting.windows().warmMillis(), new double[0]);
    double[] times = new double[1_000_000];
    return median(times, commits(setting.windows().millis(), times));
  }

  /** Returns how many there were; fills in as many times as there is room for. */
  private int commits(int millis, double[] times) {
    int done = 0;
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000L;
    long now = begin;
    while (now < end) {
      try (Store.Writer writer = store.beginWrite(pair)) {
        putRandom(writer);
        writer.commit();
      }
      long before = now;
      now = System.nanoTime();
      if (done < times.length) {
        times[done++] = now - before;
      }
    }
    return done;
  }

  private static double median(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[count / 2];
  }
}
