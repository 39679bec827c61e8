package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Two processes write in turn: the first commit after the other's. */
final class TurnsRow {
  private static final int READERS = 200;

  /** MiB of values. */
  private static final int SMALL = 4;

  private static final int VALUE_BYTES = 1000;

  /** Counts turns: odd ones are the child's. */
  private static final Table<Long, Long> TURN = Table.of("turn", Codec.u64(), Codec.u64());

  private TurnsRow() {}

  static List<Point> measure(Path directory, boolean quick) throws Exception {
    List<Point> points = new ArrayList<>();
    int turns = quick ? 100 : 400;
    int large = quick ? 128 : 1024;
    double _ = turns(directory.resolve("warm"), SMALL, 0, 0, turns);
    points.add(point(directory, SMALL, 0, 0, turns));
    points.add(point(directory, SMALL, 0, quick ? 300 : 1_000, turns));
    points.add(point(directory, large, 0, 0, turns));
    points.add(point(directory, large, READERS, 0, turns));
    return points;
  }

  private static Point point(Path directory, int mib, int readers, int named, int turns)
      throws Exception {
    Path file = directory.resolve("turns" + mib + "-" + readers + "-" + named);
    double cost = turns(file, mib, readers, named, turns);
    Files.delete(file);
    return new Point("%d MiB, %d readers, %d named snapshots".formatted(mib, readers, named), cost);
  }

  /** Microseconds of the median commit. */
  private static double turns(Path file, int mib, int readers, int named, int turns)
      throws Exception {
    try (Database db = Database.open(file)) {
      fill(db, mib);
      for (int i = 0; i < named; i++) {
        NamedSnapshot _ = db.snapshots().create("snapshot " + i);
        SparseFile.put(db, i);
      }
      List<ReadTxn> open = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        open.add(db.beginRead());
        SparseFile.put(db, i);
      }
      Process child = start(file, turns);
      long[] nanos = new long[turns];
      for (int i = 0; i < turns; i++) {
        await(db, 2L * i + 1, child.toHandle());
        long begin = System.nanoTime();
        commit(db, 2L * i + 2);
        nanos[i] = System.nanoTime() - begin;
      }
      if (child.waitFor() != 0) {
        throw new IllegalStateException("the other process ended with " + child.exitValue());
      }
      open.forEach(ReadTxn::close);
      Arrays.sort(nanos);
      return nanos[turns / 2] / 1e3;
    }
  }

  /** Every fourth entry of those that were put is deleted, so that free pages are everywhere. */
  private static void fill(Database db, int mib) {
    long entries = (long) mib * (1 << 20) / VALUE_BYTES;
    for (long from = 0; from < entries; from += 10_000) {
      long first = from;
      db.update(
          Durability.ASYNC,
          tx -> {
            for (long key = first; key < Math.min(first + 10_000, entries); key++) {
              tx.put(SparseFile.TABLE, key, new byte[VALUE_BYTES]);
            }
          });
    }
    Random random = new Random(1);
    db.update(
        tx -> {
          for (long i = 0; i < entries / 64; i++) {
            long run = random.nextLong(entries);
            for (long key = run; key < run + 16; key++) {
              boolean _ = tx.delete(SparseFile.TABLE, key);
            }
          }
        });
  }

  private static Process start(Path file, int turns) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            TurnsRow.class.getName(),
            file.toString(),
            Integer.toString(turns))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Waits for a turn; fails if the other process ends before. */
  private static void await(Database db, long turn, ProcessHandle other)
      throws InterruptedException {
    while (db.<Long, RuntimeException>view(TurnsRow::turn) != turn) {
      if (!other.isAlive() && db.<Long, RuntimeException>view(TurnsRow::turn) != turn) {
        throw new IllegalStateException("the other process ended before turn " + turn);
      }
      Thread.sleep(0, 200_000);
    }
  }

  private static long turn(ReadTxn tx) {
    Long turn = tx.get(TURN, 0L);
    return turn == null ? 0 : turn;
  }

  private static void commit(Database db, long turn) {
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(TURN, 0L, turn);
          tx.put(SparseFile.TABLE, turn * 769 % SparseFile.ENTRIES, new byte[VALUE_BYTES]);
        });
  }

  /** The other process. */
  public static void main(String[] arguments) throws InterruptedException {
    int turns = Integer.parseInt(arguments[1]);
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    try (Database db = Database.open(Path.of(arguments[0]))) {
      for (int i = 0; i < turns; i++) {
        await(db, 2L * i, parent);
        commit(db, 2L * i + 1);
      }
      await(db, 2L * turns, parent);
    }
  }
}
