package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.List;

/** A commit, or {@link Database#stat}, beside named snapshots. */
final class SnapshotsRow {
  private static final Table<Long, Long> TABLE = Table.of("table", Codec.u64(), Codec.u64());
  private static final int KEYS = 100_000;

  private SnapshotsRow() {}

  /** A commit that is not synced. */
  static List<Point> commits(Path directory, boolean quick) throws Exception {
    return measure(directory, quick, quick ? 200 : 2_000, (db, _, i) -> change(db, i));
  }

  /** {@link Database#stat}. */
  static List<Point> stats(Path directory, boolean quick) throws Exception {
    return measure(directory, quick, quick ? 20 : 200, (db, count, _) -> look(db, count));
  }

  /** Making and dropping a named snapshot, with a commit in between. */
  static List<Point> making(Path directory, boolean quick) throws Exception {
    return measure(directory, quick, quick ? 50 : 200, (db, _, i) -> make(db, i));
  }

  /** What is done beside a number of named snapshots. */
  private interface Action {
    void run(Database db, int snapshots, int i);
  }

  private static List<Point> measure(Path directory, boolean quick, int steps, Action action)
      throws Exception {
    int many = quick ? 300 : 1_000;
    try (Database few = filled(directory, 1);
        Database much = filled(directory, many)) {
      double[] nanos =
          Timing.nanosPerStep(steps, i -> action.run(few, 1, i), i -> action.run(much, many, i));
      return List.of(
          new Point("1 snapshot", nanos[0] / 1e3), new Point(many + " snapshots", nanos[1] / 1e3));
    }
  }

  private static Database filled(Path directory, int snapshots) {
    Database db = Database.open(directory.resolve(snapshots + ".pando"));
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            boolean _ = tx.put(TABLE, key, key);
          }
        });
    for (int i = 0; i < snapshots; i++) {
      db.snapshots().create("snapshot " + i);
      change(db, i); // so that each snapshot holds pages of its own
    }
    return db;
  }

  private static void look(Database db, int count) {
    Stat stat = db.stat();
    if (stat.heldPages() < count) {
      throw new IllegalStateException(count + " snapshots hold " + stat.heldPages() + " pages");
    }
  }

  private static void make(Database db, int i) {
    NamedSnapshot _ = db.snapshots().create("another");
    change(db, i);
    if (!db.snapshots().drop("another")) {
      throw new IllegalStateException("the snapshot is not there");
    }
  }

  private static void change(Database db, int i) {
    db.update(Durability.ASYNC, tx -> tx.put(TABLE, i * 7919L % KEYS, -1L - i));
  }
}
