package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.testing.NavigableMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringSortedMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.Feature;
import com.google.common.collect.testing.features.MapFeature;
import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables as maps: Guava's suite for sorted maps, and what maps of tables have of their own. */
final class TableMapTest extends DatabaseTestBase {
  private static final Table<String, String> MAP = Table.of("map", Codec.utf8(), Codec.utf8());

  private static TestSuite suite(String name, TestStringSortedMapGenerator maps) {
    List<Feature<?>> features =
        new ArrayList<>(
            List.of(
                CollectionSize.ANY,
                CollectionFeature.KNOWN_ORDER,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                MapFeature.GENERAL_PURPOSE));
    return NavigableMapTestSuiteBuilder.using(maps)
        .named(name)
        .withFeatures(features)
        .createTestSuite();
  }

  /** Each map is the only one of its time, so all can be of the same table. */
  private static void fill(NavigableMap<String, String> map, Map.Entry<String, String>[] entries) {
    map.clear();
    for (Map.Entry<String, String> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
  }

  @Test
  void ofAWriteTransaction() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      runAll(
          new TestStringSortedMapGenerator() {
            @Override
            protected SortedMap<String, String> create(Map.Entry<String, String>[] entries) {
              NavigableMap<String, String> map = tx.asMap(MAP);
              fill(map, entries);
              return map;
            }
          });
      tx.commit();
    }
  }

  /** Each call of a map is a commit; what a test begins with is one commit. */
  @Test
  @Tag("proof")
  void ofADatabase() {
    Database db = open(Options.defaults().withDurability(Durability.ASYNC));
    runAll(
        new TestStringSortedMapGenerator() {
          @Override
          protected SortedMap<String, String> create(Map.Entry<String, String>[] entries) {
            db.update(tx -> fill(tx.asMap(MAP), entries));
            return db.map(MAP);
          }
        });
  }

  private static void runAll(TestStringSortedMapGenerator maps) {
    TestResult result = new TestResult();
    suite("maps", maps).run(result);
    System.out.printf("  %,d tests of maps%n", result.runCount());
    List<String> wrong = new ArrayList<>();
    result.errors().asIterator().forEachRemaining(each -> wrong.add(each.toString()));
    result.failures().asIterator().forEachRemaining(each -> wrong.add(each.toString()));
    assertThat(wrong).isEmpty();
    assertThat(result.runCount()).isGreaterThan(10_000);
  }

  @Test
  void aMapOfAReadTransactionCannotBeChanged() {
    Database db = open();
    db.put(MAP, "a", "1");
    try (ReadTxn tx = db.beginRead()) {
      NavigableMap<String, String> map = tx.asMap(MAP);
      assertThat(map).containsExactly(Map.entry("a", "1"));
      assertThatThrownBy(() -> map.put("b", "2")).isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> map.remove("zz"))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("read transaction");
      Iterator<String> keys = map.keySet().iterator();
      assertThat(keys.next()).isEqualTo("a");
      assertThatThrownBy(keys::remove).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void partsDoNotReachBeyondTheirBounds() {
    Database db = open();
    NavigableMap<String, String> map = db.map(MAP);
    for (String key : List.of("a", "c", "e", "g")) {
      assertThat(map.put(key, key)).isNull();
    }
    NavigableMap<String, String> part = map.subMap("b", true, "f", false);
    assertThat(part.keySet()).containsExactly("c", "e");
    assertThat(part.descendingMap().headMap("c", false).keySet()).containsExactly("e");
    assertThat(part.get("a")).isNull();
    assertThat(part.remove("a")).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.put("g", "x"))
        .withMessageContaining("table map");
    assertThatIllegalArgumentException().isThrownBy(() -> part.tailMap("a"));
    assertThatIllegalArgumentException().isThrownBy(() -> map.subMap("f", "b"));
    assertThat(part.lowerKey("z")).isEqualTo("e");
    assertThat(part.firstEntry()).isEqualTo(Map.entry("c", "c"));
    part.clear();
    assertThat(map.keySet()).containsExactly("a", "g");
  }

  /** Far more than an iterator of a database reads at once. */
  @Test
  void anIteratorOfADatabaseHoldsNoTransactionOpen() {
    Database db = open();
    db.update(
        tx -> {
          for (int i = 0; i < 3000; i++) {
            tx.put(MAP, "k%04d".formatted(i), "v");
          }
        });
    int seen = 0;
    for (Map.Entry<String, String> entry : db.map(MAP).entrySet()) {
      assertThat(entry.getKey()).isEqualTo("k%04d".formatted(seen));
      assertThat(db.readers()).isEmpty();
      if (seen % 2 == 0) {
        boolean _ = db.delete(MAP, "k%04d".formatted(seen)); // what was returned may go
      }
      seen++;
    }
    assertThat(seen).isEqualTo(3000);
    assertThat(db.map(MAP)).hasSize(1500);
  }
}
