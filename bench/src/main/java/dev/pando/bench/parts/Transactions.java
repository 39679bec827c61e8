package dev.pando.bench.parts;

import dev.pando.Options;
import dev.pando.ReadTxn;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What transactions cost that do nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class Transactions {
  private LoadedFile file;

  /** Loads the table. */
  @Setup(Level.Trial)
  public void load() {
    file = new LoadedFile(KeyKind.RND16, 1_000, Options.defaults());
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    file.close();
  }

  /** A read transaction that reads nothing. */
  @Benchmark
  public long beginAndEndRead() {
    try (ReadTxn tx = file.db.beginRead()) {
      return tx.txnId();
    }
  }

  /** A write transaction that writes nothing. */
  @Benchmark
  public void beginAndEndWrite() {
    file.db.beginWrite().close();
  }
}
