package dev.pando.bench;

import dev.pando.Database;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.View;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;
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
 * Gets of keys that exist, in random order, each in one long read transaction, and eight bytes of
 * the value read. Both stores get the key in reused native memory and hand the value out in place.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class RandomGet {
  /** Records in the store. */
  @Param("1000000")
  public int records;

  /** The order of gets, longer than any cache of branch outcomes. */
  private static final int ORDER = 1 << 20;

  /** A store that is loaded and asked. */
  private interface Store {
    void load(byte[][] keys);

    long get(long keyOffset);

    void close();
  }

  private Path directory;
  private Arena arena;
  private MemorySegment keys;
  private int[] order;
  private int next;
  private Pando pando;
  private Lmdb lmdb;

  /** Loads the store that the benchmark is about. */
  @Setup(Level.Trial)
  public void load(org.openjdk.jmh.infra.BenchmarkParams params) throws IOException {
    directory = Files.createTempDirectory("pando-bench");
    arena = Arena.ofShared();
    byte[][] all = Records.keys(records);
    keys = arena.allocate((long) records * Records.KEY_BYTES, 64);
    for (int i = 0; i < records; i++) {
      MemorySegment.copy(
          MemorySegment.ofArray(all[i]), 0, keys, (long) i * Records.KEY_BYTES, Records.KEY_BYTES);
    }
    order = new SplittableRandom(7).ints(ORDER, 0, records).toArray();
    if (params.getBenchmark().endsWith("pando")) {
      pando = new Pando(directory);
      pando.load(all);
    } else {
      lmdb = new Lmdb(directory);
      lmdb.load(all);
    }
  }

  /** Closes and deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    if (pando != null) {
      pando.close();
    }
    if (lmdb != null) {
      lmdb.close();
    }
    arena.close();
    Records.delete(directory);
  }

  private long keyOffset() {
    return (long) order[next++ & ORDER - 1] * Records.KEY_BYTES;
  }

  /** Pando's raw layer: the key from native memory, the value into a reused view. */
  @Benchmark
  public long pando() {
    return pando.get(keyOffset());
  }

  /** lmdbjava with its fastest buffers (unsafe direct), reused. */
  @Benchmark
  public long lmdbjava() {
    return lmdb.get(keyOffset());
  }

  private final class Pando implements Store {
    private final Database db;
    private ReadTxn tx;
    private RawTable table;
    private final MemorySegment key = arena.allocate(Records.KEY_BYTES, Long.BYTES);
    private final View value = new View();

    Pando(Path directory) {
      db = Database.open(directory.resolve("bench.pando"));
    }

    @Override
    public void load(byte[][] all) {
      db.update(
          write -> {
            RawTable target = write.raw("bench");
            for (int i = 0; i < all.length; i++) {
              target.put(all[i], Records.value(i));
            }
          });
      db.check().throwIfBad();
      tx = db.beginRead();
      table = tx.raw("bench");
    }

    @Override
    public long get(long keyOffset) {
      MemorySegment.copy(keys, keyOffset, key, 0, Records.KEY_BYTES);
      if (!table.get(key, value)) {
        throw new AssertionError("a record is missing");
      }
      return value.getLongLE(0);
    }

    @Override
    public void close() {
      tx.close();
      db.close();
    }
  }

  private final class Lmdb implements Store {
    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> dbi;
    private Txn<ByteBuffer> tx;
    private final ByteBuffer key =
        ByteBuffer.allocateDirect(Records.KEY_BYTES).order(ByteOrder.nativeOrder());

    Lmdb(Path directory) {
      env =
          Env.create()
              .setMapSize(4L << 30)
              .setMaxDbs(1)
              .open(directory.toFile(), EnvFlags.MDB_NORDAHEAD);
      dbi = env.openDbi("bench", DbiFlags.MDB_CREATE);
    }

    @Override
    public void load(byte[][] all) {
      ByteBuffer value = ByteBuffer.allocateDirect(Records.VALUE_BYTES);
      ByteBuffer direct = ByteBuffer.allocateDirect(Records.KEY_BYTES);
      try (Txn<ByteBuffer> write = env.txnWrite()) {
        for (int i = 0; i < all.length; i++) {
          dbi.put(
              write, direct.clear().put(all[i]).flip(), value.clear().put(Records.value(i)).flip());
        }
        write.commit();
      }
      tx = env.txnRead();
    }

    @Override
    public long get(long keyOffset) {
      key.clear();
      key.putLong(0, keys.get(ValueLayout.JAVA_LONG, keyOffset));
      key.putLong(Long.BYTES, keys.get(ValueLayout.JAVA_LONG, keyOffset + Long.BYTES));
      ByteBuffer value = dbi.get(tx, key);
      if (value == null) {
        throw new AssertionError("a record is missing");
      }
      return value.getLong(0);
    }

    @Override
    public void close() {
      tx.close();
      env.close();
    }
  }
}
