package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.codec.Fields;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table whose record gets more components. */
final class RecordGrowthTest extends DatabaseTestBase {
  record Old(String name) {}

  record New(String name, @Default("9") int size, @Nullable String note) {}

  record Newer(
      String name, @Default("9") int size, @Nullable String note, @Default("t\0") String more) {}

  record Strict(String name, int size, @Nullable String note) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  record Blob(int id, byte[] bytes) {}

  @SuppressWarnings("ArrayRecordComponent")
  record LongerBlob(int id, byte[] bytes, @Default int more) {}

  private static final Newer NEWER_ROW = new Newer("r", 1, null, "m");

  private static final String OLD_ID = "record(name:utf8)";
  private static final String NEW_ID = "record(name:utf8,size:i32,note:nullable(utf8))";
  private static final String STORED = "record(name:utf8;size:i32,note:nullable(utf8))";

  private static final Codec<Integer> SIZE = Codec.i32();
  private static final Codec<@Nullable String> NOTE = Codec.nullable(Codec.utf8());

  private static final Table<Integer, Old> OLD = table(Codec.record(Old.class));
  private static final Table<Integer, New> NEW =
      table(Codec.record(New.class, Codec.utf8(), SIZE, NOTE));
  private static final Table<Integer, Newer> NEWER =
      table(Codec.record(Newer.class, Codec.utf8(), SIZE, NOTE, Codec.utf8()));
  private static final Table<Integer, Strict> STRICT =
      table(Codec.record(Strict.class, Codec.utf8(), SIZE, NOTE));

  private static <V> Table<Integer, V> table(Codec<V> codec) {
    return Table.of("t", Codec.i32(), codec);
  }

  private Database db;

  @BeforeEach
  void fill() {
    db = open();
    db.update(
        tx -> {
          tx.put(OLD, 1, new Old("a\0"));
          tx.put(OLD, 2, new Old(""));
        });
  }

  private String storedId() {
    return storedId(db);
  }

  private static String storedId(Database of) {
    return of.view(tx -> tx.stat("t").valueCodec());
  }

  private void assertOldIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.get(OLD, 1))
        .withMessage(
            "table t: its values were written with codec %s, not %s".formatted(STORED, OLD_ID));
    assertThatIllegalArgumentException().isThrownBy(() -> db.put(OLD, 1, new Old("x")));
  }

  @Test
  void aConversionIsDoneAlsoOfATableThatHasGrown() {
    Table<Integer, Integer> before = table(Codec.i32());
    assertThat(db.convert(before, NEWER, (key, _) -> new Entry<>(key, NEWER_ROW), 10, (_, _) -> {}))
        .isZero();
    db.put(NEW, 3, new New("n", 1, null));
    assertThat(db.convert(before, NEWER, (key, _) -> new Entry<>(key, NEWER_ROW), 10, (_, _) -> {}))
        .isZero();
    assertThat(storedId()).isEqualTo(STORED);
    db.update(
        tx -> assertThat(tx.convert(NEW, NEWER, (k, _) -> new Entry<>(k, NEWER_ROW))).isEqualTo(3));
    assertThat(db.get(NEWER, 1)).isEqualTo(NEWER_ROW);
  }

  @Test
  void readersOnlyRead() {
    assertThat(db.get(NEW, 1)).isEqualTo(new New("a\0", 9, null));
    assertThat(db.get(NEWER, 2)).isEqualTo(new Newer("", 9, null, "t\0"));
    assertThat(db.list(NEW, Range.all()))
        .containsExactly(
            new Entry<>(1, new New("a\0", 9, null)), new Entry<>(2, new New("", 9, null)));
    assertThat(db.get(OLD, 1)).isEqualTo(new Old("a\0"));
    db.update(
        tx -> {
          assertThat(tx.get(NEW, 1)).isEqualTo(new New("a\0", 9, null));
          tx.put(OLD, 3, new Old("c"));
          assertThat(tx.delete(NEW, 3)).isTrue();
        });
    assertThat(storedId()).isEqualTo(OLD_ID);
    assertThat(db.get(OLD, 2)).isEqualTo(new Old(""));
  }

  private void firstWrite(Consumer<WriteTxn> write) {
    db.update(write::accept);
    assertThat(storedId()).isEqualTo(STORED);
    assertOldIsRefused();
    assertThat(db.get(NEW, 1)).isEqualTo(new New("a\0", 9, null));
    assertThat(db.get(NEW, 5)).isEqualTo(new New("n", 1, "x"));
    closeChecked(db);
    db = open();
    assertOldIsRefused();
    assertThat(db.get(NEW, 5)).isEqualTo(new New("n", 1, "x"));
    assertThat(db.get(NEWER, 5)).isEqualTo(new Newer("n", 1, "x", "t\0"));
  }

  private static final New ROW = new New("n", 1, "x");

  @Test
  void putStoresTheId() {
    firstWrite(tx -> tx.put(NEW, 5, ROW));
  }

  @Test
  void appendStoresTheId() {
    firstWrite(tx -> tx.append(NEW, 5, ROW));
  }

  @Test
  void aSortedLoadStoresTheId() {
    firstWrite(tx -> tx.loadSorted(NEW, List.of(new Entry<>(5, ROW)).iterator()));
  }

  @Test
  void aBatchStoresTheId() {
    firstWrite(tx -> tx.batch(NEW).put(5, ROW));
  }

  @Test
  void aCursorStoresTheId() {
    firstWrite(
        tx -> {
          try (TableCursor<Integer, New> cursor = tx.cursor(NEW)) {
            cursor.put(5, ROW);
          }
        });
  }

  @Test
  void rawBytesOfTheNewCodecStoreTheId() {
    firstWrite(
        tx -> {
          byte[] key = new byte[] {-128, 0, 0, 5};
          assertThat(tx.raw(NEW).put(key, KeyBytes.whole(NEW.valueCodec(), ROW))).isTrue();
        });
  }

  @Test
  void aMapStoresTheId() {
    firstWrite(tx -> assertThat(tx.asMap(NEW).put(5, ROW)).isNull());
  }

  @Test
  void bytesOfAnyCodecDoNot() {
    db.update(tx -> tx.raw("t").put(new byte[4], new byte[] {65}));
    assertThat(storedId()).isEqualTo(OLD_ID);
    assertThat(db.get(NEW, Integer.MIN_VALUE)).isEqualTo(new New("A", 9, null));
  }

  @Test
  void rollbacksUndoIt() {
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(NEW, 5, ROW);
      assertThat(tx.stat("t").valueCodec()).isEqualTo(STORED);
      tx.rollback();
    }
    assertThat(storedId()).isEqualTo(OLD_ID);
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(OLD, 3, new Old("c"));
      Savepoint before = tx.savepoint();
      tx.put(NEW, 5, ROW);
      assertThatIllegalArgumentException().isThrownBy(() -> tx.get(OLD, 1));
      tx.rollbackTo(before);
      assertThat(tx.get(OLD, 3)).isEqualTo(new Old("c"));
      assertThat(tx.stat("t").valueCodec()).isEqualTo(OLD_ID);
      Savepoint inner = tx.savepoint();
      tx.put(NEW, 6, ROW);
      tx.rollbackTo(inner);
      tx.put(NEW, 7, ROW);
      tx.rollbackTo(before);
      assertThat(tx.get(OLD, 3)).isEqualTo(new Old("c"));
      tx.commit();
    }
    assertThat(storedId()).isEqualTo(OLD_ID);
    assertThat(db.get(OLD, 3)).isEqualTo(new Old("c"));
    assertThat(db.get(NEW, 5)).isNull();
    firstWrite(tx -> tx.put(NEW, 5, ROW));
  }

  @Test
  void itGrowsAgain() {
    db.put(NEW, 5, ROW);
    db.put(NEWER, 6, new Newer("m", 2, null, ""));
    assertThat(storedId()).isEqualTo("record(name:utf8;size:i32,note:nullable(utf8),more:utf8)");
    assertThat(db.get(NEWER, 1)).isEqualTo(new Newer("a\0", 9, null, "t\0"));
    assertThat(db.get(NEWER, 5)).isEqualTo(new Newer("n", 1, "x", "t\0"));
    assertThat(db.get(NEWER, 6)).isEqualTo(new Newer("m", 2, null, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> db.get(NEW, 5));
  }

  @Test
  void aComponentThatRowsMissStaysOptional() {
    db.put(NEW, 5, ROW);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.get(STRICT, 5))
        .withMessage(
            ("table t: its values were written with codec %s, not %s; component size is missing in"
                    + " them: give it Codec.nullable or @Default")
                .formatted(STORED, NEW_ID));
  }

  @Test
  void whatCannotGrowIsConverted() {
    Table<Integer, Blob> blobs = Table.of("b", Codec.i32(), Codec.record(Blob.class));
    Table<Integer, LongerBlob> longer = Table.of("b", Codec.i32(), Codec.record(LongerBlob.class));
    db.put(blobs, 1, new Blob(1, new byte[] {1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.get(longer, 1))
        .withMessage(
            "table b: its values were written with codec record(id:i32,bytes:bytes), not"
                + " record(id:i32,bytes:bytes,more:i32); they end with component bytes, and the"
                + " bytes of its codec bytes do not show that: WriteTxn.convert writes the table"
                + " with the new codec");
    long count =
        db.updateAndGet(
            tx ->
                tx.convert(
                    blobs, longer, (k, v) -> Map.entry(k, new LongerBlob(v.id(), v.bytes(), 7))));
    assertThat(count).isEqualTo(1);
    assertThat(db.get(longer, 1).more()).isEqualTo(7);
  }

  @Test
  void keysDoNotGrow() {
    Table<Old, Integer> old = Table.of("k", Codec.record(Old.class), Codec.i32());
    Table<New, Integer> grown = Table.of("k", NEW.valueCodec(), Codec.i32());
    db.put(old, new Old("a"), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.get(grown, ROW))
        .withMessage(
            ("table k: its keys were written with codec %1$s, not %2$s; %1$s is now %2$s, but keys"
                    + " never grow: WriteTxn.convert writes the table with the new codec")
                .formatted(OLD_ID, NEW_ID));
  }

  @Test
  void copiesAndCompaction() {
    db.put(NEW, 5, ROW);
    db.compact();
    Path copy = directory().resolve("copy.pando");
    BackupReport _ = db.backup(copy, BackupForm.COMPACT, (_, _) -> {});
    Database other = open(directory().resolve("other.pando"), Options.defaults());
    try (ReadTxn from = db.beginRead();
        WriteTxn to = other.beginWrite()) {
      from.copyTo(to);
      to.commit();
    }
    for (Database each : List.of(db, open(copy, Options.defaults()), other)) {
      assertThat(each.get(NEW, 1)).isEqualTo(new New("a\0", 9, null));
      assertThat(each.get(NEW, 5)).isEqualTo(ROW);
      assertThat(storedId(each)).isEqualTo(STORED);
    }
  }

  @Test
  void anyProgramReadsIt() {
    db.put(NEW, 5, ROW);
    Table<Object, Object> any = db.view(tx -> tx.table("t"));
    assertThat(db.get(any, 1)).hasToString("{name=a\0}");
    assertThat(db.get(any, 5)).hasToString("{name=n, size=1, note=x}");
    db.update(
        tx -> {
          Fields fields = (Fields) tx.get(any, 5);
          tx.put(any, 6, fields.with("size", 2));
          tx.put(any, 7, Fields.of(Map.of("name", "short")));
        });
    assertThat(db.get(NEW, 6)).isEqualTo(new New("n", 2, "x"));
    assertThat(db.get(NEW, 7)).isEqualTo(new New("short", 9, null));
  }

  @Test
  void tablesOfEveryKindByName() {
    MultiTable<String, Long> tagged = MultiTable.of("tagged", Codec.utf8(), Codec.u64());
    Table<Long, String> counted = NAMES.counted();
    db.update(
        tx -> {
          tx.put(tagged, "a", 7L);
          tx.put(counted, 1L, "x");
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.table("absent")).isNull();
      assertThat(tx.table("names").isCounted()).isTrue();
      assertThat(tx.get(tx.table("names"), 1L)).isEqualTo("x");
      assertThat(tx.get(tx.stat("names").table(), 1L)).isEqualTo("x");
      TableStat stat = tx.stat("tagged");
      assertThat(stat.isMulti()).isTrue();
      assertThat(tx.values(stat.multiTable(), "a").toList()).containsExactly(7L);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tx.table("tagged"))
          .withMessage("table tagged is a multimap table; use multiTable()");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tx.stat("names").multiTable())
          .withMessage("table names of u64 and utf8 is no multimap table; use table()");
    }
  }

  /** Its second version has a byte more. */
  private record Versioned(int version) implements Codec<Integer> {
    @Override
    public String id() {
      return "mine" + version;
    }

    @Override
    public boolean reads(String storedId) {
      return id().equals(storedId) || version == 2 && storedId.equals("mine1");
    }

    @Override
    public void encode(Integer value, Sink sink) {
      sink.putByte(value);
      if (version == 2) {
        sink.putByte(0);
      }
    }

    @Override
    public Integer decode(Source source) {
      int value = source.getByte();
      source.skip(source.remaining());
      return value;
    }
  }

  @Test
  void aCodecOfTheUsersOwnReadsAnEarlierOne() {
    Table<Integer, Integer> first = Table.of("mine", Codec.i32(), new Versioned(1));
    Table<Integer, Integer> second = Table.of("mine", Codec.i32(), new Versioned(2));
    db.put(first, 1, 11);
    assertThat(db.get(second, 1)).isEqualTo(11);
    assertThat(db.get(first, 1)).isEqualTo(11);
    db.put(second, 2, 12);
    assertThat(db.get(second, 1)).isEqualTo(11);
    assertThat(db.get(second, 2)).isEqualTo(12);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.get(first, 1))
        .withMessage("table mine: its values were written with codec mine2, not mine1");
  }
}
