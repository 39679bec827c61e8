package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Range;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.List;

/** A put after scans of the same transaction that were left before their end. */
final class CursorsRow {
  private static final Table<Long, Long> TABLE = Table.of("table", Codec.u64(), Codec.u64());
  private static final int KEYS = 100_000;
  private static final int SCANS = 20_000;

  private CursorsRow() {}

  static List<Point> measure(Path directory, boolean quick) throws Exception {
    try (Database few = filled(directory.resolve("few.pando"));
        Database much = filled(directory.resolve("many.pando"));
        WriteTxn without = few.beginWrite();
        WriteTxn with = much.beginWrite()) {
      for (long key = 0; key < SCANS; key++) {
        leaveEarly(with, key);
      }
      double[] nanos =
          Timing.nanosPerStep(quick ? 500 : 20_000, i -> put(without, i), i -> put(with, i));
      return List.of(new Point("0 scans", nanos[0]), new Point(SCANS + " scans", nanos[1]));
    }
  }

  private static Database filled(Path file) {
    Database db = Database.open(file);
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            boolean _ = tx.put(TABLE, key, key);
          }
        });
    return db;
  }

  private static void put(WriteTxn tx, int i) {
    boolean _ = tx.put(TABLE, i * 7919L % KEYS, (long) i);
  }

  private static void leaveEarly(WriteTxn tx, long from) {
    for (Entry<Long, Long> entry : tx.scan(TABLE, Range.atLeast(from))) {
      if (entry.key() == from) {
        break;
      }
    }
  }
}
