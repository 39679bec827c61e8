package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table of people with indexes of all kinds. */
abstract class IndexTestBase extends DatabaseTestBase {
  /** A row. */
  record Person(String name, int age, @Nullable String mail) {}

  static final Table<Long, Person> PEOPLE =
      Table.of(
          "people",
          Codec.u64(),
          Codec.record(Person.class, Codec.utf8(), Codec.i32(), Codec.nullable(Codec.utf8())));

  static final Index<String, Long, Person> BY_NAME = PEOPLE.index("by name", Person::name);
  static final Index<String, Long, Person> BY_MAIL = PEOPLE.uniqueIndex("by mail", Person::mail);
  static final Index<Tuple2<Integer, String>, Long, Person> BY_AGE =
      PEOPLE.index("by age and name", Person::age, Person::name);
  static final Index<String, Long, Person> ADULTS =
      PEOPLE
          .index(
              "adults",
              Codec.utf8(),
              "lower(name)",
              person -> person.name().toLowerCase(Locale.ROOT))
          .where("age>=18", person -> person.age() >= 18);
  static final Index<String, Long, Person> BY_LETTER =
      PEOPLE.indexEach(
          "by letter",
          Codec.utf8(),
          "letters(name)",
          person -> person.name().chars().mapToObj(Character::toString).toList());

  static final List<Index<?, ?, ?>> ALL = List.of(BY_NAME, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);

  static Person person(String name) {
    return new Person(name, name.length() * 7, null);
  }

  final Database openWith(Index<?, ?, ?>... indexes) {
    Database db = open();
    db.register(indexes);
    return db;
  }

  /** A database in which rows 1 to 5 are, with all indexes. */
  final Database filled() {
    Database db = openWith(ALL.toArray(Index<?, ?, ?>[]::new));
    db.update(tx -> rows().forEach((key, row) -> tx.put(PEOPLE, key, row)));
    return db;
  }

  static Map<Long, Person> rows() {
    Map<Long, Person> rows = new TreeMap<>();
    rows.put(1L, new Person("Ada", 36, "ada@example.org"));
    rows.put(2L, new Person("Bob", 12, null));
    rows.put(3L, new Person("Ada", 17, "ada2@example.org"));
    rows.put(4L, new Person("Cleo", 40, "cleo@example.org"));
    rows.put(5L, new Person("bob", 70, null));
    return rows;
  }

  static List<Long> keys(ReadTxn tx, Index<String, Long, Person> index, String key) {
    return tx.scanKeys(index, Range.only(key)).stream().map(Entry::value).toList();
  }

  /** All entries of an index by name, as text. */
  static List<String> names(ReadTxn tx, Index<String, Long, Person> index) {
    return tx.scanKeys(index, Range.all()).stream().map(e -> e.key() + e.value()).toList();
  }

  static void assertNames(Database db, String... expected) {
    db.view(
        tx -> {
          assertThat(names(tx, BY_NAME)).containsExactly(expected);
          return null;
        });
  }
}
