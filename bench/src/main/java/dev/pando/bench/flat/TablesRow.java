package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A get from one of many tables. Few tables have as many pages in all as many tables have, so that
 * both are as far from the processor.
 */
final class TablesRow {
  private static final int FEW = 10;
  private static final int MANY = 10_000;

  /** A leaf holds one. */
  private static final int VALUE = 1800;

  /** Shows entries of another table each time, in no order that a processor could foresee. */
  private static final int STRIDE = 7919;

  /** A table that no get is from. */
  private static final Table<Long, byte[]> OTHER = describe(-1);

  private final boolean described;
  private final boolean commits;

  private TablesRow(boolean described, boolean commits) {
    this.described = described;
    this.commits = commits;
  }

  /** With a table's description made once. */
  static List<Point> handles(Path directory, boolean quick) throws Exception {
    return new TablesRow(false, false).measure(directory, quick);
  }

  /** With a table's description made for each get. */
  static List<Point> descriptions(Path directory, boolean quick) throws Exception {
    return new TablesRow(true, false).measure(directory, quick);
  }

  /** In a new snapshot each round, so that each table is used once in it. */
  static List<Point> commits(Path directory, boolean quick) throws Exception {
    return new TablesRow(false, true).measure(directory, quick);
  }

  private List<Point> measure(Path directory, boolean quick) throws Exception {
    try (Tables few = new Tables(directory, FEW);
        Tables many = new Tables(directory, MANY)) {
      double[] nanos = Timing.nanosPerStep(quick ? MANY : 10 * MANY, few::get, many::get);
      return List.of(new Point(FEW + " tables", nanos[0]), new Point(MANY + " tables", nanos[1]));
    }
  }

  /** A database, and a transaction that reads it. */
  private final class Tables implements AutoCloseable {
    private final List<Table<Long, byte[]>> tables = new ArrayList<>();
    private final Database db;
    private ReadTxn tx;

    Tables(Path directory, int count) {
      for (int i = 0; i < count; i++) {
        tables.add(describe(i));
      }
      db = Database.open(directory.resolve(count + ".pando"));
      db.update(all -> tables.forEach(table -> fill(all, table, MANY / count)));
      tx = db.beginRead();
    }

    void get(int i) {
      if (commits && i % MANY == 0) {
        tx.close();
        db.update(Durability.ASYNC, all -> all.put(OTHER, (long) i, new byte[0]));
        tx = db.beginRead();
      }
      int at = (int) ((long) i * STRIDE % MANY);
      int which = at % tables.size();
      Table<Long, byte[]> table = described ? describe(which) : tables.get(which);
      long key = at / tables.size();
      if (!tx.contains(table, key)) {
        throw new IllegalStateException("no key " + key + " in " + table);
      }
    }

    @Override
    public void close() {
      tx.close();
      db.close();
    }
  }

  private static void fill(WriteTxn tx, Table<Long, byte[]> table, int rows) {
    byte[] value = new byte[VALUE];
    for (long key = 0; key < rows; key++) {
      boolean _ = tx.put(table, key, value);
    }
  }

  private static Table<Long, byte[]> describe(int i) {
    return Table.of("table " + i, Codec.u64(), Codec.bytes());
  }
}
