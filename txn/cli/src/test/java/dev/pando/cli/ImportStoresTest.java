package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** Files of SQLite, MVStore and MapDB. */
class ImportStoresTest {
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void chooseFile() {
    file = directory.resolve("new.pando");
  }

  private Path sample(String name) throws SQLException {
    Path sample = directory.resolve(name);
    return switch (name) {
      case "a.sqlite" -> OtherStores.sqlite(sample);
      case "a.mv.db" -> OtherStores.mvStore(sample);
      default -> OtherStores.mapDb(sample);
    };
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> each.getFileName().toString())
          .filter(each -> !each.startsWith("new.pando"))
          .sorted()
          .toList();
    }
  }

  /** Reads a source, and finds it and its directory as they were. */
  private Ran load(Path source, Object... more) throws IOException {
    byte[] before = Files.readAllBytes(source);
    List<String> names = names();
    Object[] args = new Object[more.length + 1];
    args[0] = "import";
    System.arraycopy(more, 0, args, 1, more.length);
    Ran ran = Ran.pando(args);
    assertThat(Files.readAllBytes(source)).as("the source").isEqualTo(before);
    assertThat(names()).as("its directory").isEqualTo(names);
    assertThat(ran.err()).doesNotContain("\tat ");
    return ran;
  }

  private String ok(Path source, Object... more) throws IOException {
    Ran ran = load(source, more);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out();
  }

  private void refused(Path source, int code, String message, Object... more) throws IOException {
    Ran ran = load(source, more);
    assertThat(ran.code()).as(ran.err()).isEqualTo(code);
    assertThat(ran.err()).contains(message).hasLineCount(1);
    assertThat(file).doesNotExist();
  }

  // ---- SQLite

  @Test
  void allTablesOfSqlite() throws Exception {
    Path source = sample("a.sqlite");
    assertThat(ok(source, file, source))
        .isEqualTo(
            """
            customers: 3 rows, 3 entries
            keys: i64
            values: record(name:utf8,born:date,rate:f64,ok:bool,photo:nullable(bytes),note:nullable(utf8),country:utf8)
            log: 2 rows, 2 entries
            keys: u64
            values: record(at:instant,twice:i64,number:i64)
            prices: 3 rows, 3 entries
            keys: tuple(utf8,i64)
            values: record(cents:i64)
            """);
    assertThat(Ran.ok("scan", "-n", "2", file, "customers"))
        .isEqualTo(
            """
            -1\t{"name":"Grace","born":"1906-12-09","rate":2.0,"ok":false,"photo":"0x","note":null,"country":"CH"}
            3\t{"name":"Ada","born":"1815-12-10","rate":1.5,"ok":true,"photo":"0x00ff","note":"x","country":"CH"}
            """);
    assertThat(Ran.ok("get", file, "customers", "9007199254740993"))
        .contains("long ".repeat(20_000));
    assertThat(Ran.ok("scan", file, "prices"))
        .isEqualTo(
            """
            ["AT",7]\t{"cents":9223372036854775807}
            ["CH",-1]\t{"cents":0}
            ["CH",7]\t{"cents":995}
            """);
    assertThat(Ran.ok("scan", file, "log"))
        .contains("2\t{\"at\":\"2026-01-02T03:04:06Z\",\"twice\":4,\"number\":2}");
    Shop.check(file);
  }

  @Test
  void chosenTablesOfSqlite() throws Exception {
    Path source = sample("a.sqlite");
    assertThat(ok(source, file, "prices", source)).startsWith("prices: 3 rows");
    assertThat(ok(source, file, "people", source, "--from", "adults", "--key", "name"))
        .isEqualTo("people: 2 rows, 2 entries\nkeys: utf8\nvalues: record(id:i64)\n");
    assertThat(ok(source, "--json", file, source, "--from", "log,customers"))
        .startsWith(
            "{\"table\":\"log\",\"rows\":2,\"replaced\":0,\"entries\":2,\"keys\":\"u64\",\"values\":\"record(")
        .hasLineCount(2);
    assertThat(ok(source, file, "log", source)).startsWith("log: 2 rows, 4 entries");
    assertThat(ok(source, file, "prices", source)).startsWith("prices: 3 rows, 3 replaced, 3 ent");
    assertThat(load(source, file, "x", source).err()).contains("no table x").contains("prices");
    assertThat(load(source, file, "x", source, "--from", "log,prices").code()).isEqualTo(2);
    assertThat(load(source, file, "x", source, "--separator", ";").code()).isEqualTo(2);
    assertThat(load(source, file, "y", source, "--from", "customers", "--key", "note").err())
        .contains("a row has none");
    Shop.check(file);
  }

  /** No digit and no byte is lost where a column has values of several types. */
  @Test
  void mixedTypesOfSqlite() throws Exception {
    Path source =
        OtherStores.sqlite(
            directory.resolve("a.db"),
            "CREATE TABLE mixed (k PRIMARY KEY, small, large, text, bytes, only)",
            "INSERT INTO mixed VALUES (1, 1, 9007199254740993, 1, x'00', 1)",
            "INSERT INTO mixed VALUES ('1', 1.5, 0.1, '01', 'ü', 2)",
            "CREATE TABLE latin (id INTEGER PRIMARY KEY, text TEXT)",
            "INSERT INTO latin VALUES (1, CAST(x'5afc' AS TEXT)), (2, 'Zürich')",
            "CREATE TABLE nulls (id TEXT PRIMARY KEY, v)",
            "INSERT INTO nulls VALUES (NULL, 1), (NULL, 2)",
            "CREATE TABLE wide (a, b, c, d, e, PRIMARY KEY (a, b, c, d, e))",
            "INSERT INTO wide VALUES (1, 2, 3, 4, 5)",
            "CREATE TABLE alone (id INTEGER PRIMARY KEY)",
            "INSERT INTO alone VALUES (7)",
            "CREATE TABLE empty (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE VIRTUAL TABLE words USING fts5(text)");
    Ran ran = load(source, file, source);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("alone: 1 rows, 1 entries\nkeys: i64\nvalues: unit\n")
        .contains("empty: 0 rows, 0 entries\nkeys: i64\nvalues: record(name:nullable(utf8))\n")
        .contains("values: record(k:utf8,small:f64,large:utf8,text:utf8,bytes:bytes,only:i64)\n")
        .contains("latin: 2 rows, 2 entries\nkeys: i64\nvalues: record(text:bytes)\n")
        .contains("nulls: 2 rows, 2 entries\nkeys: u64\nvalues: record(id:nullable(utf8),v:i64)\n")
        .contains("wide: 1 rows, 1 entries\nkeys: u64\n")
        .doesNotContain("words");
    assertThat(ran.err())
        .contains("mixed, column large: values of types Long, Double become utf8")
        .contains("nulls: column id is no key, because a row has none, so rows are numbered")
        .contains("wide: the key has 5 columns")
        .contains("words is a virtual table, which is not loaded");
    assertThat(Ran.ok("scan", file, "mixed"))
        .isEqualTo(
            """
            1\t{"k":"1","small":1.0,"large":"9007199254740993","text":"1","bytes":"0x00","only":1}
            2\t{"k":"1","small":1.5,"large":"0.1","text":"01","bytes":"0xc3bc","only":2}
            """);
    assertThat(Ran.ok("scan", file, "latin")).startsWith("1\t{\"text\":\"0x5afc\"}\n");
    assertThat(load(source, file, "words", source).err()).contains("virtual table");
    Shop.check(file);
  }

  @Test
  void namesThatARecordCannotHave() throws Exception {
    Path source =
        OtherStores.sqlite(
            directory.resolve("a?b #%20.sqlite"),
            "CREATE TABLE t (id INTEGER PRIMARY KEY, \"a,b\" TEXT, \"say \"\"so\"\"\" TEXT)",
            "INSERT INTO t VALUES (1, 'x', 'y')",
            "CREATE VIEW v AS SELECT id, \"a,b\" AS ab, \"say \"\"so\"\"\" FROM t");
    refused(source, 2, "column a,b", file, source);
    assertThat(ok(source, file, "t", source, "--from", "v", "--key", "id"))
        .contains("values: record(ab:utf8,say \"so\":utf8)");
    Shop.check(file);
  }

  @Test
  void aBusyFileOfSqlite() throws Exception {
    Path source = sample("a.sqlite");
    try (Connection other = OtherStores.open(source);
        Statement statement = other.createStatement()) {
      boolean _ = statement.execute("BEGIN EXCLUSIVE");
      Ran ran = Ran.pando("import", file, source, "--wait", "0.1");
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("another program is writing it").hasLineCount(1);
      assertThat(file).doesNotExist();
      boolean _ = statement.execute("ROLLBACK");
      assertThat(ok(source, file, source)).contains("prices: 3 rows");
    }
    Shop.check(file);
  }

  /** Commits that only the WAL has would be missed. */
  @Test
  void aWalOfSqlite() throws Exception {
    Path source = sample("a.sqlite");
    try (Connection other = OtherStores.open(source);
        Statement statement = other.createStatement()) {
      boolean _ = statement.execute("PRAGMA journal_mode=WAL");
      boolean _ = statement.execute("DELETE FROM prices");
      refused(source, 2, "a.sqlite-wal, allowed: none", file, source);
    }
    assertThat(names()).containsExactly("a.sqlite");
    assertThat(ok(source, file, source)).contains("prices: 0 rows");
    Shop.check(file);
  }

  /** Rows without a key have the numbers of their order, also if an index has another one. */
  @Test
  void rowsOfSqliteWithoutAKey() throws Exception {
    Path source =
        OtherStores.sqlite(
            directory.resolve("a.sqlite"),
            "CREATE TABLE t (a TEXT)",
            "CREATE INDEX t_a ON t (a)",
            "INSERT INTO t VALUES ('c'), ('a'), ('b')",
            "CREATE TABLE named (rowid TEXT, OID TEXT)",
            "CREATE INDEX named_rowid ON named (rowid, oid)",
            "INSERT INTO named VALUES ('z', 'y'), ('b', 'x'), ('a', 'w')",
            "CREATE TABLE all_named (rowid TEXT, oid TEXT, _rowid_ TEXT)",
            "INSERT INTO all_named VALUES ('z', 'y', 'x')");
    assertThat(ok(source, file, source)).contains("t: 3 rows", "named: 3 rows", "all_named: 1 ro");
    assertThat(Ran.ok("scan", file, "t"))
        .isEqualTo("1\t{\"a\":\"c\"}\n2\t{\"a\":\"a\"}\n3\t{\"a\":\"b\"}\n");
    assertThat(Ran.ok("scan", "-n", "1", file, "named"))
        .isEqualTo("1\t{\"rowid\":\"z\",\"OID\":\"y\"}\n");
    Shop.check(file);
  }

  // ---- MVStore

  @Test
  void allMapsOfMvStore() throws Exception {
    Path source = sample("a.mv.db");
    Ran ran = load(source, file, source);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            all: 2 rows, 2 entries
            keys: utf8
            values: bytes
            arrays: 1 rows, 1 entries
            keys: bigint
            values: array(i64)
            dates: 1 rows, 1 entries
            keys: i32
            values: instant
            decimals: 1 rows, 1 entries
            keys: uuid
            values: decimal
            names: 3,000 rows, 3,000 entries
            keys: i64
            values: utf8
            typed: 500 rows, 500 entries
            keys: utf8
            values: i64
            """);
    assertThat(ran.err())
        .contains("all, column value: values of types byte[], String become bytes")
        .contains(
            "names: the file does not say its types; all its bytes fit keys of MVStore's type for objects, and values of that for objects")
        .contains(
            "typed: the file does not say its types; all its bytes fit keys of MVStore's type for strings, and values of that for longs")
        .hasLineCount(7);
    assertThat(Ran.ok("import", "--json", directory.resolve("again.pando"), source))
        .contains("\"table\":\"typed\"", "\"notes\":[\"typed: the file does not say its types");
    assertThat(Ran.ok("get", file, "names", "2999")).isEqualTo("name 2999\n");
    assertThat(Ran.ok("get", file, "typed", "a longer key 499")).isEqualTo("249001\n");
    assertThat(Ran.ok("scan", file, "decimals"))
        .isEqualTo("00000000-0000-0001-0000-000000000002\t1.10\n");
    assertThat(Ran.ok("scan", file, "dates")).isEqualTo("-5\t1970-01-01T00:00:01Z\n");
    Shop.check(file);
  }

  @Test
  void objectsOfMvStoreAreNotMade() throws Exception {
    Path source = directory.resolve("a.mvstore");
    try (MVStore store = MVStore.open(source.toString())) {
      MVMap<String, Object> map = store.openMap("objects");
      Object _ = map.put("gadget", new OtherStores.Gadget());
      MVMap<String, Object> arrays = store.openMap("arrays");
      Object _ = arrays.put("array", new Object[] {new OtherStores.Gadget()});
      MVMap<String, String> texts = store.openMap("texts");
      String _ = texts.put("a", "b");
    }
    int read = OtherStores.Gadget.READ.get();
    refused(source, 2, "map objects: found objects in Java's", file, source, "--from", "objects");
    refused(
        source, 2, "map arrays: found objects in Java's", file, "x", source, "--from", "arrays");
    assertThat(OtherStores.Gadget.READ).hasValue(read);
    assertThat(ok(source, file, source, "--from", "texts")).startsWith("texts: 1 rows");
    Shop.check(file);
  }

  @Test
  void otherFilesOfMvStore() throws Exception {
    Path h2 = directory.resolve("h2.mv.db");
    try (MVStore store = MVStore.open(h2.toString())) {
      MVMap<String, String> map = store.openMap("_");
      String _ = map.put("a", "b");
    }
    refused(h2, 2, "CALL CSVWRITE", file, h2);
    Path secret = directory.resolve("secret.mv.db");
    try (MVStore store =
        new MVStore.Builder().fileName(secret.toString()).encryptionKey("x".toCharArray()).open()) {
      MVMap<String, String> map = store.openMap("a");
      String _ = map.put("a", "b");
    }
    Ran ran = load(secret, file, secret);
    assertThat(ran.code()).isBetween(1, 2);
    assertThat(ran.err()).contains("encrypted").hasLineCount(1);
  }

  @Test
  void aBusyFileOfMvStore() throws Exception {
    Path source = sample("a.mv.db");
    try (MVStore store = MVStore.open(source.toString())) {
      assertThat(store.isReadOnly()).isFalse();
      Ran ran = Ran.pando("import", file, source);
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("another program has it open").hasLineCount(1);
      assertThat(file).doesNotExist();
    }
  }

  // ---- MapDB

  @Test
  void keysThatAreTooLong() throws Exception {
    Path source = directory.resolve("a.mapdb");
    try (DB db = DBMaker.fileDB(source.toFile()).make()) {
      boolean _ = db.treeSet("tags", Serializer.STRING).create().add("x".repeat(100_000));
    }
    refused(source, 1, "tags, row [xxx", file, source);
  }

  @Test
  void allMapsOfMapDb() throws Exception {
    Path source = sample("a.mapdb");
    assertThat(ok(source, file, source))
        .isEqualTo(
            """
            decimals: 1 rows, 1 entries
            keys: i32
            values: decimal
            hash: 300 rows, 300 entries
            keys: utf8
            values: bytes
            ids: 1 rows, 1 entries
            keys: uuid
            values: unit
            names: 3,000 rows, 3,000 entries
            keys: i64
            values: utf8
            plain: 2 rows, 2 entries
            keys: utf8
            values: i64
            tags: 1 rows, 1 entries
            keys: utf8
            values: unit
            """);
    assertThat(Ran.ok("get", file, "names", "2999")).isEqualTo("name 2999\n");
    assertThat(Ran.ok("scan", file, "plain")).isEqualTo("a\t1\nb\t2\n");
    assertThat(Ran.ok("scan", file, "decimals")).isEqualTo("1\t1.10\n");
    Shop.check(file);
  }

  @Test
  void objectsOfMapDbAreNotMade() throws Exception {
    Path source = directory.resolve("a.mapdb");
    try (DB db = DBMaker.fileDB(source.toFile()).make()) {
      @SuppressWarnings("unchecked")
      var simple =
          (java.util.Map<Object, Object>) (java.util.Map<?, ?>) db.treeMap("simple").create();
      Object _ = simple.put("a", new OtherStores.Gadget());
      @SuppressWarnings("unchecked")
      var java =
          (java.util.Map<Object, Object>)
              (java.util.Map<?, ?>) db.hashMap("java", Serializer.STRING, Serializer.JAVA).create();
      Object _ = java.put("a", new OtherStores.Gadget());
      long _ = db.atomicLong("counter").create().incrementAndGet();
      boolean _ = db.treeSet("tags", Serializer.STRING).create().add("java");
    }
    int read = OtherStores.Gadget.READ.get();
    refused(source, 2, "simple: found objects of classes", file, source, "--from", "simple");
    refused(source, 2, "java: found the serializer org.mapdb.Ser", file, source, "--from", "java");
    refused(source, 2, "counter is of type AtomicLong", file, source);
    assertThat(OtherStores.Gadget.READ).hasValue(read);
    assertThat(ok(source, file, source, "--from", "tags")).startsWith("tags: 1 rows");
    Shop.check(file);
  }

  @Test
  void aBusyFileOfMapDb() throws Exception {
    Path source = sample("a.mapdb");
    try (DB db = DBMaker.fileDB(source.toFile()).make()) {
      assertThat(db.isClosed()).isFalse();
      Ran ran = Ran.pando("import", file, source);
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("another program has it open").hasLineCount(1);
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void filesOfMapDbWithTransactionsAndChecksums() throws Exception {
    Path source = directory.resolve("a.mapdb");
    try (DB db = DBMaker.fileDB(source.toFile()).transactionEnable().make()) {
      boolean _ = db.treeSet("tags", Serializer.STRING).create().add("java");
      db.commit();
    }
    assertThat(ok(source, file, source)).startsWith("tags: 1 rows");
    Path summed = directory.resolve("b.mapdb");
    try (DB db = DBMaker.fileDB(summed.toFile()).checksumStoreEnable().make()) {
      boolean _ = db.treeSet("more", Serializer.STRING).create().add("java");
    }
    assertThat(ok(summed, file, summed)).startsWith("more: 1 rows");
    Path _ = Files.writeString(directory.resolve("a.mapdb.wal.0"), "x", UTF_8);
    Ran ran = load(source, file, source);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("a.mapdb.wal.0").hasLineCount(1);
    Shop.check(file);
  }

  // ---- all

  @ParameterizedTest
  @ValueSource(strings = {"a.sqlite", "a.mv.db", "a.mapdb", "a.db"})
  void aForeignFile(String name) throws IOException {
    Path source = directory.resolve(name);
    Path _ = Files.writeString(source, "no store, but a text; ".repeat(2000), UTF_8);
    refused(source, 2, "does not begin as one of SQLite, MVStore or MapDB", file, source);
    Path _ = Files.writeString(source, "", UTF_8);
    refused(source, 2, "does not begin as one of", file, source);
  }
}
