package dev.pando.bench.ycsb;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.StoreKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import site.ycsb.ClientThread;
import site.ycsb.Workload;
import site.ycsb.WorkloadException;
import site.ycsb.measurements.Measurements;
import site.ycsb.workloads.CoreWorkload;

/** One of YCSB's workloads on one store, by YCSB's own client threads. */
record MixTrial(
    StoreKind kind,
    CoreMix mix,
    int records,
    int operations,
    int threads,
    int warmMillis,
    Path directory)
    implements Trial<MixTrial.Outcome> {

  private static final int WARM_STEP = 500;

  /**
   * What was found.
   *
   * @param operationsPerSecond of all threads
   * @param failures answers that were not OK
   * @param times by what was done: read, scan, update or insert
   */
  record Outcome(double operationsPerSecond, long failures, Map<String, Times> times) {}

  /** Times of one kind of operation, in microseconds. */
  record Times(long count, double p50, double p95, double p99) {
    static Times of(Histogram nanos) {
      return new Times(
          nanos.getTotalCount(),
          nanos.getValueAtPercentile(50) / 1e3,
          nanos.getValueAtPercentile(95) / 1e3,
          nanos.getValueAtPercentile(99) / 1e3);
    }
  }

  @Override
  public Outcome run() throws WorkloadException, InterruptedException {
    Properties properties = mix.properties(records, operations);
    Measurements.setProperties(properties);
    Workload workload = new CoreWorkload(); // asks for the measurements
    workload.init(properties);
    try (Store store = kind.open(Folders.make(directory), false)) {
      Binding load = new Binding(store, true);
      new ClientThread(load, false, workload, properties, records, 0, new CountDownLatch(1)).run();
      long end = System.nanoTime() + warmMillis * 1_000_000L;
      do {
        double _ = run(store, workload, properties, WARM_STEP * threads, new ArrayList<>());
      } while (System.nanoTime() < end);
      List<Binding> bindings = new ArrayList<>();
      double seconds = run(store, workload, properties, operations, bindings);
      return outcome(bindings, seconds);
    }
  }

  /** Returns the seconds that it took; adds the bindings that were used. */
  private double run(
      Store store, Workload workload, Properties properties, int count, List<Binding> bindings)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(threads);
    List<Thread> running = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      Binding binding = new Binding(store, false);
      bindings.add(binding);
      ClientThread client =
          new ClientThread(binding, true, workload, properties, count / threads, 0, done);
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

  /** Fails if a thread has done less than its share: YCSB's client only prints what it catches. */
  private Outcome outcome(List<Binding> bindings, double seconds) {
    Map<String, Histogram> sums = new LinkedHashMap<>();
    for (Binding binding : bindings) {
      binding
          .times()
          .forEach((what, time) -> sums.computeIfAbsent(what, _ -> new Histogram(3)).add(time));
    }
    int done = operations / threads * threads;
    long calls = sums.values().stream().mapToLong(Histogram::getTotalCount).sum();
    if (calls < done) {
      throw new IllegalStateException(calls + " calls for " + done + " operations");
    }
    Map<String, Times> times = new LinkedHashMap<>();
    sums.forEach((what, time) -> times.put(what, Times.of(time)));
    long failures = bindings.stream().mapToLong(Binding::failures).sum();
    return new Outcome(done / seconds, failures, times);
  }
}
