package dev.pando.bench.jmh;

import dev.pando.BackupReport;
import dev.pando.Database;
import dev.pando.Table;
import dev.pando.bench.harness.Folders;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
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
 * An increment of a backup after some random changes. LMDB 1.0 finds new pages by reading each page
 * of its file. It has no library for Java, so the same is done here to a file of LMDB 0.9 with the
 * same records: the least that it can cost.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Increments {
  private static final Table<Integer, byte[]> TABLE = Table.of("table", Codec.i32(), Codec.bytes());
  private static final int VALUE_BYTES = 100;
  private static final int PAGE = 4096;
  private static final long MAP = 64L << 30;

  /** Records in the store. */
  @Param("1000000")
  public int records;

  /** Records that have been overwritten since the backup, in one transaction. */
  @Param({"10", "1000", "100000"})
  public int changed;

  private final Arena arena = Arena.ofShared();
  private final WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
  private Path directory = Path.of("");
  private Database db;
  private BackupReport full;
  private MemorySegment pages = MemorySegment.NULL;

  /** Loads both stores, makes a backup of Pando's, and changes records. */
  @Setup(Level.Trial)
  public void load() throws IOException {
    directory = Folders.temporary(Path.of(System.getProperty("java.io.tmpdir")));
    db = Database.open(directory.resolve("store.pando"));
    db.update(
        tx -> {
          for (int i = 0; i < records; i++) {
            boolean _ = tx.put(TABLE, i, new byte[VALUE_BYTES]);
          }
        });
    full = db.backup(directory.resolve("full.pando"));
    SplittableRandom random = new SplittableRandom(1);
    db.update(
        tx -> {
          for (int i = 0; i < changed; i++) {
            boolean _ = tx.put(TABLE, random.nextInt(records), new byte[VALUE_BYTES]);
          }
        });
    Path data = loadLmdb();
    try (FileChannel file = FileChannel.open(data)) {
      pages = file.map(MapMode.READ_ONLY, 0, file.size(), arena);
    }
  }

  private Path loadLmdb() {
    Path lmdb = Folders.make(directory.resolve("lmdb"));
    try (Env<byte[]> env =
        Env.create(ByteArrayProxy.PROXY_BA).setMapSize(MAP).open(lmdb.toFile())) {
      Dbi<byte[]> dbi = env.openDbi((String) null, DbiFlags.MDB_CREATE);
      try (Txn<byte[]> tx = env.txnWrite()) {
        for (int i = 0; i < records; i++) {
          byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
          dbi.put(tx, key, new byte[VALUE_BYTES]);
        }
        tx.commit();
      }
    }
    return lmdb.resolve("data.mdb");
  }

  /** The pages that are new, found from the root; the increment is written nowhere. */
  @Benchmark
  public long increment() {
    return db.backupSince(full, nowhere).writtenBytes();
  }

  /** The head of each page of LMDB's file; nothing is written. */
  @Benchmark
  public long eachPage() {
    long sum = 0;
    for (long at = 0; at < pages.byteSize(); at += PAGE) {
      sum += pages.get(ValueLayout.JAVA_LONG, at);
    }
    return sum;
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    db.close();
    arena.close();
    Folders.delete(directory);
  }
}
