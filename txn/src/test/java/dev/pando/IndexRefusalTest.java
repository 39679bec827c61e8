package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.IndexNotRegisteredException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Descriptions, functions and keys of indexes that are refused, and what is left then. */
final class IndexRefusalTest extends IndexTestBase {
  @Test
  void aProgramThatDoesNotKnowTheIndexIsRefused() {
    filled().close();
    Database db = open();
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
    List<Throwable> refused = new ArrayList<>();
    db.update(
        tx -> {
          List<Runnable> writes =
              List.of(
                  () -> tx.put(PEOPLE, 1L, person("x")),
                  () -> tx.append(PEOPLE, 9L, person("x")),
                  () -> tx.delete(PEOPLE, 1L),
                  () -> tx.deleteRange(PEOPLE, Range.all()),
                  () -> tx.batch(PEOPLE).put(1L, person("x")),
                  () -> tx.raw("people").put(new byte[8], new byte[8]),
                  () -> tx.raw("people").delete(new byte[8]));
          for (Runnable write : writes) {
            try {
              write.run();
            } catch (IndexNotRegisteredException e) {
              refused.add(e);
            }
          }
          assertThat(refused).hasSize(writes.size());
          tx.put(NAMES, 1L, "another table");
        });
    assertThat(refused.getFirst())
        .hasMessage(
            "table people has the index by name, and this program has not registered it: call"
                + " Database.register with the Index before the first write, or drop the index");
    assertThat(((IndexNotRegisteredException) refused.getFirst()).table()).isEqualTo("people");
    assertThat(((IndexNotRegisteredException) refused.getFirst()).index()).isEqualTo("by name");
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
    assertThat(db.check().notes().toString()).contains("is not registered");
    db.update(tx -> tx.clear(PEOPLE));
    db.update(tx -> assertThat(tx.drop(PEOPLE)).isTrue());
  }

  @Test
  void anotherFunctionOrCodecIsRefused() {
    filled().close();
    Database db = open();
    Index<String, Long, Person> other =
        PEOPLE.index("by name", Codec.utf8(), "upper(name)", Person::name);
    Index<byte[], Long, Person> bytes =
        PEOPLE.index("by name", Codec.bytes(), "name", person -> person.name().getBytes());
    db.view(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.scan(other, Range.all()))
              .withMessageContaining("function is name in the file, not upper(name)");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.count(bytes, Range.all()))
              .withMessageContaining("codec is utf8 in the file, not bytes");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.get(PEOPLE.uniqueIndex("by name", Person::name), "Ada"))
              .withMessageContaining("kind is not unique in the file, not unique");
          return null;
        });
    db.register(other, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);
    assertThatIllegalArgumentException().isThrownBy(() -> db.register(BY_NAME));
    assertThatIllegalArgumentException().isThrownBy(() -> db.put(PEOPLE, 1L, person("x")));
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
    db.close();
    Database again = open();
    again.register(BY_NAME, BY_NAME);
    assertThat(again.check().ok()).isTrue();
  }

  @Test
  void functionsThatFailOrCallLeaveEverything() {
    Database db = open();
    WriteTxn[] running = new WriteTxn[1];
    Index<String, Long, Person> strict =
        PEOPLE.index(
            "strict",
            Codec.utf8(),
            "strict",
            person -> {
              if (person.age() == 0) {
                throw new IllegalStateException("no age");
              }
              if (person.age() == 7) {
                return String.valueOf(running[0].get(NAMES, 1L));
              }
              if (person.age() == 14) {
                running[0].put(NAMES, 1L, "x");
              }
              if (person.age() == 28) {
                running[0].rollback();
              }
              return person.name();
            });
    db.register(strict);
    try (WriteTxn tx = db.beginWrite()) {
      running[0] = tx;
      tx.put(PEOPLE, 1L, person("Ada"));
      for (String name : List.of("", "x", "xy", "abcd")) {
        assertThatIllegalStateException().isThrownBy(() -> tx.put(PEOPLE, 2L, person(name)));
        assertThatIllegalStateException()
            .isThrownBy(
                () -> {
                  Batch<Long, Person> batch = tx.batch(PEOPLE);
                  batch.put(1L, person("Eva"));
                  batch.put(2L, person(name));
                  batch.flush();
                });
        assertThatIllegalStateException()
            .isThrownBy(
                () ->
                    tx.loadSorted(
                        PEOPLE,
                        List.of(Map.entry(7L, person("abc")), Map.entry(8L, person(name)))
                            .iterator()));
      }
      assertThat(names(tx, strict)).containsExactly("Ada1");
      assertThat(tx.get(PEOPLE, 1L)).isEqualTo(person("Ada"));
      assertThat(tx.count(PEOPLE)).isEqualTo(1);
      tx.put(PEOPLE, 2L, person("Bob"));
      tx.commit();
    }
    db.view(tx -> assertThat(names(tx, strict)).containsExactly("Ada1", "Bob2"));
  }

  private static Codec<String> named(String id) {
    return Codec.ofOrdered(
        id, (text, sink) -> Codec.utf8().encode(text, sink), source -> Codec.utf8().decode(source));
  }

  /** The tree of an index that is not unique has both ids as one. */
  @Test
  void idsThatAreTooLongTogether() {
    Table<String, Person> people =
        Table.of("people", named("k".repeat(40_000)), PEOPLE.valueCodec());
    Codec<String> names = named("n".repeat(30_000));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> people.index("by name", names, "name", Person::name))
        .withMessage(
            "index by name of table people: id length=70008 of its codec with that of the table's"
                + " keys, allowed at most 65535 bytes of UTF-8; give one of them a shorter id");
    Database db = open();
    db.register(people.uniqueIndex("by name", names, "name", Person::name));
    db.put(people, "1", person("Ada"));
    assertThat(db.list(people, Range.all())).hasSize(1);
  }

  @Test
  void descriptionsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PEOPLE.index("x", person -> person.name()))
        .withMessageContaining("no reference to an accessor");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PEOPLE.index("x", Person::toString))
        .withMessageContaining("toString");
    assertThatIllegalArgumentException().isThrownBy(() -> NAMES.index("x", String::length));
    assertThatIllegalArgumentException().isThrownBy(() -> PEOPLE.index("", Person::name));
    assertThatIllegalArgumentException().isThrownBy(() -> PEOPLE.index("\ud800", Person::name));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("\0", Codec.utf8(), Codec.utf8()));
    MultiTable<String, Long> multi = MultiTable.of("m", Codec.utf8(), Codec.u64());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> multi.pairs().index("x", Codec.utf8(), "x", _ -> ""));
    assertThat(BY_NAME.table()).isSameAs(PEOPLE);
    assertThat(BY_NAME.name()).isEqualTo("by name");
    assertThat(BY_NAME.functionId()).isEqualTo("name");
    assertThat(BY_NAME.keyCodec().id()).isEqualTo("utf8");
    assertThat(BY_NAME.isUnique()).isFalse();
    assertThat(BY_NAME).hasToString("by name of people(utf8, name)");
    assertThat(PEOPLE.valueCodec().component("age")).isNotNull();
    assertThat(PEOPLE.valueCodec().component("x")).isNull();
    IndexFunction<Person, String> reference = Person::name;
    assertThat(reference.apply(person("Ada"))).isEqualTo("Ada");
  }

  @Test
  void keysThatAreTooLong() {
    Database db = openWith(BY_NAME);
    db.update(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.put(PEOPLE, 1L, person("x".repeat(2_100))))
              .withMessageContaining("index by name of table people: key length=");
          assertThat(tx.count(PEOPLE)).isZero();
          tx.put(PEOPLE, 1L, person("short"));
        });
    assertNames(db, "short1");
  }

  /** Functions of Kotlin, and those of Java through a generic method, throw what they like. */
  @Test
  void anUndeclaredExceptionOfAFunctionArrivesAsItIs() {
    IOException failure = new IOException("no dictionary");
    Index<String, Long, Person> failing =
        PEOPLE.index(
            "failing",
            Codec.utf8(),
            "dictionary",
            person ->
                person.age() == 99
                    ? IndexRefusalTest.<String, RuntimeException>thrown(failure)
                    : person.name());
    Database db = openWith(failing);
    db.update(
        tx -> {
          tx.put(PEOPLE, 1L, person("Ada"));
          assertThatThrownBy(() -> tx.put(PEOPLE, 2L, new Person("Old", 99, null)))
              .isSameAs(failure);
          assertThat(tx.get(PEOPLE, 2L)).isNull();
          tx.put(PEOPLE, 3L, person("Bob"));
          assertThat(names(tx, failing)).containsExactly("Ada1", "Bob3");
        });
  }

  @SuppressWarnings("unchecked") // X is no class at run time
  private static <R, X extends Throwable> R thrown(Throwable failure) throws X {
    throw (X) failure;
  }
}
