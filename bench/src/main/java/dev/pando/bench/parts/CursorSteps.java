package dev.pando.bench.parts;

import dev.pando.Entry;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.View;
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

/** Moving through a table of 16-byte keys; eight bytes of each key and each value are read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CursorSteps {
  private static final int SCAN = 100;

  /** Records in the table. */
  @Param("1000000")
  public int records;

  private LoadedFile file;
  private ReadTxn tx;
  private RawCursor cursor;
  private final View key = new View();
  private final View value = new View();

  /** Loads the table. */
  @Setup(Level.Trial)
  public void load() {
    file = new LoadedFile(KeyKind.RND16, records, Options.defaults());
    tx = file.db.beginRead();
    RawTable table = tx.raw(LoadedFile.TABLE);
    cursor = table.cursor();
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    cursor.close();
    tx.close();
    file.close();
  }

  private long here() {
    cursor.entry(key, value);
    return key.getLongLE(0) + value.getLongLE(0);
  }

  /** One entry on; at the end back to the first. */
  @Benchmark
  public long forward() {
    if (!cursor.next()) {
      boolean _ = cursor.first();
    }
    return here();
  }

  /** One entry back; at the beginning on to the last. */
  @Benchmark
  public long backward() {
    if (!cursor.prev()) {
      boolean _ = cursor.last();
    }
    return here();
  }

  /** A hundred entries from some key on, with one cursor for all scans. */
  @Benchmark
  public long scan() {
    file.nextKey();
    long sum = 0;
    boolean found = cursor.seek(file.key);
    for (int i = 0; found && i < SCAN; i++) {
      sum += here();
      found = cursor.next();
    }
    return sum;
  }

  /** The same through the typed layer, which makes an object of each key, value and entry. */
  @Benchmark
  public long typedScan() {
    file.nextKey();
    long sum = 0;
    int left = SCAN;
    byte[] from = file.key.toArray(ValueLayout.JAVA_BYTE);
    for (Entry<byte[], byte[]> entry : tx.scan(LoadedFile.TABLE, Range.atLeast(from))) {
      sum += entry.key()[0] + entry.value()[0];
      if (--left == 0) {
        break;
      }
    }
    return sum;
  }
}
