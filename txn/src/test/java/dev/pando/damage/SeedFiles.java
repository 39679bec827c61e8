package dev.pando.damage;

import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Storage;
import dev.pando.testkit.SimulatedDisk;
import java.util.List;
import java.util.UUID;

/** Small healthy databases of 512-byte pages, from which hostile ones are made. */
final class SeedFiles {
  static final int PAGE = 512;

  private static final Table<String, byte[]> NODES = table("nodes");
  private static final Table<String, byte[]> COUNTED = table("counted").counted();
  private static final MultiTable<String, Long> PAIRS =
      MultiTable.of("pairs", Codec.utf8(), Codec.u64());
  private static final Table<String, byte[]> VALUES = table("values");
  private static final Table<String, byte[]> HOLES = table("holes");
  private static final int MANY_HOLES = 34; // more free runs than a meta has room for

  private SeedFiles() {}

  private static Table<String, byte[]> table(String name) {
    return Table.of(name, Codec.utf8(), Codec.bytes());
  }

  private interface Story {
    /** Returns the image to take, or null for that of the closed file. */
    byte[] tell(Database db, SimulatedDisk disk);
  }

  private static byte[] make(Story story) {
    SimulatedDisk disk = new SimulatedDisk(1 << 20);
    Options options = disk.options(Options.defaults()).withGrowthStep(PAGE);
    DatabaseFile.create((Storage) disk.process(), RichFile.PATH, PAGE, new UUID(5, 12));
    byte[] taken;
    try (Database db = Database.open(RichFile.PATH, options)) {
      taken = story.tell(db, disk);
    }
    return taken == null ? disk.content(RichFile.PATH) : taken;
  }

  /**
   * One leaf; branches and long keys; large leaves and runs; a free tree and snapshots; a crash;
   * branches with counts; indexes; large values; change feeds.
   */
  static List<byte[]> all() {
    return List.of(
        make(
            (db, disk) -> {
              db.update(tx -> tx.put(NODES, "a", new byte[3]));
              return null;
            }),
        make(
            (db, disk) -> {
              db.update(SeedFiles::nodes);
              return null;
            }),
        make(
            (db, disk) -> {
              db.update(SeedFiles::values);
              return null;
            }),
        make(
            (db, disk) -> {
              db.update(SeedFiles::values);
              Object _ = db.snapshots().create("kept");
              holes(db);
              return null;
            }),
        make(
            (db, disk) -> {
              db.update(SeedFiles::nodes);
              db.update(SeedFiles::values);
              Object _ = db.snapshots().create("kept");
              db.update(tx -> tx.delete(NODES, key(3)));
              return disk.content(RichFile.PATH);
            }),
        make(
            (db, disk) -> {
              db.update(SeedFiles::counted);
              return null;
            }),
        make(
            (db, disk) -> {
              TypedUse.register(db);
              db.update(TypedUse::putRows);
              return null;
            }),
        make(
            (db, disk) -> {
              db.update(TypedUse::putValues);
              return null;
            }),
        make(
            (db, disk) -> {
              FeedUse.create(db);
              return null;
            }));
  }

  private static String key(int i) {
    return "k".repeat(i % 3 == 0 ? 150 : 20) + (10 + i);
  }

  private static void nodes(WriteTxn tx) {
    for (int i = 0; i < 20; i++) {
      tx.put(NODES, key(i), new byte[i]);
    }
  }

  private static void counted(WriteTxn tx) {
    for (int i = 0; i < 20; i++) {
      tx.put(COUNTED, key(i), new byte[i]);
      tx.put(PAIRS, key(i / 4), (long) i);
    }
  }

  private static void values(WriteTxn tx) {
    for (int i = 0; i < 6; i++) {
      tx.put(VALUES, "v" + i, new byte[250 + 200 * i]);
    }
  }

  private static void holes(Database db) {
    db.update(
        tx -> {
          for (int i = 0; i < 2 * MANY_HOLES; i++) {
            tx.put(HOLES, "h" + (100 + i), new byte[3 * PAGE - 100]);
          }
        });
    db.update(
        tx -> {
          for (int i = 0; i < 2 * MANY_HOLES; i += 2) {
            tx.delete(HOLES, "h" + (100 + i));
          }
        });
  }
}
