package dev.pando.cli;

import dev.pando.BlobTable;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Index;
import dev.pando.MultiTable;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A database with a table of each kind. */
final class Shop {
  /** An order. */
  record Order(String customer, long cents, @Nullable Instant placed) {}

  /** A value whose codec no tool knows. */
  record Celsius(int thousandths) {}

  static final Table<Long, Order> ORDERS =
      Table.of(
          "orders",
          Codec.u64(),
          Codec.record(Order.class, Codec.utf8(), Codec.i64(), Codec.nullable(Codec.instant())));
  static final Table<String, String> CUSTOMERS = Table.of("customers", Codec.utf8(), Codec.utf8());
  static final MultiTable<String, Long> TAGS = MultiTable.of("tags", Codec.utf8(), Codec.u64());
  static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());
  static final Table<Tuple2<String, Integer>, Double> WIDE =
      Table.of("wide", Codec.tuple(Codec.utf8(), Codec.i32()), Codec.f64());
  static final Table<Integer, Celsius> OWN =
      Table.of(
          "own",
          Codec.u32(),
          Codec.of(
              "celsius",
              (value, sink) -> sink.putIntBE(value.thousandths),
              source -> new Celsius(source.getIntBE())));
  static final Table<Long, String> COUNTED =
      Table.of("counted", Codec.i64(), Codec.utf8()).counted();

  static final Table<Long, Order> INDEXED =
      Table.of(
          "indexed",
          Codec.u64(),
          Codec.record(Order.class, Codec.utf8(), Codec.i64(), Codec.nullable(Codec.instant())));
  static final Index<String, Long, Order> BY_CUSTOMER =
      INDEXED.index("by customer", Order::customer);

  /** Customers besides the three that the examples name. */
  static final int MORE_CUSTOMERS = 2000;

  static final int BLOB_BYTES = 600_000;

  private Shop() {}

  /** Makes the database and closes it. */
  static Path make(Path directory) throws IOException {
    Path file = directory.resolve("shop.pando");
    try (Database db = Database.open(file)) {
      db.register(BY_CUSTOMER);
      db.update(
          tx -> {
            boolean _ = tx.put(INDEXED, 1L, new Order("Ada", 1, null));
            boolean _ =
                tx.put(ORDERS, 1L, new Order("Ada", 995, Instant.parse("2026-01-02T03:04:05Z")));
            boolean _ = tx.put(ORDERS, 2L, new Order("Grace", 1_250, null));
            boolean _ = tx.put(ORDERS, 3L, new Order("Ada", 7, null));
            boolean _ = tx.put(ORDERS, -1L, new Order("Last, \"so\" named", -5, null));
            boolean _ = tx.put(CUSTOMERS, "Ada", "Lovelace");
            boolean _ = tx.put(CUSTOMERS, "Adele", "Goldberg");
            boolean _ = tx.put(CUSTOMERS, "Grace", "Hopper\twith a tab");
            for (int i = 0; i < MORE_CUSTOMERS; i++) {
              boolean _ = tx.put(CUSTOMERS, "more " + i, "x".repeat(i % 100));
            }
            boolean _ = tx.put(TAGS, "java", 1L);
            boolean _ = tx.put(TAGS, "java", 2L);
            boolean _ = tx.put(TAGS, "jazz", 2L);
            boolean _ = tx.put(WIDE, new Tuple2<>("CH", -3), 0.5);
            boolean _ = tx.put(WIDE, new Tuple2<>("CH", 7), Double.NaN);
            boolean _ = tx.put(WIDE, new Tuple2<>("CHE", 1), 1e300);
            boolean _ = tx.put(OWN, 5, new Celsius(21_500));
            boolean _ = tx.put(COUNTED, -1L, "minus one");
            boolean _ = tx.put(COUNTED, 1L, "one");
          });
      try {
        db.update(
            tx -> {
              long _ = tx.put(FILES, "empty", channel(0));
              long _ = tx.put(FILES, "film", channel(BLOB_BYTES));
            });
      } catch (Exception e) {
        throw new IOException(e);
      }
      CheckReport _ = db.check().throwIfBad();
    }
    return file;
  }

  static byte[] blob(int bytes) {
    byte[] blob = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      blob[i] = (byte) (i * 31 + i / 1000);
    }
    return blob;
  }

  private static java.nio.channels.ReadableByteChannel channel(int bytes) {
    return Channels.newChannel(new ByteArrayInputStream(blob(bytes)));
  }

  /** Opens, checks and closes a database. */
  static void check(Path file) {
    try (Database db = Database.open(file)) {
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
