package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every way to write rows keeps their indexes. */
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
