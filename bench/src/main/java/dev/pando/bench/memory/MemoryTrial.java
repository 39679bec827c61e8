package dev.pando.bench.memory;

import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Keyspace;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Does one kind of operation on a store for a while. */
record MemoryTrial(
    StoreKind kind, long records, Path directory, Work work, int warmMillis, int millis)
    implements Trial<MemoryTrial.Found> {
  /** What is measured. */
  enum Work {
    LOAD("sorted load, 100,000 records a commit", 1),
    GET("random get, 1 thread", 1),
    GET8("random get, 8 threads", 8),
    SCAN("scan, every byte read", 1),
    PUT("1,000 random overwrites a durable commit", 1);

    /** For people. */
    final String title;

    final int threads;

    Work(String title, int threads) {
      this.title = title;
      this.threads = threads;
    }
  }

  private static final int LOAD_BATCH = 100_000;

  /** Operations between two looks at the clock. */
  private static final int GETS = 16;

  private static final int STEPS = 1_000;
  private static final int PUTS = 1_000;

  /**
   * What was found.
   *
   * @param perSecond records that were loaded, read or written
   * @param readBytes bytes that the process read from the disk for each of them
   * @param longestMillis the longest time between two looks at the clock
   * @param p99Micros of the times between two looks, divided by the operations in between
   */
  record Found(double perSecond, double readBytes, double p99Micros, double longestMillis) {}

  private Keyspace keys() {
    return new Keyspace(records);
  }

  @Override
  public Found run() throws IOException, InterruptedException {
    try (Store store = kind.open(directory, false)) {
      if (work == Work.LOAD) {
        return load(store);
      }
      List<Meter> meters = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < work.threads; i++) {
        Meter meter = new Meter(warmMillis, millis);
        long seed = (i + 1L) << 40;
        meters.add(meter);
        threads.add(Thread.ofPlatform().start(() -> work(store, seed, meter)));
      }
      Thread.sleep(warmMillis);
      long before = bytesRead();
      for (Thread thread : threads) {
        thread.join();
      }
      return Meter.found(meters, bytesRead() - before);
    }
  }

  private Found load(Store store) throws IOException {
    Pair pair = Keyspace.pair();
    long read = bytesRead();
    long begin = System.nanoTime();
    for (long from = 0; from < records; from += LOAD_BATCH) {
      try (Store.Writer writer = store.beginWrite(pair)) {
        for (long i = from; i < Math.min(from + LOAD_BATCH, records); i++) {
          keys().fill(i, 0, pair);
          writer.append();
        }
        writer.commit();
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    store.settle();
    return new Found(records / seconds, (double) (bytesRead() - read) / records, 0, 0);
  }

  private void work(Store store, long seed, Meter meter) {
    Pair pair = Keyspace.pair();
    switch (work) {
      case LOAD -> throw new IllegalStateException();
      case GET, GET8 -> {
        try (Store.Reader reader = store.beginRead(pair)) {
          for (long step = seed; meter.goesOn(GETS); step += GETS) {
            for (long at = step; at < step + GETS; at++) {
              meter.sum += keys().get(reader, at, pair);
            }
          }
        }
      }
      case SCAN -> {
        try (Store.Reader reader = store.beginRead(pair)) {
          boolean found = reader.first();
          while (meter.goesOn(STEPS)) {
            for (int i = 0; i < STEPS; i++) {
              found = found || reader.first();
              meter.sum += reader.sum();
              found = reader.next();
            }
          }
        }
      }
      case PUT -> {
        for (long step = seed; meter.goesOn(PUTS); step += PUTS) {
          keys().commit(store, step, PUTS, pair);
          meter.sum++;
        }
      }
    }
  }

  /** Of the whole process, from the disk and not from the page cache. */
  private static long bytesRead() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/io"))) {
      String line = lines.filter(one -> one.startsWith("read_bytes:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}
