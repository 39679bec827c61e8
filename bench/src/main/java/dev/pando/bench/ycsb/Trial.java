package dev.pando.bench.ycsb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import site.ycsb.ClientThread;
import site.ycsb.DB;
import site.ycsb.Workload;
import site.ycsb.WorkloadException;
import site.ycsb.measurements.Measurements;
import site.ycsb.workloads.CoreWorkload;

/** Run in a JVM of its own: one workload on one store. Prints lines that {@link Ycsb} reads. */
final class Trial {
  static final String THROUGHPUT = "THROUGHPUT ";
  static final String FAILURES = "FAILURES ";

  private static final int WARM_STEP = 500;

  private final Store store;
  private final Properties properties;
  private final int threads;
  private final Workload workload;

  private Trial(Store store, Properties properties, int threads) throws WorkloadException {
    this.store = store;
    this.properties = properties;
    this.threads = threads;
    Measurements.setProperties(properties);
    workload = new CoreWorkload(); // asks for the measurements
    workload.init(properties);
  }

  /** Store, workload, records, operations, threads, milliseconds to warm up, directory. */
  public static void main(String[] arguments)
      throws IOException, WorkloadException, InterruptedException {
    Store.Kind kind = Store.Kind.valueOf(arguments[0]);
    CoreMix mix = CoreMix.valueOf(arguments[1]);
    int records = Integer.parseInt(arguments[2]);
    int operations = Integer.parseInt(arguments[3]);
    int threads = Integer.parseInt(arguments[4]);
    int warmMillis = Integer.parseInt(arguments[5]);
    Path directory = Files.createDirectories(Path.of(arguments[6]));
    try (Store store = kind.open(directory)) {
      Trial trial = new Trial(store, mix.properties(records, operations), threads);
      trial.load(records);
      trial.warmUp(warmMillis);
      trial.measure(operations);
    }
  }

  private void load(int records) {
    client(store.bindForLoad(), false, records, new CountDownLatch(1)).run();
  }

  /** Until the compilers are done with most of it. */
  private void warmUp(int millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000L;
    do {
      double _ = run(WARM_STEP * threads, new ArrayList<>());
    } while (System.nanoTime() < end);
  }

  private ClientThread client(DB db, boolean transactions, int count, CountDownLatch done) {
    return new ClientThread(db, transactions, workload, properties, count, 0, done);
  }

  /** Returns the seconds that it took; adds the bindings that were used. */
  private double run(int operations, List<TimedDb> bindings) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(threads);
    List<Thread> running = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      TimedDb binding = new TimedDb(store.bind());
      bindings.add(binding);
      ClientThread client = client(binding, true, operations / threads, done);
      client.setThreadId(i);
      client.setThreadCount(threads);
      running.add(Thread.ofPlatform().start(client));
    }
    done.await();
    double seconds = (System.nanoTime() - begin) / 1e9;
    for (Thread thread : running) {
      thread.join();
    }
    return seconds;
  }

  private void measure(int operations) throws InterruptedException {
    List<TimedDb> bindings = new ArrayList<>();
    double seconds = run(operations, bindings);
    Map<Kind, Histogram> times = new EnumMap<>(Kind.class);
    long failures = 0;
    for (TimedDb binding : bindings) {
      failures += binding.failures();
      binding
          .times()
          .forEach((kind, time) -> times.computeIfAbsent(kind, _ -> new Histogram(3)).add(time));
    }
    System.out.println(THROUGHPUT + operations / threads * threads / seconds);
    System.out.println(FAILURES + failures);
    times.forEach(
        (kind, time) ->
            System.out.println(
                kind
                    + " "
                    + new Outcome.Times(
                            time.getTotalCount(),
                            micros(time, 50),
                            micros(time, 95),
                            micros(time, 99))
                        .toLine()));
  }

  private static double micros(Histogram time, double percentile) {
    return time.getValueAtPercentile(percentile) / 1000.0;
  }
}
