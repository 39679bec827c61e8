package dev.pando.damage;

import dev.pando.AnyTable;
import dev.pando.BackupForm;
import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.TableCursor;
import dev.pando.TableStat;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.error.CorruptFileException;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.error.StorageException;
import dev.pando.testkit.SimulatedDisk;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.function.Consumer;

/**
 * Does to a file of any bytes what a program may do to a database: opens it, checks it, reads all
 * of it forwards and backwards, looks keys up, commits twice, uses indexes, large values and change
 * feeds, copies it, and then replaces, deletes, restores, compacts and drops what is there. Errors
 * of {@link StorageException} are answers; all else that is thrown comes out, and so does taking
 * too long.
 */
final class Ordeal {
  /** A file takes some milliseconds; a scan of one in which pages are named many times, seconds. */
  private static final long LIMIT_NANOS = 60_000_000_000L;

  /** More than a small file has, unless pages stand in it many times. */
  private static final int MOST_ENTRIES = 1_000_000;

  private static final int LOOK_UPS = 8;

  private static final int DIVISIONS = 3;

  /** Each value put is so much longer than the one before. */
  private static final int PUT_STEP = 170;

  private static final byte[] NEW_KEY = {'n', 'e', 'w'};

  /** What is replaced, deleted or moved must first be found, and then be freed. */
  private static final List<Consumer<Database>> CHANGES =
      List.of(
          db -> db.update(Ordeal::replace),
          db -> db.update(Ordeal::delete),
          db -> db.update(Ordeal::deleteRange),
          Ordeal::backup,
          Ordeal::restoreSnapshots,
          Ordeal::dropSnapshots,
          Database::compact,
          db -> db.update(tx -> tx.tables().forEach(tx::drop)));

  /** Files on one disk, which keeps the memory of those that were deleted. */
  private static final int FILES_A_DISK = 100;

  private static final Options OPTIONS =
      Options.defaults()
          .withGrowthStep(SeedFiles.PAGE)
          .withCreateIfMissing(false)
          .withCloseTimeout(Duration.ofSeconds(1));

  private SimulatedDisk disk = new SimulatedDisk(4 << 20);
  private Options options = disk.options(OPTIONS);
  private int undergone;

  /** How many files were opened. */
  long opened;

  /** How many of them were found whole by the check. */
  long whole;

  void undergo(byte[] image) {
    if (++undergone % FILES_A_DISK == 0) {
      disk.close();
      disk = new SimulatedDisk(4 << 20);
      options = disk.options(OPTIONS);
    }
    final long begin = System.nanoTime();
    disk.put(RichFile.PATH, image);
    try (Database db = Database.open(RichFile.PATH, options)) {
      opened++;
      undergo(db);
    } catch (StorageException answer) {
      // What a damaged file may be answered with.
    }
    long taken = System.nanoTime() - begin;
    if (taken > LIMIT_NANOS) {
      throw new AssertionError("took " + taken / 1_000_000 + " ms");
    }
  }

  private void undergo(Database db) {
    TypedUse.register(db); // so that the check compares indexes
    boolean ok = db.check().ok();
    TypedUse typed = new TypedUse(ok);
    whole += ok ? 1 : 0;
    attempt(
        ok,
        () -> {
          try (ReadTxn tx = db.beginRead()) {
            readAll(tx, ok);
          }
        });
    attempt(ok, () -> readSnapshots(db, ok));
    attempt(ok, () -> look(db));
    attempt(
        ok,
        () -> {
          try (ReadTxn tx = db.beginRead()) {
            typed.read(tx);
          }
        });
    FeedUse feeds = new FeedUse(db, ok);
    attempt(ok, feeds::read);
    for (int i = 0; i < 2; i++) {
      int round = i;
      attempt(ok, () -> commit(db, round));
    }
    attempt(ok, () -> db.update(typed::changeRows));
    attempt(ok, () -> db.update(typed::changeValues));
    attempt(ok, feeds::change);
    for (Consumer<Database> change : CHANGES) {
      attempt(ok, () -> change.accept(db));
    }
    CheckReport after = db.check();
    if (ok && !after.ok()) {
      throw new AssertionError("whole before it was written, and then: " + after);
    }
  }

  /** Damage is no answer where the check found none. */
  static void attempt(boolean ok, Runnable use) {
    try {
      use.run();
    } catch (CorruptFileException answer) {
      if (ok) {
        throw new AssertionError("the check found nothing", answer);
      }
    } catch (StorageException | IndexNotRegisteredException answer) {
      // The disk is full, writing has failed before, or a table claims to have another index.
    }
  }

  /** Counts, and deletes a half of each table from its middle. */
  private static void deleteRange(WriteTxn tx) {
    for (String name : plainTables(tx)) {
      TableStat stat = Objects.requireNonNull(tx.stat(name));
      Table<byte[], byte[]> table = describe(stat);
      try (TableCursor<byte[], byte[]> cursor = tx.cursor(table)) {
        if (cursor.seekIndex(stat.entries() / 4)) {
          byte[] from = cursor.key();
          boolean ends = cursor.seekIndex(stat.entries() / 4 * 3);
          Range<byte[]> range = ends ? Range.closedOpen(from, cursor.key()) : Range.atLeast(from);
          long counted = tx.count(table, range);
          long deleted = tx.deleteRange(table, range);
          if (counted != deleted) {
            throw new AssertionError(counted + " entries counted, " + deleted + " deleted");
          }
        }
      }
    }
  }

  /** Those that may have any bytes: a scan may find a name that a search does not. */
  private static List<String> plainTables(ReadTxn tx) {
    List<String> names = new ArrayList<>();
    for (String name : tx.tables()) {
      TableStat stat = tx.stat(name);
      if (stat != null && !stat.valueCodec().equals("blob") && !name.equals(TypedUse.ROWS.name())) {
        names.add(name);
      }
    }
    return names;
  }

  private static Table<byte[], byte[]> describe(TableStat stat) {
    Table<byte[], byte[]> table =
        AnyTable.of(stat.name(), new AnyCodec(stat.keyCodec()), new AnyCodec(stat.valueCodec()));
    return stat.counted() ? table.counted() : table;
  }

  /** Divides a scan as a parallel stream does, and reads the beginning of each part. */
  private static void divide(ReadTxn tx, String name) {
    TableStat stat = tx.stat(name);
    if (stat != null) {
      Spliterator<Entry<byte[], byte[]>> rest = tx.scan(describe(stat)).spliterator();
      for (int i = 0; i < DIVISIONS; i++) {
        Spliterator<Entry<byte[], byte[]>> part = rest.trySplit();
        boolean _ = part != null && part.tryAdvance(_ -> {});
      }
      boolean _ = rest.tryAdvance(_ -> {});
    }
  }

  /** Bytes as they are, under the id of another codec. */
  private record AnyCodec(String id) implements Codec<byte[]> {
    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(byte[] value, Sink sink) {
      sink.putBytes(value);
    }

    @Override
    public byte[] decode(Source source) {
      return source.bytes(source.remaining());
    }
  }

  private static void look(Database db) {
    Stat _ = db.stat();
    try (ReadTxn tx = db.beginRead()) {
      for (String name : tx.tables()) {
        TableStat _ = tx.stat(name);
      }
    }
    db.warmUp();
  }

  private static void readSnapshots(Database db, boolean ok) {
    db.snapshots()
        .list()
        .forEach(
            kept ->
                attempt(
                    ok,
                    () -> {
                      try (ReadTxn tx = db.snapshots().open(kept.name())) {
                        readAll(tx, ok);
                      }
                    }));
  }

  private static void readAll(ReadTxn tx, boolean ok) {
    for (String name : tx.tables()) {
      List<byte[]> keys = new ArrayList<>();
      attempt(ok, () -> forward(tx.raw(name), keys));
      attempt(ok, () -> backward(tx.raw(name)));
      attempt(ok, () -> divide(tx, name));
      for (byte[] key : keys) {
        attempt(ok, () -> get(tx.raw(name), key));
      }
      attempt(ok, () -> get(tx.raw(name), NEW_KEY));
    }
  }

  private static void forward(RawTable table, List<byte[]> keys) {
    View key = new View();
    View value = new View();
    int n = 0;
    try (RawCursor cursor = table.cursor()) {
      while (cursor.next()) {
        cursor.entry(key, value);
        touch(value);
        if (keys.size() < LOOK_UPS) {
          keys.add(key.toArray());
        }
        count(++n);
      }
    }
  }

  private static void backward(RawTable table) {
    View key = new View();
    View value = new View();
    int n = 0;
    try (RawCursor cursor = table.cursor()) {
      while (cursor.prev()) {
        cursor.entry(key, value);
        touch(value);
        count(++n);
      }
    }
  }

  private static void count(int n) {
    if (n > MOST_ENTRIES) {
      throw new AssertionError("a scan of more than " + MOST_ENTRIES + " entries");
    }
  }

  private static void touch(View value) {
    if (value.length() > 0) {
      byte _ = value.getByte(0);
      byte _ = value.getByte(value.length() - 1);
    }
  }

  private static void get(RawTable table, byte[] key) {
    View value = new View();
    if (isKey(table, key) && table.get(key, value)) {
      touch(value);
    }
  }

  private static void commit(Database db, int round) {
    db.update(
        tx -> {
          for (String name : plainTables(tx)) {
            boolean _ = tx.raw(name).put(NEW_KEY, new byte[100 + 1500 * round]);
            boolean _ = tx.raw(name).delete(NEW_KEY);
          }
          boolean _ = tx.raw("new").put(new byte[] {(byte) round}, new byte[300]);
        });
  }

  private static void replace(WriteTxn tx) {
    for (String name : plainTables(tx)) {
      int length = 0;
      for (byte[] key : keys(tx.raw(name))) {
        boolean _ = tx.raw(name).put(key, new byte[length]);
        length += PUT_STEP;
      }
    }
  }

  private static void delete(WriteTxn tx) {
    for (String name : plainTables(tx)) {
      for (byte[] key : keys(tx.raw(name))) {
        boolean _ = tx.raw(name).delete(key);
      }
    }
  }

  /** The first ones, those left out that no program could ask for. */
  private static List<byte[]> keys(RawTable table) {
    List<byte[]> keys = new ArrayList<>();
    forward(table, keys);
    return keys.stream().filter(key -> isKey(table, key)).toList();
  }

  private static boolean isKey(RawTable table, byte[] key) {
    return key.length > 0 && key.length <= table.maxKey();
  }

  /** Nobody reads the copies. */
  private static void backup(Database db) {
    for (BackupForm form : BackupForm.values()) {
      WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
      BackupReport _ = db.backup(nowhere, form, (done, total) -> {});
    }
  }

  private static void restoreSnapshots(Database db) {
    for (NamedSnapshot kept : db.snapshots().list()) {
      long _ = db.snapshots().restore(kept.name());
    }
  }

  private static void dropSnapshots(Database db) {
    for (NamedSnapshot kept : db.snapshots().list()) {
      boolean _ = db.snapshots().drop(kept.name());
    }
  }
}
