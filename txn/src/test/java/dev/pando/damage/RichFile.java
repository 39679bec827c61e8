package dev.pando.damage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Storage;
import dev.pando.testkit.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A small database that has one of everything: trees of three levels, branches, leaves of several
 * pages, overflow runs, a free tree with records, free runs in the meta, named snapshots with pages
 * of their own, indexes, large values, and three metas that name three states, each of them whole
 * and known to be on disk.
 *
 * @param pageSize bytes of a page
 * @param image the closed file
 * @param states what each of the metas' commits holds, by transaction
 * @param named what each named snapshot holds
 * @param olderImages the file as it was after each commit before, the oldest first
 */
record RichFile(
    int pageSize,
    byte[] image,
    Map<Long, State> states,
    Map<String, State> named,
    List<byte[]> olderImages) {
  /** Where tests have their database. */
  static final Path PATH = Path.of("/simulated/data.pando");

  private static final Table<String, byte[]> DEEP = table("deep").counted();
  private static final Table<String, byte[]> LARGE = table("large");
  private static final Table<String, byte[]> LONG = table("long");
  private static final Table<String, byte[]> SMALL = table("small");
  private static final Table<String, byte[]> EMPTY = table("empty");
  private static final int LAST_COMMITS = 3;
  private static final int DIRECT = 64 << 10; // values from here on are on disk before the meta

  /** What the newest commit holds. */
  State newest() {
    return states.entrySet().stream().max(Map.Entry.comparingByKey()).orElseThrow().getValue();
  }

  private static Table<String, byte[]> table(String name) {
    return Table.of(name, Codec.utf8(), Codec.bytes());
  }

  private static byte[] value(int seed, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (seed * 31 + i * 7 + (i >>> 8));
    }
    return bytes;
  }

  /**
   * Makes one.
   *
   * @param pages how many it shall have
   */
  static RichFile make(int pageSize, int pages) {
    SimulatedDisk disk = new SimulatedDisk(32 << 20);
    Options options = disk.options(Options.defaults());
    Map<Long, State> states = new TreeMap<>();
    Map<String, State> named = new TreeMap<>();
    List<byte[]> older = new ArrayList<>();
    DatabaseFile.create((Storage) disk.process(), PATH, pageSize, new UUID(7, 9));
    try (Database db = Database.open(PATH, options.withGrowthStep(pageSize))) {
      TypedUse.register(db);
      db.update(tx -> begin(tx, pageSize));
      keep(db, "first", named);
      older.add(Arrays.copyOf(disk.content(PATH), pages * pageSize));
      db.update(tx -> fill(tx, pageSize));
      keep(db, "second", named);
      older.add(Arrays.copyOf(disk.content(PATH), pages * pageSize));
      List<ReadTxn> readers = new ArrayList<>(); // so that no state's pages are used again
      for (int i = 0; i < LAST_COMMITS; i++) {
        older.add(Arrays.copyOf(disk.content(PATH), pages * pageSize));
        int round = 2 + i;
        db.update(tx -> change(tx, pageSize, round));
        ReadTxn tx = db.beginRead();
        states.put(tx.txnId(), State.of(tx));
        readers.add(tx);
      }
      readers.forEach(ReadTxn::close);
    }
    byte[] image = FreeTreeMaker.cutAndRecord(disk.content(PATH), pageSize, pages);
    return new RichFile(pageSize, image, states, named, older);
  }

  private static void keep(Database db, String name, Map<String, State> named) {
    Object _ = db.snapshots().create(name);
    try (ReadTxn tx = db.snapshots().open(name)) {
      named.put(name, State.of(tx));
    }
  }

  private static String key(int i) {
    return "key" + (1000 + i);
  }

  private static void begin(WriteTxn tx, int pageSize) {
    for (int i = 0; i < 9; i++) {
      tx.put(SMALL, key(i), value(i, i == 0 ? 0 : pageSize / 4));
    }
    tx.put(EMPTY, "x", new byte[1]);
    tx.clear(EMPTY);
  }

  private static void fill(WriteTxn tx, int pageSize) {
    String longest = "k".repeat((pageSize - 32) / 2 - 40);
    for (int i = 0; i < 8; i++) {
      tx.put(DEEP, longest + (100 + i * 5 % 8), value(i, i));
    }
    for (int i = 0; i < 5; i++) {
      tx.put(LARGE, key(i), value(i, pageSize / 2 + i * pageSize / 8));
    }
    for (int i = 0; i < 2; i++) {
      tx.put(LONG, key(i), value(i, pageSize * (3 + i) - 100));
    }
    TypedUse.putRows(tx);
    TypedUse.putValues(tx);
    change(tx, pageSize, 1);
  }

  private static void change(WriteTxn tx, int pageSize, int round) {
    tx.put(SMALL, key(round), ("round " + round).getBytes(US_ASCII));
    tx.put(LARGE, key(round), value(round, pageSize));
    if (round > 1) {
      tx.put(EMPTY, "direct", new byte[DIRECT]);
      tx.delete(EMPTY, "direct");
    }
  }
}
