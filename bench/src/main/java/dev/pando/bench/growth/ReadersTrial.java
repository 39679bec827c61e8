package dev.pando.bench.growth;

import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Keyspace;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Some threads read a loaded store while one commits. */
record ReadersTrial(Setting setting, int readers, boolean virtual)
    implements Trial<ReadersTrial.Rates> {
  /** Gets in one read transaction. */
  private static final int GETS = 100;

  /** Puts in one write transaction. */
  private static final int PUTS = 10;

  /** Operations a second, of all threads. */
  record Rates(double reads, double commits) {}

  @Override
  public Rates run() throws InterruptedException {
    LongAdder reads = new LongAdder();
    LongAdder commits = new LongAdder();
    AtomicBoolean stop = new AtomicBoolean();
    try (Store store = setting.open()) {
      warmUp(store);
      List<Thread> threads = new ArrayList<>();
      threads.add(Thread.ofPlatform().start(() -> write(store, commits, stop)));
      Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
      for (int i = 0; i < readers; i++) {
        long seed = (long) i << 40;
        threads.add(builder.start(() -> read(store, seed, reads, stop)));
      }
      Thread.sleep(setting.warmMillis());
      long readsBefore = reads.sum();
      long commitsBefore = commits.sum();
      long begin = System.nanoTime();
      Thread.sleep(setting.millis());
      double seconds = (System.nanoTime() - begin) / 1e9;
      Rates rates =
          new Rates(
              (reads.sum() - readsBefore) / seconds, (commits.sum() - commitsBefore) / seconds);
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      return rates;
    }
  }

  /** By one thread: beside dozens of busy readers, the compilers would hardly get a core. */
  private void warmUp(Store store) {
    Pair pair = Keyspace.pair();
    long nanos = setting.warmMillis() * 1_000_000L;
    long step = 1L << 60;
    Store.Reader reader = store.beginRead(pair);
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; step += GETS) {
      reader = readOnce(store, reader, step, pair);
    }
    reader.close();
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; step += PUTS) {
      setting.keys().commit(store, step, PUTS, pair);
    }
  }

  private Store.Reader readOnce(Store store, Store.Reader reader, long step, Pair pair) {
    for (long at = step; at < step + GETS; at++) {
      long _ = setting.keys().get(reader, at, pair);
    }
    store.rest(reader);
    return store.renew(reader, pair);
  }

  private void read(Store store, long seed, LongAdder reads, AtomicBoolean stop) {
    Pair pair = Keyspace.pair();
    Store.Reader reader = store.beginRead(pair);
    for (long step = seed; !stop.get(); step += GETS) {
      reader = readOnce(store, reader, step, pair);
      reads.add(GETS);
      Thread.yield(); // or the first virtual threads would keep all cores
    }
    reader.close();
  }

  private void write(Store store, LongAdder commits, AtomicBoolean stop) {
    Pair pair = Keyspace.pair();
    for (long step = Long.MAX_VALUE / 2; !stop.get(); step += PUTS) {
      setting.keys().commit(store, step, PUTS, pair);
      commits.increment();
    }
  }
}
