package dev.pando.bench.parts;

import dev.pando.Options;
import dev.pando.txn.Unsynced;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
 * A transaction that replaces one value. Without the sync everything else of a commit happens:
 * pages are copied, sealed and written, and so is the meta slot.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CommitOne {
  /** Records in the table; 16-byte keys, 100-byte values. */
  @Param("100000")
  public int records;

  /** Whether commits wait for the disk. */
  @Param({"false", "true"})
  public boolean sync;

  private LoadedFile file;
  private final MemorySegment value = Arena.ofAuto().allocate(100, Long.BYTES);
  private long commits;

  /** Loads the table. */
  @Setup(Level.Trial)
  public void load() {
    Options options = Options.defaults();
    file = new LoadedFile(KeyKind.RND16, records, sync ? options : Unsynced.of(options));
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    file.close();
  }

  /** Begin, put, commit. */
  @Benchmark
  public void commit() {
    file.nextKey();
    value.set(ValueLayout.JAVA_LONG, 0, ++commits);
    file.db.update(tx -> tx.raw(LoadedFile.TABLE).put(file.key, value));
  }
}
