package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Index;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.List;

/**
 * Random puts that replace rows, in a table without and with an index. Half of the rows get another
 * key in the index.
 */
final class IndexRow {
  /** A row. */
  public record Item(long group, String text) {}

  private static final Table<Long, Item> ITEMS =
      Table.of("items", Codec.u64(), Codec.record(Item.class, Codec.i64(), Codec.utf8()));
  private static final Index<Long, Long, Item> BY_GROUP = ITEMS.index("by group", Item::group);

  private static final int KEYS = 100_000;
  private static final long STRIDE = 7919;
  private static final String TEXT = "x".repeat(100);

  private IndexRow() {}

  static List<Point> measure(Path directory, boolean quick) throws Exception {
    try (Database plain = Database.open(directory.resolve("plain.pando"));
        Database indexed = Database.open(directory.resolve("indexed.pando"))) {
      indexed.register(BY_GROUP);
      fill(plain);
      fill(indexed);
      try (WriteTxn without = plain.beginWrite();
          WriteTxn with = indexed.beginWrite()) {
        double[] nanos =
            Timing.nanosPerStep(quick ? 2_000 : 50_000, i -> put(without, i), i -> put(with, i));
        return List.of(new Point("no index", nanos[0]), new Point("1 index", nanos[1]));
      }
    }
  }

  private static void fill(Database db) {
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            boolean _ = tx.put(ITEMS, key, new Item(0, TEXT));
          }
        });
  }

  private static void put(WriteTxn tx, int i) {
    long key = i * STRIDE % KEYS;
    boolean _ = tx.put(ITEMS, key, new Item(key % 2 * i, TEXT));
  }
}
