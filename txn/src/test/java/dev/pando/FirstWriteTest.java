package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.codec.Sink;
import dev.pando.error.UniqueIndexException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write that is refused has neither created its table nor changed the table's codec id. */
final class FirstWriteTest extends IndexTestBase {
  /** It throws for a person without a name. */
  private static final Index<String, Long, Person> STRICT =
      PEOPLE.index(
          "strict",
          Codec.utf8(),
          "strict",
          person -> {
            if (person.name().isEmpty()) {
              throw new IllegalStateException("no name");
            }
            return person.name().substring(0, 1);
          });

  private static final Person GOOD = person("Ada");
  private static final Person BAD = person("");

  /** A person whose row does not wait in a batch. */
  private static final Person LONG = new Person("", 1, "m".repeat(20_000));

  private interface Way extends BiConsumer<WriteTxn, Person> {}

  /** All ways to store the row of key 1 that create a missing table. */
  private static List<Way> ways() {
    return List.of(
        (tx, row) -> tx.put(PEOPLE, 1L, row),
        (tx, row) -> tx.append(PEOPLE, 1L, row),
        (tx, row) -> tx.getAndPut(PEOPLE, 1L, row),
        (tx, row) -> tx.putIfAbsent(PEOPLE, 1L, row),
        (tx, row) -> tx.compute(PEOPLE, 1L, (_, _) -> row),
        (tx, row) -> tx.merge(PEOPLE, 1L, row, (_, more) -> more),
        (tx, row) -> tx.asMap(PEOPLE).put(1L, row),
        (tx, row) -> tx.raw(PEOPLE).put(key(), bytes(row)),
        (tx, row) -> tx.raw(PEOPLE).append(key(), bytes(row)),
        FirstWriteTest::putByCursor,
        (tx, row) -> {
          Batch<Long, Person> batch = tx.batch(PEOPLE);
          batch.put(1L, row);
          batch.flush();
        },
        (tx, row) -> tx.loadSorted(PEOPLE, List.of(Map.entry(1L, row)).iterator()));
  }

  private static void putByCursor(WriteTxn tx, Person row) {
    try (TableCursor<Long, Person> cursor = tx.cursor(PEOPLE)) {
      boolean _ = cursor.put(1L, row);
    }
  }

  private static byte[] key() {
    return new byte[] {0, 0, 0, 0, 0, 0, 0, 1};
  }

  private static byte[] bytes(Person row) {
    Sink sink = new Sink();
    PEOPLE.valueCodec().encode(row, sink);
    return sink.toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1 << 20})
  void aRefusedRowCreatesNoTable(int logSize) {
    Database db = open(Options.defaults().withLogSize(logSize));
    db.register(STRICT);
    db.put(NAMES, 1L, "another table");
    for (Way way : ways()) {
      db.update(
          tx -> {
            Savepoint before = tx.savepoint();
            refuse(tx, way);
            tx.rollbackTo(before);
            refuse(tx, way);
            tx.put(NAMES, 2L, "of the same transaction");
          });
      assertThat(db.view(ReadTxn::tables)).containsExactly("names");
      boolean hasIndex = db.view(tx -> tx.catalogEntry("\0" + 1) != null);
      assertThat(hasIndex).isFalse();
      db.update(
          tx -> {
            refuse(tx, way);
            way.accept(tx, GOOD);
          });
      db.update(
          tx -> {
            assertThat(tx.scanKeys(STRICT, Range.all()).toList())
                .containsExactly(new Entry<>("A", 1L));
            tx.drop(PEOPLE);
          });
    }
  }

  private static void refuse(WriteTxn tx, Way way) {
    assertThatIllegalStateException().isThrownBy(() -> way.accept(tx, BAD)).withMessage("no name");
    assertThat(tx.tables()).containsExactly("names");
  }

  @Test
  void aLongRowThatABatchRefusesCreatesNoTable() {
    Database db = openWith(STRICT);
    db.update(
        tx -> {
          Batch<Long, Person> batch = tx.batch(PEOPLE);
          assertThatIllegalStateException().isThrownBy(() -> batch.put(1L, LONG));
          assertThat(tx.tables()).isEmpty();
          batch.put(1L, new Person("Bob", 1, LONG.mail()));
        });
    db.view(
        tx -> {
          assertThat(tx.count(STRICT, Range.all())).isEqualTo(1);
          return null;
        });
  }

  @Test
  void cursorsOfOtherTablesAndOfTheMissingOneStayOpen() {
    Database db = openWith(STRICT);
    db.put(NAMES, 1L, "one");
    db.update(
        tx -> {
          try (TableCursor<Long, String> names = tx.cursor(NAMES);
              TableCursor<Long, Person> people = tx.cursor(PEOPLE)) {
            assertThat(names.first()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> people.put(2L, BAD));
            assertThatIllegalStateException().isThrownBy(() -> people.append(2L, BAD));
            assertThat(names.value()).isEqualTo("one");
            assertThat(people.first()).isFalse();
            assertThat(people.put(2L, GOOD)).isTrue();
            assertThat(people.key()).isEqualTo(2L);
          }
        });
    db.view(tx -> assertThat(tx.get(PEOPLE, 2L)).isEqualTo(GOOD));
  }

  @Test
  void indexesWithTooLongDescriptionsCreateNoTable() {
    Database db = open();
    for (int i = 0; i < 17; i++) {
      db.register(PEOPLE.index("i" + i, Codec.utf8(), "f".repeat(65_000) + i, Person::name));
    }
    db.update(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.put(PEOPLE, 1L, GOOD))
              .withMessageContaining("the names and ids of its indexes have");
          assertThatIllegalArgumentException().isThrownBy(() -> tx.create(PEOPLE));
          assertThat(tx.tables()).isEmpty();
          tx.put(NAMES, 1L, "the transaction goes on");
        });
    assertThat(db.view(ReadTxn::tables)).containsExactly("names");
  }

  // ---- shapes

  record Old(String name) {}

  record New(String name, @Default("9") int size) {}

  private static final Table<Long, Old> OLD = Table.of("t", Codec.u64(), Codec.record(Old.class));
  private static final Table<Long, New> NEW =
      Table.of("t", Codec.u64(), Codec.record(New.class, Codec.utf8(), Codec.i32()));
  private static final Index<String, Long, Old> OLD_NAMES = OLD.uniqueIndex("by name", Old::name);
  private static final Index<String, Long, New> NEW_NAMES = NEW.uniqueIndex("by name", New::name);
  private static final String OLD_ID = "record(name:utf8)";
  private static final String NEW_ID = "record(name:utf8;size:i32)";

  private Database grown(boolean isIndexed) {
    Database first = open();
    if (isIndexed) {
      first.register(OLD_NAMES);
    }
    first.update(
        tx -> {
          tx.put(OLD, 1L, new Old("a"));
          tx.put(OLD, 5L, new Old("b"));
        });
    closeChecked(first);
    Database db = open();
    if (isIndexed) {
      db.register(NEW_NAMES);
    }
    return db;
  }

  private static String id(ReadTxn tx) {
    return Objects.requireNonNull(tx.stat("t")).valueCodec();
  }

  @Test
  void aSecondRowOfAUniqueKeyLeavesTheOldShape() {
    Database db = grown(true);
    New twin = new New("a", 1);
    List<BiConsumer<WriteTxn, New>> ways =
        List.of(
            (tx, row) -> tx.put(NEW, 7L, row),
            (tx, row) -> tx.append(NEW, 7L, row),
            (tx, row) -> tx.compute(NEW, 7L, (_, _) -> row),
            (tx, row) -> tx.asMap(NEW).put(7L, row),
            (tx, row) -> {
              try (TableCursor<Long, New> cursor = tx.cursor(NEW)) {
                cursor.append(7L, row);
              }
            },
            (tx, row) -> {
              Batch<Long, New> batch = tx.batch(NEW);
              batch.put(7L, row);
              batch.flush();
            },
            (tx, row) -> tx.loadSorted(NEW, List.of(Map.entry(7L, row)).iterator()));
    for (BiConsumer<WriteTxn, New> way : ways) {
      db.update(
          tx -> {
            assertThatExceptionOfType(UniqueIndexException.class)
                .isThrownBy(() -> way.accept(tx, twin));
            assertThat(id(tx)).isEqualTo(OLD_ID);
            tx.put(OLD, 1L, new Old("a"));
          });
      assertThat(db.view(FirstWriteTest::id)).isEqualTo(OLD_ID);
      db.update(
          tx -> {
            Savepoint before = tx.savepoint();
            way.accept(tx, new New("c", 2));
            assertThat(id(tx)).isEqualTo(NEW_ID);
            tx.rollbackTo(before);
          });
    }
    db.put(NEW, 7L, new New("c", 2));
    assertThat(db.view(FirstWriteTest::id)).isEqualTo(NEW_ID);
    assertThat(db.get(NEW, 1L)).isEqualTo(new New("a", 9));
  }

  @Test
  void anUnsortedKeyLeavesTheOldShape() {
    Database db = grown(false);
    db.update(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.append(NEW, 2L, new New("c", 1)));
          assertThat(id(tx)).isEqualTo(OLD_ID);
          tx.delete(NEW, 1L);
        });
    assertThat(db.view(FirstWriteTest::id)).isEqualTo(OLD_ID);
    db.update(tx -> tx.append(NEW, 6L, new New("c", 1)));
    assertThat(db.view(FirstWriteTest::id)).isEqualTo(NEW_ID);
    List<String> names = new ArrayList<>();
    db.view(
        tx -> {
          tx.scan(NEW).forEach(entry -> names.add(entry.value().name()));
          return null;
        });
    assertThat(names).containsExactly("b", "c");
  }
}
