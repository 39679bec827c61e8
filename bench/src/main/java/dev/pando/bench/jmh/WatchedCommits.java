package dev.pando.bench.jmh;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.FeedOptions;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.text.ParseException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
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

/** Commits of puts in memory, so without a disk, that a feed or a recording of JFR watches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class WatchedCommits {
  private static final Table<Integer, byte[]> TABLE = Table.of("table", Codec.i32(), Codec.bytes());
  private static final byte[] VALUE = new byte[100];
  private static final int HUNDRED = 100;

  /** What watches the commits. */
  public enum Watch {
    /** Nothing. */
    NONE,

    /** A feed of this table, which drops what exceeds its bound of 1 MiB. */
    FEED,

    /** A feed of another table. */
    OTHER,

    /** A recording with the JDK's settings for production, and so all events of Pando. */
    RECORDING
  }

  /** What watches the commits. */
  @Param public Watch watch;

  /** Records in the table. */
  @Param("1000000")
  public int records;

  private final SplittableRandom random = new SplittableRandom(1);
  private Database db;
  private Recording recording;

  /** Loads the table. */
  @Setup(Level.Trial)
  public void open() throws IOException, ParseException {
    db = Database.inMemory();
    db.update(
        tx -> {
          for (int i = 0; i < records; i++) {
            boolean _ = tx.put(TABLE, i, VALUE);
          }
        });
    switch (watch) {
      case NONE -> {}
      case FEED -> feed(TABLE.name());
      case OTHER -> feed("other");
      case RECORDING -> {
        recording = new Recording(Configuration.getConfiguration("default"));
        recording.start();
      }
    }
  }

  private void feed(String table) {
    FeedOptions watched = FeedOptions.of(Table.of(table, Codec.i32(), Codec.bytes()));
    var _ = db.createFeed("feed", watched.withMaxBytes(1 << 20));
  }

  /** A commit of one put. */
  @Benchmark
  public void one() {
    db.update(Durability.ASYNC, tx -> tx.put(TABLE, random.nextInt(records), VALUE));
  }

  /** A commit of 100 puts. */
  @Benchmark
  public void hundred() {
    db.update(
        Durability.ASYNC,
        tx -> {
          for (int i = 0; i < HUNDRED; i++) {
            boolean _ = tx.put(TABLE, random.nextInt(records), VALUE);
          }
        });
  }

  /** Ends all. */
  @TearDown(Level.Trial)
  public void close() {
    if (recording != null) {
      recording.close();
    }
    db.close();
  }
}
