package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import dev.pando.error.UniqueIndexException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Unique, composite and partial indexes, and those with several entries a row. */
final class IndexKindsTest extends IndexTestBase {
  @Test
  void aSecondRowOfAUniqueKeyIsRefused() {
    Database db = filled();
    Person twin = new Person("Tim", 3, "ada@example.org");
    db.update(
        tx -> {
          assertThatExceptionOfType(UniqueIndexException.class)
              .isThrownBy(() -> tx.put(PEOPLE, 4L, twin))
              .withMessageContaining(
                  "unique index by mail of table people: the key ada@example.org belongs to the row"
                      + " 1, and the row 4")
              .satisfies(
                  e -> {
                    assertThat(e.table()).isEqualTo("people");
                    assertThat(e.index()).isEqualTo("by mail");
                    assertThat(e.indexKey()).isEqualTo("ada@example.org");
                    assertThat(e.existingKey()).isEqualTo(1L);
                    assertThat(e.newKey()).isEqualTo(4L);
                  });
          assertThatExceptionOfType(UniqueIndexException.class)
              .isThrownBy(() -> tx.append(PEOPLE, 40L, twin));
          try (TableCursor<Long, Person> cursor = tx.cursor(PEOPLE)) {
            assertThatExceptionOfType(UniqueIndexException.class)
                .isThrownBy(() -> cursor.put(41L, twin));
          }
          assertThat(tx.get(BY_MAIL, "cleo@example.org"))
              .isEqualTo(new Entry<>(4L, rows().get(4L)));
          assertThat(names(tx, BY_NAME)).containsExactly("Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
          tx.put(PEOPLE, 1L, twin);
          assertThat(tx.get(BY_MAIL, "ada@example.org")).isEqualTo(new Entry<>(1L, twin));
          tx.delete(PEOPLE, 1L);
          assertThat(tx.get(BY_MAIL, "ada@example.org")).isNull();
          tx.put(PEOPLE, 4L, twin);
        });
    db.view(
        tx -> {
          assertThat(tx.scanKeys(BY_MAIL, Range.all()).toList())
              .containsExactly(
                  new Entry<>("ada2@example.org", 3L), new Entry<>("ada@example.org", 4L));
          assertThat(tx.scan(BY_MAIL, Range.atLeast("ada@")).toList())
              .containsExactly(new IndexEntry<>("ada@example.org", 4L, twin));
          assertThat(tx.count(BY_MAIL, Range.all())).isEqualTo(2);
          assertThatIllegalArgumentException().isThrownBy(() -> tx.get(BY_NAME, "Tim"));
          return null;
        });
  }

  @Test
  void aBatchThatFailsIsUndoneAsAWhole() {
    Database db = filled();
    db.update(
        tx -> {
          tx.put(PEOPLE, 7L, person("Kim"));
          Batch<Long, Person> batch = tx.batch(PEOPLE);
          batch.put(2L, person("Rob"));
          batch.put(8L, new Person("Tim", 3, "ada@example.org"));
          assertThatExceptionOfType(UniqueIndexException.class)
              .isThrownBy(() -> tx.get(PEOPLE, 2L));
          assertThat(tx.get(PEOPLE, 2L)).isEqualTo(rows().get(2L));
          batch.put(2L, person("Roy"));
          batch.flush();
        });
    assertNames(db, "Ada1", "Ada3", "Cleo4", "Kim7", "Roy2", "bob5");
    assertThatExceptionOfType(UniqueIndexException.class)
        .isThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.put(PEOPLE, 2L, person("Ron"));
                      tx.batch(PEOPLE).put(8L, new Person("Tim", 3, "ada@example.org"));
                    }));
    assertNames(db, "Ada1", "Ada3", "Cleo4", "Kim7", "Roy2", "bob5");
  }

  @Test
  void aBatchThatCreatesItsTableIsUndone() {
    Database db = openWith(BY_MAIL);
    db.update(
        tx -> {
          Batch<Long, Person> batch = tx.batch(PEOPLE);
          batch.put(1L, new Person("Tim", 3, "a"));
          batch.put(2L, new Person("Tom", 3, "a"));
          assertThatExceptionOfType(UniqueIndexException.class).isThrownBy(batch::flush);
          assertThat(tx.tables()).isEmpty();
          tx.put(PEOPLE, 2L, new Person("Tom", 3, "a"));
        });
    db.view(tx -> assertThat(tx.get(BY_MAIL, "a")).isNotNull());
  }

  @Test
  void compositeIndexes() {
    Database db = filled();
    Index<Tuple3<Integer, String, Integer>, Long, Person> three =
        PEOPLE.index("three", Person::age, Person::name, Person::age);
    Index<Tuple2<String, Integer>, Long, Person> unique =
        PEOPLE.uniqueIndex("unique pairs", Person::name, Person::age);
    Index<String, Long, Person> named =
        PEOPLE.uniqueIndex("unique names", Codec.utf8(), "name+age", p -> p.name() + p.age());
    db.update(
        tx -> {
          assertThat(tx.create(three)).isTrue();
          assertThat(tx.create(three)).isFalse();
          assertThat(tx.create(unique)).isTrue();
          assertThat(tx.create(named)).isTrue();
          assertThatExceptionOfType(UniqueIndexException.class)
              .isThrownBy(() -> tx.put(PEOPLE, 8L, rows().get(4L)));
        });
    db.view(
        tx -> {
          assertThat(tx.scan(BY_AGE, Range.<Tuple2<Integer, String>>all().reversed()).toList())
              .extracting(IndexEntry::key)
              .containsExactly(5L, 4L, 1L, 3L, 2L);
          assertThat(
                  tx.scanKeys(
                          BY_AGE, Range.closed(new Tuple2<>(17, "Ada"), new Tuple2<>(40, "Cleo")))
                      .toList())
              .extracting(Entry::value)
              .containsExactly(3L, 1L, 4L);
          assertThat(tx.scan(BY_AGE, Range.prefix(36)).toList())
              .extracting(IndexEntry::key)
              .containsExactly(1L);
          assertThat(tx.scanKeys(BY_NAME, Range.startsWith("A")).toList()).hasSize(2);
          assertThat(tx.scanKeys(BY_AGE, Range.startsWith(40, "Cl")).toList()).hasSize(1);
          assertThat(tx.count(BY_AGE, Range.<Tuple2<Integer, String>>prefix(36).between("A", "Ad")))
              .isZero();
          assertThat(tx.count(BY_AGE, Range.<Tuple2<Integer, String>>prefix(36).between("A", "B")))
              .isEqualTo(1);
          assertThat(tx.get(unique, new Tuple2<>("bob", 70))).isNotNull();
          assertThat(tx.get(named, "bob70")).isEqualTo(new Entry<>(5L, rows().get(5L)));
          assertThat(tx.count(three, Range.all())).isEqualTo(5);
          return null;
        });
  }

  @Test
  void partialIndexes() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(names(tx, ADULTS)).containsExactly("ada1", "bob5", "cleo4");
          tx.put(PEOPLE, 1L, new Person("Ada", 9, null));
          tx.put(PEOPLE, 2L, new Person("BOB", 19, null));
          assertThat(names(tx, ADULTS)).containsExactly("bob2", "bob5", "cleo4");
        });
    assertThat(ADULTS.functionId()).isEqualTo("lower(name) where age>=18");
    assertThat(ADULTS.isUnique()).isFalse();
  }

  @Test
  void severalEntriesARow() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(keys(tx, BY_LETTER, "b")).containsExactly(2L, 5L);
          assertThat(keys(tx, BY_LETTER, "o")).containsExactly(2L, 4L, 5L);
          tx.put(PEOPLE, 2L, person("oboe"));
          assertThat(keys(tx, BY_LETTER, "o")).containsExactly(2L, 4L, 5L);
          assertThat(keys(tx, BY_LETTER, "e")).containsExactly(2L, 4L);
          assertThat(keys(tx, BY_LETTER, "B")).isEmpty();
          tx.put(PEOPLE, 2L, person(""));
          assertThat(keys(tx, BY_LETTER, "o")).containsExactly(4L, 5L);
          tx.delete(PEOPLE, 4L);
          assertThat(keys(tx, BY_LETTER, "o")).containsExactly(5L);
        });
  }

  @Test
  void loadsThatFailAreUndone() {
    Database db = filled();
    db.update(
        tx ->
            assertThatExceptionOfType(UniqueIndexException.class)
                .isThrownBy(
                    () ->
                        tx.loadSorted(
                            PEOPLE,
                            List.of(
                                    Map.entry(7L, person("Kim")),
                                    Map.entry(8L, new Person("Tim", 3, "ada@example.org")))
                                .iterator())));
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
  }

  @Test
  void aRowWithoutAListOfKeysHasNoEntry() {
    Index<String, Long, Person> byPart =
        PEOPLE.indexEach(
            "by part",
            Codec.utf8(),
            "parts(mail)",
            person -> person.mail() == null ? null : List.of(person.mail().split("@")));
    Database db = openWith(byPart);
    db.update(tx -> rows().forEach((key, row) -> tx.put(PEOPLE, key, row)));
    db.update(tx -> tx.put(PEOPLE, 3L, new Person("Ada", 17, null)));
    db.view(
        tx -> {
          assertThat(names(tx, byPart))
              .containsExactly("ada1", "cleo4", "example.org1", "example.org4");
          return null;
        });
  }
}
