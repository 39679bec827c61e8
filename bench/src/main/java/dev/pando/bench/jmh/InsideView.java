package dev.pando.bench.jmh;

import dev.pando.Database;
import dev.pando.Metrics;
import dev.pando.ReadTxn;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.List;
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

/** What a database shows of itself: a program may ask many times a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class InsideView {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());

  /** Read transactions on the newest commit that are open meanwhile. */
  @Param({"0", "8"})
  int readers;

  private Database db;
  private final List<ReadTxn> open = new ArrayList<>();

  /** A database of some commits. */
  @Setup(Level.Trial)
  public void open() {
    db = Database.inMemory();
    for (long i = 0; i < 1000; i++) {
      boolean _ = db.put(NAMES, i, "name");
    }
    for (int i = 0; i < readers; i++) {
      open.add(db.beginRead());
    }
  }

  /** Ends all. */
  @TearDown(Level.Trial)
  public void close() {
    open.forEach(ReadTxn::close);
    open.clear();
    db.close();
  }

  /** Counts of the process. */
  @Benchmark
  public Metrics metrics() {
    return db.metrics();
  }

  /** Sizes of the newest commit, and the readers of all processes. */
  @Benchmark
  public Stat stat() {
    return db.stat();
  }
}
