package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.error.IndexNotRegisteredException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every way to write a table keeps its index, or is refused. */
final class IndexTest extends IndexTestBase {
  @Test
  void scansGiveKeysAndRows() {
    Database db = filled();
    db.view(
        tx -> {
          assertThat(names(tx, BY_NAME)).containsExactly("Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
          assertThat(tx.scan(BY_NAME, Range.only("Ada")).toList())
              .containsExactly(
                  new IndexEntry<>("Ada", 1L, rows().get(1L)),
                  new IndexEntry<>("Ada", 3L, rows().get(3L)));
          IndexEntry<String, Long, Person> cleo =
              tx.scan(BY_NAME, Range.only("Cleo")).iterator().next();
          assertThat(cleo.indexKey() + cleo.key() + cleo.value().age()).isEqualTo("Cleo440");
          assertThat(tx.scan(BY_NAME, Range.<String>atLeast("B").reversed().limit(2)).stream())
              .extracting(IndexEntry::key)
              .containsExactly(5L, 4L);
          assertThat(tx.count(BY_NAME, Range.closed("Ada", "Bob"))).isEqualTo(3);
          assertThat(tx.tables()).containsExactly("people");
          try (IndexScan<Entry<String, Long>> scan = tx.scanKeys(BY_NAME, Range.all())) {
            assertThat(scan.iterator().next()).isEqualTo(new Entry<>("Ada", 1L));
          }
          return null;
        });
    assertThat(db.stat().tables()).isEqualTo(1);
  }

  @Test
  void putsAndDeletes() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.put(PEOPLE, 1L, person("Zoe"))).isFalse();
          assertThat(tx.put(PEOPLE, 2L, person("Bob"))).isFalse();
          assertThat(tx.put(PEOPLE, 6L, person("Ada"))).isTrue();
          assertThat(tx.delete(PEOPLE, 3L)).isTrue();
          assertThat(tx.delete(PEOPLE, 33L)).isFalse();
          assertThat(names(tx, BY_NAME)).containsExactly("Ada6", "Bob2", "Cleo4", "Zoe1", "bob5");
        });
    db.update(
        tx -> {
          assertThat(tx.compute(PEOPLE, 4L, (_, _) -> null)).isNull();
          assertThat(tx.replace(PEOPLE, 5L, person("Eve"))).isTrue();
          assertThat(tx.merge(PEOPLE, 7L, person("Kim"), (_, more) -> more)).isNotNull();
          assertThat(tx.putIfAbsent(PEOPLE, 7L, person("Lea"))).isNotNull();
          assertThat(tx.pollFirst(PEOPLE)).isNotNull();
        });
    assertNames(db, "Ada6", "Bob2", "Eve5", "Kim7");
  }

  @Test
  void appendsAndLoads() {
    Database db = openWith(BY_NAME);
    db.update(
        tx -> {
          tx.append(PEOPLE, 1L, person("b"));
          tx.append(PEOPLE, 2L, person("a"));
          assertThatIllegalArgumentException().isThrownBy(() -> tx.append(PEOPLE, 2L, person("c")));
          assertThat(
                  tx.loadSorted(
                      PEOPLE,
                      Map.of(3L, person("b"), 4L, person("c")).entrySet().stream()
                          .sorted(Map.Entry.comparingByKey())
                          .iterator()))
              .isEqualTo(2);
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () ->
                      tx.loadSorted(
                          PEOPLE,
                          List.of(Map.entry(5L, person("d")), Map.entry(4L, person("e")))
                              .iterator()));
        });
    assertNames(db, "a2", "b1", "b3", "c4");
  }

  @Test
  void cursors() {
    Database db = filled();
    db.update(
        tx -> {
          try (TableCursor<Long, Person> cursor = tx.cursor(PEOPLE)) {
            assertThat(cursor.seekExact(2L)).isTrue();
            cursor.replace(person("Tim"));
            assertThat(cursor.next()).isTrue();
            cursor.delete();
            assertThat(cursor.put(9L, person("Uma"))).isTrue();
            assertThat(cursor.putIfAbsent(9L, person("Vic"))).isFalse();
            cursor.append(10L, person("Wim"));
          }
        });
    assertNames(db, "Ada1", "Cleo4", "Tim2", "Uma9", "Wim10", "bob5");
  }

  @Test
  void rawWrites() {
    Database db = filled();
    byte[] three = {0, 0, 0, 0, 0, 0, 0, 3};
    byte[] six = {0, 0, 0, 0, 0, 0, 0, 6};
    db.update(
        tx -> {
          RawTable typed = tx.raw(PEOPLE);
          byte[] ada = typed.get(three);
          assertThat(ada).isNotNull();
          assertThat(typed.delete(three)).isTrue();
          RawTable bytes = tx.raw("people");
          assertThat(bytes.put(six, ada)).isTrue();
          RawBatch batch = bytes.batch();
          batch.delete(new byte[] {0, 0, 0, 0, 0, 0, 0, 4});
          batch.flush();
          try (RawCursor cursor = bytes.cursor()) {
            assertThat(cursor.first()).isTrue();
            cursor.delete();
          }
        });
    assertNames(db, "Ada6", "Bob2", "bob5");
  }

  @Test
  void batches() {
    Database db = filled();
    db.update(
        tx -> {
          Batch<Long, Person> batch = tx.batch(PEOPLE);
          batch.put(8L, person("Sid"));
          batch.delete(1L);
          batch.put(2L, person("Rob"));
          batch.put(8L, person("Ted"));
          assertThat(keys(tx, BY_NAME, "Ted")).containsExactly(8L);
          batch.put(9L, person("Ted"));
          IndexScan<Entry<String, Long>> scan = tx.scanKeys(BY_NAME, Range.only("Ted"));
          assertThat(scan.toList()).hasSize(2);
          batch.put(10L, person("Ted"));
          assertThat(scan.toList()).hasSize(3);
          batch.delete(10L);
          assertThat(tx.count(BY_NAME, Range.only("Ted"))).isEqualTo(2);
          batch.delete(9L);
        });
    assertNames(db, "Ada3", "Cleo4", "Rob2", "Ted8", "bob5");
  }

  @Test
  void rangesClearAndMaps() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.deleteRange(PEOPLE, Range.closed(2L, 3L))).isEqualTo(2);
          assertThat(names(tx, BY_NAME)).containsExactly("Ada1", "Cleo4", "bob5");
          assertThat(tx.deleteIf(PEOPLE, Range.all(), (key, _) -> key == 5)).isEqualTo(1);
          NavigableMap<Long, Person> map = tx.asMap(PEOPLE);
          assertThat(map.put(1L, person("Moe"))).isEqualTo(rows().get(1L));
          assertThat(map.headMap(1L, true).keySet().removeAll(List.of(1L))).isTrue();
        });
    assertNames(db, "Cleo4");
    db.map(PEOPLE).put(6L, person("Noa"));
    assertNames(db, "Cleo4", "Noa6");
    db.update(tx -> tx.clear(PEOPLE));
    assertNames(db);
    db.update(tx -> tx.put(PEOPLE, 1L, person("Pia")));
    db.update(tx -> tx.clear("people"));
    assertNames(db);
  }

  @Test
  void dropsAndRenames() {
    Database db = filled();
    Table<Long, Person> others = Table.of("others", PEOPLE.keyCodec(), PEOPLE.valueCodec());
    Index<String, Long, Person> byName = others.index("by name", Person::name);
    db.update(tx -> assertThat(tx.rename(PEOPLE, others)).isTrue());
    db.view(
        tx -> {
          assertThat(keys(tx, byName, "Ada")).containsExactly(1L, 3L);
          assertThat(names(tx, BY_NAME)).isEmpty();
          return null;
        });
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(() -> db.put(others, 1L, person("Zoe")));
    db.update(
        tx -> {
          for (String name : List.of("by mail", "by age and name", "adults", "by letter")) {
            assertThat(tx.drop(others.index(name, Person::name))).isTrue();
          }
        });
    db.register(byName);
    db.put(others, 1L, person("Zoe"));
    db.view(tx -> assertThat(names(tx, byName)).contains("Zoe1", "Ada3"));
    db.update(tx -> assertThat(tx.drop(others)).isTrue());
    assertThat(db.stat().tables()).isZero();
    db.view(
        tx -> {
          assertThat(names(tx, byName)).isEmpty();
          return null;
        });
    db.update(tx -> tx.put(PEOPLE, 1L, person("Yan")));
    assertNames(db, "Yan1");
  }

  @Test
  void rollbacksUndoBoth() {
    Database db = filled();
    db.update(
        tx -> {
          Savepoint before = tx.savepoint();
          tx.put(PEOPLE, 1L, person("Zoe"));
          tx.delete(PEOPLE, 2L);
          Savepoint inner = tx.savepoint();
          assertThat(tx.drop(PEOPLE)).isTrue();
          tx.rollbackTo(inner);
          assertThat(names(tx, BY_NAME)).containsExactly("Ada3", "Cleo4", "Zoe1", "bob5");
          tx.clear(PEOPLE);
          tx.rollbackTo(before);
          tx.put(PEOPLE, 6L, person("Fay"));
        });
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "Fay6", "bob5");
  }

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

  @Test
  void copiesHaveTheIndexes() {
    Database db = filled();
    db.update(tx -> tx.deleteRange(PEOPLE, Range.only(2L)));
    String[] left = {"Ada1", "Ada3", "Cleo4", "bob5"};
    Path compact = directory().resolve("compact.pando");
    Path pages = directory().resolve("pages.pando");
    db.backup(compact, BackupForm.COMPACT, (_, _) -> {});
    db.backup(pages);
    Database target = open(directory().resolve("target.pando"), Options.defaults());
    target.update(tx -> tx.put(NAMES, 1L, "other"));
    db.view(
        tx -> {
          target.update(into -> tx.copyTo(into));
          return null;
        });
    Database again = open(directory().resolve("again.pando"), Options.defaults());
    again.register(BY_NAME, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);
    again.update(tx -> tx.create(PEOPLE));
    db.view(
        tx -> {
          again.update(into -> assertThat(tx.copyTo(into, PEOPLE)).isTrue());
          return null;
        });
    db.compact();
    for (Database copy :
        List.of(
            db,
            open(compact, Options.defaults()),
            open(pages, Options.defaults()),
            target,
            again)) {
      copy.register(BY_NAME, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);
      assertNames(copy, left);
      assertThat(copy.check().throwIfBad().notes()).isEmpty();
      copy.put(PEOPLE, 4L, person("Dan"));
      assertNames(copy, "Ada1", "Ada3", "Dan4", "bob5");
    }
    Database small = open(directory().resolve("small.pando"), Options.defaults());
    small.update(tx -> tx.create(PEOPLE));
    db.view(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> small.update(into -> tx.copyTo(into)))
              .withMessageContaining("its indexes are others");
          return null;
        });
  }

  @Test
  void snapshotsHaveTheirIndexes() {
    Database db = filled();
    db.snapshots().create("before");
    db.update(tx -> tx.clear(PEOPLE));
    db.update(tx -> tx.put(PEOPLE, 9L, person("Zoe")));
    try (ReadTxn tx = db.snapshots().open("before")) {
      assertThat(keys(tx, BY_NAME, "Ada")).containsExactly(1L, 3L);
    }
    assertNames(db, "Zoe9");
    db.snapshots().restore("before");
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
    db.put(PEOPLE, 2L, person("Rob"));
    assertNames(db, "Ada1", "Ada3", "Cleo4", "Rob2", "bob5");
  }

  @Test
  void namesOfIndexTreesAreOfNoTable() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.drop("\0" + 1)).isFalse();
          assertThat(tx.rename("\0" + 1, "mine")).isFalse();
          tx.clear("\0" + 1);
          assertThat(tx.stat("\0" + 1)).isNull();
          assertThat(tx.count("\0" + 1)).isZero();
          assertThatIllegalArgumentException().isThrownBy(() -> tx.raw("\0" + 1));
        });
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
  }

  @Test
  void manyRowsSplitAndMerge() {
    Database db = openWith(BY_NAME, BY_LETTER);
    Map<Long, Person> model = new TreeMap<>();
    db.update(
        tx -> {
          for (long i = 0; i < 5_000; i++) {
            Person row = person("name" + i * 7_919 % 1_000);
            model.put(i, row);
            tx.put(PEOPLE, i, row);
          }
          assertThat(tx.deleteRange(PEOPLE, Range.closedOpen(1_000L, 4_000L))).isEqualTo(3_000);
        });
    model.keySet().removeIf(key -> key >= 1_000 && key < 4_000);
    db.view(
        tx -> {
          List<String> expected =
              model.entrySet().stream()
                  .map(e -> e.getValue().name() + e.getKey())
                  .sorted()
                  .toList();
          assertThat(names(tx, BY_NAME)).hasSameElementsAs(expected).hasSize(expected.size());
          return null;
        });
  }
}
