package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A put in a database of few and of many tables. Each has one leaf, so that each put of a
 * transaction that uses all tables copies and writes one.
 */
final class WriteTablesRow {
  private static final int ONE_OF_FEW = 10;

  /** More, so that what each commit takes is a small part of a put. */
  private static final int ALL_OF_FEW = 100;

  private static final int MANY = 10_000;

  /** A leaf holds one. */
  private static final int VALUE = 1800;

  private WriteTablesRow() {}

  /** Transactions that change each leaf of each table. */
  static List<Point> transactions(Path directory, boolean quick) throws Exception {
    return measure(directory, quick, true);
  }

  /** Transactions of one put. */
  static List<Point> oneTable(Path directory, boolean quick) throws Exception {
    return measure(directory, quick, false);
  }

  private static List<Point> measure(Path directory, boolean quick, boolean all) throws Exception {
    int little = all ? ALL_OF_FEW : ONE_OF_FEW;
    try (Tables few = new Tables(directory, little);
        Tables many = new Tables(directory, MANY)) {
      double[] nanos =
          all
              ? Timing.nanosPerStep(
                  quick ? 1 : 5, i -> few.putOften(i, MANY / little), many::putAll)
              : Timing.nanosPerStep(quick ? 200 : 2_000, few::putOne, many::putOne);
      double unit = all ? 1e3 * MANY : 1e3;
      return List.of(
          new Point(little + " tables", nanos[0] / unit),
          new Point(MANY + " tables", nanos[1] / unit));
    }
  }

  /** A database. */
  private static final class Tables implements AutoCloseable {
    private final List<Table<Long, byte[]>> tables = new ArrayList<>();
    private final byte[] value = new byte[VALUE];
    private final Database db;

    Tables(Path directory, int count) {
      for (int i = 0; i < count; i++) {
        tables.add(Table.of("table " + i, Codec.u64(), Codec.bytes()));
      }
      db = Database.open(directory.resolve(count + ".pando"));
      putAll(0);
    }

    void putOften(int i, int times) {
      for (int time = 0; time < times; time++) {
        putAll(i + time);
      }
    }

    void putAll(int i) {
      value[0] = (byte) i;
      db.update(Durability.ASYNC, this::fill);
    }

    private void fill(WriteTxn tx) {
      for (Table<Long, byte[]> table : tables) {
        boolean _ = tx.put(table, 0L, value);
      }
    }

    void putOne(int i) {
      value[0] = (byte) i;
      db.update(Durability.ASYNC, tx -> tx.put(tables.getFirst(), 0L, value));
    }

    @Override
    public void close() {
      db.close();
    }
  }
}
