package dev.pando.bench.jmh;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Entry;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.bench.store.PandoStore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** Single operations on a loaded store; those that are named after Pando are of Pando alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class StoreOperations {
  private static final int HUNDRED = 100;

  /** A key that is in the store, in one long transaction; eight bytes of the value are read. */
  @Benchmark
  public long get(LoadedStore loaded) {
    loaded.nextKey();
    return loaded.reader.get();
  }

  /** A hundred keys that are in the store, together; eight bytes of each value are read. */
  @Benchmark
  public long getAll(LoadedStore loaded) {
    return loaded.getAll(HUNDRED);
  }

  /** One entry forward, at the end back to the first; every byte is read. */
  @Benchmark
  public long forward(LoadedStore loaded) {
    if (!loaded.reader.next()) {
      boolean _ = loaded.reader.first();
    }
    return loaded.reader.sumInPlace();
  }

  /** One entry backward, at the beginning on to the last; every byte is read. */
  @Benchmark
  public long backward(LoadedStore loaded) {
    if (!loaded.reader.prev()) {
      boolean _ = loaded.reader.last();
    }
    return loaded.reader.sumInPlace();
  }

  /** A hundred entries from some key on, with one cursor for all scans. */
  @Benchmark
  public long scan(LoadedStore loaded) {
    loaded.nextKey();
    long sum = 0;
    boolean found = loaded.reader.seek();
    for (int i = 0; found && i < HUNDRED; i++) {
      sum += loaded.reader.sumInPlace();
      found = loaded.reader.next();
    }
    return sum;
  }

  /** A read transaction that reads nothing. */
  @Benchmark
  public long pandoBeginAndEndRead(LoadedStore loaded) {
    try (ReadTxn tx = database(loaded).beginRead()) {
      return tx.txnId();
    }
  }

  /** A write transaction that writes nothing. */
  @Benchmark
  public void pandoBeginAndEndWrite(LoadedStore loaded) {
    database(loaded).beginWrite().close();
  }

  private static Database database(LoadedStore loaded) {
    return ((PandoStore) loaded.open).database();
  }

  /** A transaction that replaces one value, and is on disk. */
  @Benchmark
  public void commit(LoadedStore loaded) {
    loaded.nextRecord();
    loaded.open.update(loaded.pair);
  }

  /** The same with {@link Durability#ASYNC}: what a commit costs besides the disk. */
  @Benchmark
  public void pandoCommitAsync(LoadedStore loaded) {
    loaded.nextRecord();
    database(loaded)
        .update(
            Durability.ASYNC,
            tx -> tx.raw(PandoStore.TABLE).put(loaded.pair.key, loaded.pair.value));
  }

  /** As {@link #scan} by the typed layer, which makes an object of each key, value and entry. */
  @Benchmark
  public long pandoTypedScan(LoadedStore loaded) {
    loaded.nextKey();
    long sum = 0;
    int left = HUNDRED;
    byte[] from = loaded.pair.keyArray();
    try (ReadTxn tx = database(loaded).beginRead()) {
      for (Entry<byte[], byte[]> entry : tx.scan(PandoStore.TABLE, Range.atLeast(from))) {
        sum += entry.key()[0] + entry.value()[0];
        if (--left == 0) {
          break;
        }
      }
    }
    return sum;
  }
}
