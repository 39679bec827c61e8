package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.List;

/** A commit, or {@link Database#stat}, beside named snapshots. */
final class SnapshotsRow implements FlatRow {
  private static final Table<Long, Long> TABLE = Table.of("table", Codec.u64(), Codec.u64());
  private static final int KEYS = 100_000;

  /** What is done beside the named snapshots. */
  private enum Step {
    COMMIT("snapshots", "a commit that is not synced"),
    STAT("snapshotstat", "Database.stat"),
    MAKE("snapshotmake", "making and dropping a named snapshot, with a commit in between,");

    final String row;
    final String title;

    Step(String row, String title) {
      this.row = row;
      this.title = title;
    }
  }

  private final Step step;

  private SnapshotsRow(Step step) {
    this.step = step;
  }

  static SnapshotsRow ofCommits() {
    return new SnapshotsRow(Step.COMMIT);
  }

  static SnapshotsRow ofStats() {
    return new SnapshotsRow(Step.STAT);
  }

  static SnapshotsRow ofMaking() {
    return new SnapshotsRow(Step.MAKE);
  }

  @Override
  public String name() {
    return step.row;
  }

  @Override
  public String title() {
    return step.title + " beside named snapshots";
  }

  @Override
  public String unit() {
    return "us";
  }

  @Override
  public double limit() {
    return 3; // free pages lie in shorter runs, between those that the snapshots hold back
  }

  @Override
  public List<Point> measure(Path directory, boolean quick) throws Exception {
    int many = quick ? 300 : 1_000;
    try (Database few = filled(directory, 1);
        Database much = filled(directory, many)) {
      double[] nanos =
          switch (step) {
            case COMMIT ->
                Timing.nanosPerStep(quick ? 200 : 2_000, i -> change(few, i), i -> change(much, i));
            case STAT ->
                Timing.nanosPerStep(quick ? 20 : 200, i -> look(few, 1), i -> look(much, many));
            case MAKE ->
                Timing.nanosPerStep(quick ? 50 : 200, i -> make(few, i), i -> make(much, i));
          };
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
