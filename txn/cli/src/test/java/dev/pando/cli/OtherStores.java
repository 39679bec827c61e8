package dev.pando.cli;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** Makes files of other stores. */
final class OtherStores {
  /** Made by Java's serialisation: each one that is read is counted. */
  static final class Gadget implements Serializable {
    private static final long serialVersionUID = 1L;
    static final AtomicInteger READ = new AtomicInteger();

    final int number = 7;

    private void readObject(ObjectInputStream from) throws IOException, ClassNotFoundException {
      from.defaultReadObject();
      int _ = READ.incrementAndGet();
    }
  }

  private OtherStores() {}

  static Connection open(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  /** Runs statements. */
  static Path sqlite(Path file, String... statements) throws SQLException {
    try (Connection connection = open(file);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        boolean _ = statement.execute(each);
      }
    }
    return file;
  }

  /** A shop with a table of each kind. */
  static Path sqlite(Path file) throws SQLException {
    return sqlite(
        file,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, born DATE, rate REAL, ok BOOLEAN, photo BLOB, note)",
        "INSERT INTO customers VALUES (3,'Ada','1815-12-10',1.5,1,x'00ff','x'), (-1,'Grace','1906-12-09',2,0,x'',NULL)",
        "INSERT INTO customers VALUES (9007199254740993,'Zoe','2000-01-01',0.1,1,NULL,'"
            + "long ".repeat(20_000)
            + "')",
        "ALTER TABLE customers ADD COLUMN country TEXT DEFAULT 'CH'",
        "CREATE TABLE prices (country TEXT, size INTEGER, cents INTEGER, PRIMARY KEY (country, size)) WITHOUT ROWID",
        "INSERT INTO prices VALUES ('CH',7,995), ('AT',7,9223372036854775807), ('CH',-1,0)",
        "CREATE TABLE log (at TEXT, twice INTEGER AS (2 * number), number INTEGER)",
        "INSERT INTO log (at, number) VALUES ('2026-01-02T03:04:05Z', 1), ('2026-01-02T03:04:06Z', 2)",
        "CREATE VIEW adults AS SELECT id, name FROM customers WHERE born < '2000-01-01'",
        "CREATE INDEX by_name ON customers (name)");
  }

  /** Maps of the types that MVStore has. */
  static Path mvStore(Path file) {
    try (MVStore store = MVStore.open(file.toString())) {
      MVMap<Long, String> names = store.openMap("names");
      for (long i = 0; i < 3000; i++) {
        String _ = names.put(i, "name " + i);
      }
      MVMap<String, Object> all = store.openMap("all");
      Object _ = all.put("bytes", new byte[] {1, 2});
      Object _ = all.put("text", "x");
      MVMap<UUID, BigDecimal> decimals = store.openMap("decimals");
      BigDecimal _ = decimals.put(new UUID(1, 2), new BigDecimal("1.10"));
      MVMap<Integer, Date> dates = store.openMap("dates");
      Date _ = dates.put(-5, new Date(1_000));
      MVMap<BigInteger, long[]> arrays = store.openMap("arrays");
      long[] _ = arrays.put(BigInteger.TEN, new long[] {1, -1});
      MVMap<String, Long> typed =
          store.openMap(
              "typed",
              new MVMap.Builder<String, Long>()
                  .keyType(StringDataType.INSTANCE)
                  .valueType(LongDataType.INSTANCE));
      for (long i = 0; i < 500; i++) {
        Long _ = typed.put("a longer key " + i, i * i);
      }
    }
    return file;
  }

  /** Maps and sets of the types that MapDB has. */
  static Path mapDb(Path file) {
    try (DB db = DBMaker.fileDB(file.toFile()).make()) {
      var names = db.treeMap("names", Serializer.LONG, Serializer.STRING).create();
      for (long i = 0; i < 3000; i++) {
        String _ = names.put(i, "name " + i);
      }
      var hash = db.hashMap("hash", Serializer.STRING, Serializer.BYTE_ARRAY).create();
      for (int i = 0; i < 300; i++) {
        byte[] _ = hash.put("key " + i, new byte[i]);
      }
      var plain = db.treeMap("plain").createOrOpen();
      @SuppressWarnings("unchecked")
      var simple = (java.util.Map<Object, Object>) (java.util.Map<?, ?>) plain;
      Object _ = simple.put("a", 1L);
      Object _ = simple.put("b", 2L);
      boolean _ = db.treeSet("tags", Serializer.STRING).create().add("java");
      boolean _ = db.hashSet("ids", Serializer.UUID).create().add(new UUID(3, 4));
      var decimals = db.hashMap("decimals", Serializer.INTEGER, Serializer.BIG_DECIMAL).create();
      BigDecimal _ = decimals.put(1, new BigDecimal("1.10"));
    }
    return file;
  }
}
