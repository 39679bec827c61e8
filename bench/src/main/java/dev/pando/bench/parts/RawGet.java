package dev.pando.bench.parts;

import dev.pando.Options;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.View;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Gets of keys that exist, in random order, in one transaction; eight bytes of each value are read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RawGet {
  /** What keys look like. */
  @Param({"INT4", "RND16"})
  public KeyKind keys;

  /** Records in the table. */
  @Param({"100000", "1000000"})
  public int records;

  private LoadedFile file;
  private ReadTxn tx;
  private RawTable table;
  private final View value = new View();

  /** Loads the table. */
  @Setup(Level.Trial)
  public void load() {
    file = new LoadedFile(keys, records, Options.defaults());
    tx = file.db.beginRead();
    table = tx.raw(LoadedFile.TABLE);
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    tx.close();
    file.close();
  }

  /** Into a reused view. */
  @Benchmark
  public long get() {
    file.nextKey();
    if (!table.get(file.key, value)) {
      throw new AssertionError("a record is missing");
    }
    return value.getLongLE(0);
  }
}
