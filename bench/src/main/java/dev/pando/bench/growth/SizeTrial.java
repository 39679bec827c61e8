package dev.pando.bench.growth;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Keyspace;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/** Loads a store, and measures what one operation costs. */
record SizeTrial(Setting setting) implements Trial<SizeTrial.Costs> {
  /** So that no transaction of the load holds more than some hundred megabytes. */
  private static final long LOAD_BATCH = 1_000_000;

  /** Gets and steps between two looks at the clock. */
  private static final int BATCH = 1000;

  /** Puts in one transaction. */
  private static final int PUTS = 20_000;

  private static final int PUT_ROUNDS = 5;
  private static final int MOST_COMMITS = 1_000_000;
  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * Nanoseconds of an operation, and bytes.
   *
   * @param commitNs a commit of one put before the puts
   * @param laterCommitNs the same after them, among the many free pages that they left
   * @param ownBytes memory of the process that is no file's; 0 where the system does not say
   */
  record Costs(
      double loadNs,
      double getNs,
      double scanNs,
      double commitNs,
      double putNs,
      double laterCommitNs,
      double fileBytes,
      double ownBytes,
      double mappedBytes) {}

  @Override
  public Costs run() throws IOException {
    Pair pair = Keyspace.pair();
    Map<String, Double> found = new LinkedHashMap<>();
    try (Store store = setting.open()) {
      found.put("load", load(store, pair));
      try (Store.Reader reader = store.beginRead(pair)) {
        found.put("get", nanosEach(step -> setting.keys().get(reader, step, pair)));
        found.put("scan", nanosEach(_ -> step(reader)));
      }
      found.put("own", bytes("RssAnon:"));
      found.put("mapped", bytes("RssFile:"));
      found.put("commit", commits(store, pair, 1L << 40));
      found.put("put", puts(store, pair));
      found.put("later", commits(store, pair, 1L << 41));
    }
    return new Costs(
        found.get("load"),
        found.get("get"),
        found.get("scan"),
        found.get("commit"),
        found.get("put"),
        found.get("later"),
        Folders.mebibytes(setting.directory()) * (1 << 20),
        found.get("own"),
        found.get("mapped"));
  }

  private double load(Store store, Pair pair) {
    long records = setting.keys().records();
    long begin = System.nanoTime();
    for (long from = 0; from < records; from += LOAD_BATCH) {
      try (Store.Writer writer = store.beginWrite(pair)) {
        for (long i = from; i < Math.min(from + LOAD_BATCH, records); i++) {
          setting.keys().fill(i, 0, pair);
          writer.append();
        }
        writer.commit();
      }
    }
    return (double) (System.nanoTime() - begin) / records;
  }

  /** The next entry, or the first one at the end, is read whole. */
  private static long step(Store.Reader reader) {
    if (!reader.next()) {
      boolean _ = reader.first();
    }
    return reader.sum();
  }

  private double nanosEach(LongUnaryOperator operation) {
    double _ = nanosEach(operation, setting.warmMillis());
    return nanosEach(operation, setting.millis());
  }

  private static double nanosEach(LongUnaryOperator operation, int millis) {
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000L;
    long operations = 0;
    long sum = 0;
    long now;
    do {
      for (int i = 0; i < BATCH; i++) {
        sum += operation.applyAsLong(operations++);
      }
      now = System.nanoTime();
    } while (now < end);
    if (sum == 0) {
      throw new AssertionError("nothing was read");
    }
    return (double) (now - begin) / operations;
  }

  /** Values replaced at random, in one transaction; the commit counts. */
  private double puts(Store store, Pair pair) {
    long step = 0;
    for (long end = System.nanoTime() + setting.warmMillis() * 1_000_000L;
        System.nanoTime() < end;
        step += PUTS) {
      setting.keys().commit(store, step, PUTS, pair);
    }
    double[] rounds = new double[PUT_ROUNDS];
    for (int round = 0; round < PUT_ROUNDS; round++, step += PUTS) {
      long begin = System.nanoTime();
      setting.keys().commit(store, step, PUTS, pair);
      rounds[round] = (double) (System.nanoTime() - begin) / PUTS;
    }
    return median(rounds);
  }

  /** The median commit of one put. */
  private double commits(Store store, Pair pair, long step) {
    double[] _ = commits(store, pair, step, setting.warmMillis());
    return median(commits(store, pair, step + MOST_COMMITS, setting.millis()));
  }

  private double[] commits(Store store, Pair pair, long step, int millis) {
    double[] times = new double[MOST_COMMITS];
    int done = 0;
    long now = System.nanoTime();
    for (long end = now + millis * 1_000_000L; now < end && done < MOST_COMMITS; ) {
      setting.keys().commit(store, step + done, 1, pair);
      long before = now;
      now = System.nanoTime();
      times[done++] = now - before;
    }
    return Arrays.copyOf(times, done);
  }

  static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** What this process keeps in memory, where the system says. */
  private static double bytes(String name) throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line = lines.filter(one -> one.startsWith(name)).findFirst().orElse("0");
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }
}
