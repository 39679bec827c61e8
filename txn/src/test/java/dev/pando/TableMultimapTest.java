package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.testing.NavigableMapTestSuiteBuilder;
import com.google.common.collect.testing.NavigableSetTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestSetGenerator;
import com.google.common.collect.testing.TestSortedMapGenerator;
import com.google.common.collect.testing.TestStringSortedSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import com.google.common.collect.testing.features.SetFeature;
import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Multimap tables as multimaps: Guava's suites for what they return, and what is their own. */
final class TableMultimapTest extends DatabaseTestBase {
  private static final MultiTable<String, String> TEXTS =
      MultiTable.of("texts", Codec.utf8(), Codec.utf8());
  private static final MultiTable<String, Integer> TAGGED =
      MultiTable.of("tagged", Codec.utf8(), Codec.i32());

  /** The values of a key that has neighbours. Each set is the only one of its time. */
  private static TestSuite valueSets(TableMultimap<String, String> multimap) {
    return NavigableSetTestSuiteBuilder.using(
            new TestStringSortedSetGenerator() {
              @Override
              protected SortedSet<String> create(String[] elements) {
                NavigableSet<String> values = multimap.get("key");
                values.clear();
                boolean _ = values.addAll(List.of(elements));
                return values;
              }
            })
        .named("value sets")
        .withFeatures(CollectionSize.ANY, CollectionFeature.KNOWN_ORDER, SetFeature.GENERAL_PURPOSE)
        .createTestSuite();
  }

  private static TestSuite keySets(TableMultimap<String, String> multimap) {
    return NavigableSetTestSuiteBuilder.using(
            new TestStringSortedSetGenerator() {
              @Override
              protected SortedSet<String> create(String[] elements) {
                multimap.clear();
                for (String key : elements) {
                  boolean _ = multimap.put(key, "one") | multimap.put(key, "two");
                }
                return multimap.keySet();
              }
            })
        .named("key sets")
        .withFeatures(
            CollectionSize.ANY,
            CollectionFeature.KNOWN_ORDER,
            CollectionFeature.REMOVE_OPERATIONS,
            CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
        .createTestSuite();
  }

  private static final class Maps implements TestSortedMapGenerator<String, NavigableSet<String>> {
    private final TableMultimap<String, String> multimap;

    Maps(TableMultimap<String, String> multimap) {
      this.multimap = multimap;
    }

    private static Map.Entry<String, NavigableSet<String>> entry(String key, String... values) {
      return Map.entry(key, new TreeSet<>(List.of(values)));
    }

    @Override
    public SampleElements<Map.Entry<String, NavigableSet<String>>> samples() {
      return new SampleElements<>(
          entry("one", "a"),
          entry("two", "b", "c"),
          entry("three", "c"),
          entry("four", "a", "b", "c"),
          entry("five", ""));
    }

    @Override
    public SortedMap<String, NavigableSet<String>> create(Object... entries) {
      multimap.clear();
      for (Object each : entries) {
        @SuppressWarnings("unchecked")
        var entry = (Map.Entry<String, NavigableSet<String>>) each;
        NavigableSet<String> values = multimap.get(entry.getKey());
        values.clear(); // as put of a map does with the value before
        boolean _ = values.addAll(entry.getValue());
      }
      return multimap.asMap();
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Map.Entry<String, NavigableSet<String>>[] createArray(int length) {
      return new Map.Entry[length];
    }

    @Override
    public Iterable<Map.Entry<String, NavigableSet<String>>> order(
        List<Map.Entry<String, NavigableSet<String>>> entries) {
      entries.sort(Map.Entry.comparingByKey());
      return entries;
    }

    @Override
    public String[] createKeyArray(int length) {
      return new String[length];
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public NavigableSet<String>[] createValueArray(int length) {
      return new NavigableSet[length];
    }

    @Override
    public Map.Entry<String, NavigableSet<String>> belowSamplesLesser() {
      return entry("!! a", "a");
    }

    @Override
    public Map.Entry<String, NavigableSet<String>> belowSamplesGreater() {
      return entry("!! b", "a");
    }

    @Override
    public Map.Entry<String, NavigableSet<String>> aboveSamplesLesser() {
      return entry("~~ a", "a");
    }

    @Override
    public Map.Entry<String, NavigableSet<String>> aboveSamplesGreater() {
      return entry("~~ b", "a");
    }
  }

  private static TestSuite maps(TableMultimap<String, String> multimap) {
    return NavigableMapTestSuiteBuilder.using(new Maps(multimap))
        .named("maps")
        .withFeatures(
            CollectionSize.ANY,
            CollectionFeature.KNOWN_ORDER,
            CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
            MapFeature.SUPPORTS_REMOVE)
        .createTestSuite();
  }

  private static TestSuite entrySets(TableMultimap<String, String> multimap) {
    return SetTestSuiteBuilder.using(
            new TestSetGenerator<Map.Entry<String, String>>() {
              @Override
              public SampleElements<Map.Entry<String, String>> samples() {
                return new SampleElements<>(
                    Map.entry("a", "1"),
                    Map.entry("a", "2"),
                    Map.entry("b", "1"),
                    Map.entry("b", "3"),
                    Map.entry("c", "1"));
              }

              @Override
              @SuppressWarnings("unchecked")
              public Set<Map.Entry<String, String>> create(Object... entries) {
                multimap.clear();
                for (Object each : entries) {
                  var entry = (Map.Entry<String, String>) each;
                  boolean _ = multimap.put(entry.getKey(), entry.getValue());
                }
                return multimap.entries();
              }

              @Override
              @SuppressWarnings({"unchecked", "rawtypes"})
              public Map.Entry<String, String>[] createArray(int length) {
                return new Map.Entry[length];
              }

              @Override
              public Iterable<Map.Entry<String, String>> order(
                  List<Map.Entry<String, String>> entries) {
                return entries;
              }
            })
        .named("entries")
        .withFeatures(
            CollectionSize.ANY,
            CollectionFeature.KNOWN_ORDER,
            CollectionFeature.REMOVE_OPERATIONS,
            CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
        .createTestSuite();
  }

  private static void run(TestSuite suite, int least) {
    TestResult result = new TestResult();
    suite.run(result);
    System.out.printf("  %,d tests of %s of multimaps%n", result.runCount(), suite.getName());
    List<String> wrong = new ArrayList<>();
    result.errors().asIterator().forEachRemaining(each -> wrong.add(each.toString()));
    result.failures().asIterator().forEachRemaining(each -> wrong.add(each.toString()));
    assertThat(wrong).isEmpty();
    assertThat(result.runCount()).isGreaterThan(least);
  }

  @Test
  void valuesOfAKeyAreASortedSet() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      for (String neighbour : List.of("", "ke", "key\0", "keys")) {
        assertThat(tx.put(TEXTS, neighbour, "a")).isTrue();
      }
      run(valueSets(tx.asMultimap(TEXTS)), 1000);
      tx.asMultimap(TEXTS).get("key").clear();
      assertThat(tx.count(TEXTS)).isEqualTo(4);
      tx.commit();
    }
  }

  @Test
  void keysAreASortedSet() {
    open().update(tx -> run(keySets(tx.asMultimap(TEXTS)), 1000));
  }

  /** Thirty thousand tests, which take seconds. */
  @Test
  @Tag("proof")
  void keysWithTheirValuesAreASortedMap() {
    open().update(tx -> run(maps(tx.asMultimap(TEXTS)), 10_000));
  }

  @Test
  void entriesAreASet() {
    open().update(tx -> run(entrySets(tx.asMultimap(TEXTS)), 100));
  }

  /** Each call of a view is a commit. */
  @Test
  @Tag("proof")
  void ofADatabase() {
    Database db = open(Options.defaults().withDurability(Durability.ASYNC));
    run(valueSets(db.multimap(TEXTS)), 1000);
    run(keySets(db.multimap(TEXTS)), 1000);
    run(entrySets(db.multimap(TEXTS)), 100);
  }

  @Test
  void readsAndWritesItsTable() {
    Database db = open();
    db.update(
        tx -> {
          TableMultimap<String, Integer> tagged = tx.asMultimap(TAGGED);
          assertThat(tagged.isEmpty()).isTrue();
          assertThat(tx.tables()).as("nothing was written").isEmpty();
          assertThat(tagged.put("b", 2)).isTrue();
          assertThat(tagged.put("b", 2)).isFalse();
          NavigableSet<Integer> values = tagged.get("a");
          assertThat(values).isEmpty();
          assertThat(values.add(5)).isTrue();
          assertThat(values.addAll(List.of(3, 4, 5, -6))).isTrue();
          assertThat(tx.values(TAGGED, "a").toList()).containsExactly(-6, 3, 4, 5);
          assertThat(tx.put(TAGGED, "a", 9)).isTrue();
          assertThat(values).containsExactly(-6, 3, 4, 5, 9);
          assertThat(values.descendingSet().headSet(3)).containsExactly(9, 5, 4);
          assertThat(values.subSet(3, 5).removeIf(value -> value == 4)).isTrue();
          assertThat(tagged.size()).isEqualTo(5);
          assertThat(tagged.containsKey("a")).isTrue();
          assertThat(tagged.containsKey("c")).isFalse();
          assertThat(tagged.containsEntry("a", 9)).isTrue();
          assertThat(tagged.containsEntry("b", 9)).isFalse();
          assertThat(tagged.remove("a", 9)).isTrue();
          assertThat(tagged.remove("a", 9)).isFalse();
          assertThat(tagged).hasToString("{a=[-6, 3, 5], b=[2]}");
          NavigableSet<Integer> removed = tagged.removeAll("a");
          assertThat(removed).containsExactly(-6, 3, 5);
          assertThat(removed.add(7)).as("of a copy").isTrue();
          assertThat(tagged.removeAll("a")).isEmpty();
          assertThat(tagged.keySet()).containsExactly("b");
          assertThat(tagged.entries()).containsExactly(Map.entry("b", 2));
          tagged.clear();
          assertThat(tx.count(TAGGED)).isZero();
        });
  }

  @Test
  void multimapsOfTheSameEntriesAreEqual() {
    Database db = open();
    MultiTable<String, Integer> other = MultiTable.of("other", Codec.utf8(), Codec.i32());
    db.update(
        tx -> {
          for (int i = 0; i < 100; i++) {
            tx.put(TAGGED, "k" + i % 7, i);
            tx.put(other, "k" + i % 7, i);
          }
          assertThat(tx.asMultimap(TAGGED))
              .isEqualTo(tx.asMultimap(other))
              .hasSameHashCodeAs(tx.asMultimap(other))
              .isNotEqualTo(tx.asMap(TAGGED.pairs()));
          tx.delete(other, "k1", 1);
          assertThat(tx.asMultimap(TAGGED)).isNotEqualTo(tx.asMultimap(other));
        });
  }

  @Test
  void ofAReadTransactionCannotBeChanged() {
    Database db = open();
    db.update(tx -> tx.put(TAGGED, "a", 1));
    try (ReadTxn tx = db.beginRead()) {
      TableMultimap<String, Integer> tagged = tx.asMultimap(TAGGED);
      assertThat(tagged.get("a")).containsExactly(1);
      assertThat(tagged.asMap()).containsExactly(Map.entry("a", new TreeSet<>(List.of(1))));
      Iterator<String> keys = tagged.keySet().iterator();
      assertThat(keys.next()).isEqualTo("a");
      Iterator<Integer> values = tagged.get("a").iterator();
      assertThat(values.next()).isEqualTo(1);
      for (Runnable change :
          List.<Runnable>of(
              () -> tagged.put("a", 1),
              () -> tagged.remove("b", 1),
              () -> tagged.removeAll("b"),
              () -> tagged.get("b").add(1),
              () -> tagged.get("b").remove(1),
              () -> tagged.get("b").clear(),
              () -> tagged.keySet().remove("b"),
              () -> tagged.asMap().remove("b"),
              () -> tagged.asMap().pollFirstEntry(),
              () -> tagged.entries().remove(Map.entry("b", 1)),
              keys::remove,
              values::remove,
              tagged::clear)) {
        assertThatThrownBy(change::run)
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("read transaction");
      }
    }
  }

  @Test
  void whatItDoesNotSupportSaysSo() {
    Database db = open();
    db.update(
        tx -> {
          TableMultimap<String, Integer> tagged = tx.asMultimap(TAGGED);
          boolean _ = tagged.put("a", 1);
          NavigableSet<Integer> values = new TreeSet<>(List.of(2));
          assertThatThrownBy(() -> tagged.asMap().put("a", values))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessageContaining("get(key).addAll(values)");
          var entry = tagged.asMap().entrySet().iterator().next();
          assertThatThrownBy(() -> entry.setValue(values))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> tagged.keySet().add("b"))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> tagged.entries().add(Map.entry("b", 1)))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> tagged.entries().iterator().next().setValue(3))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThat(tagged).hasToString("{a=[1]}");
        });
  }

  @Test
  void refusesWhatIsNoKeyOrValue() {
    Database db = open();
    db.update(
        tx -> {
          TableMultimap<String, Integer> tagged = tx.asMultimap(TAGGED);
          boolean _ = tagged.put("a", 1);
          assertThatNullPointerException().isThrownBy(() -> tagged.get(null));
          assertThatNullPointerException().isThrownBy(() -> tagged.put("a", null));
          assertThatNullPointerException().isThrownBy(() -> tagged.get("a").add(null));
          assertThatNullPointerException().isThrownBy(() -> tagged.keySet().contains(null));
          Object number = 5;
          assertThatThrownBy(() -> tagged.keySet().contains(number))
              .isInstanceOf(ClassCastException.class);
          assertThatThrownBy(() -> tagged.get("a").contains((Object) "x"))
              .isInstanceOf(ClassCastException.class);
          assertThat(tagged.get("a").equals(Set.of("x"))).isFalse();
          assertThat(tagged.entries().equals(Set.of(Map.entry(5, "x")))).isFalse();
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tagged.get("a").headSet(5).add(7))
              .withMessage("key 7 is not in (first, 5) and the values of key a of table tagged");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tagged.get("a").headSet(5).tailSet(9));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tagged.put("x".repeat(3000), 1))
              .withMessageContaining("key length=3006");
        });
    db.put(WORDS, "a", "b");
    MultiTable<String, String> words = MultiTable.of("words", Codec.utf8(), Codec.utf8());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.multimap(words).get("a").isEmpty())
        .withMessageContaining("multimap");
  }

  @Test
  void endsWithItsTransaction() {
    Database db = open();
    TableMultimap<String, Integer> ended;
    NavigableSet<Integer> values;
    try (WriteTxn tx = db.beginWrite()) {
      ended = tx.asMultimap(TAGGED);
      values = ended.get("a");
      assertThat(values.add(1)).isTrue();
      tx.commit();
    }
    assertThatIllegalStateException().isThrownBy(() -> values.contains(1));
    assertThatIllegalStateException().isThrownBy(() -> ended.keySet().iterator().hasNext());
    assertThatIllegalStateException().isThrownBy(() -> ended.put("a", 2));
    TableMultimap<String, Integer> live = db.multimap(TAGGED);
    assertThat(live.get("a")).containsExactly(1);
    closeChecked(db);
    assertThatIllegalStateException().isThrownBy(() -> live.get("a").size());
    assertThatIllegalStateException().isThrownBy(() -> db.multimap(TAGGED));
  }

  @Test
  void iteratorsRemove() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          TableMultimap<String, Integer> tagged = tx.asMultimap(TAGGED);
          for (int i = 0; i < 5000; i++) {
            boolean _ = tagged.put("k%02d".formatted(i % 50), i);
          }
          Iterator<String> keys = tagged.keySet().iterator();
          for (int i = 0; keys.hasNext(); i++) {
            assertThat(keys.next()).isEqualTo("k%02d".formatted(i));
            if (i % 2 == 0) {
              boolean _ = keys.hasNext();
              keys.remove();
              assertThatIllegalStateException().isThrownBy(keys::remove);
            }
          }
          assertThatThrownBy(keys::next).isInstanceOf(NoSuchElementException.class);
          assertThat(tagged.keySet()).hasSize(25);
          assertThat(tagged.size()).isEqualTo(2500);
          assertThat(tagged.entries().removeIf(entry -> entry.getValue() % 4 == 1)).isTrue();
          assertThat(tagged.size()).isEqualTo(1250);
          assertThat(tagged.get("k03").removeIf(value -> value < 2000)).isTrue();
          assertThat(tagged.get("k03").first()).isEqualTo(2003);
          tagged.asMap().headMap("k25").values().removeIf(values -> values.size() > 12);
          tagged.asMap().tailMap("k27", true).keySet().clear();
          assertThat(tagged.keySet()).containsExactly("k25");
        });
  }

  @Test
  void iteratorsOfADatabaseHoldNoTransactionOpen() {
    Database db = open();
    db.update(
        tx -> {
          for (int i = 0; i < 3000; i++) {
            tx.put(TAGGED, "k" + i % 3, i);
          }
        });
    TableMultimap<String, Integer> tagged = db.multimap(TAGGED);
    int seen = 0;
    for (String key : tagged.keySet()) {
      assertThat(db.readers()).isEmpty();
      for (int value : tagged.get(key)) {
        assertThat(db.readers()).isEmpty();
        assertThat(value % 3).isEqualTo(key.charAt(1) - '0');
        seen++;
      }
    }
    assertThat(seen).isEqualTo(3000);
    assertThat(tagged.entries()).hasSize(3000);
    assertThat(tagged.removeAll("k1")).hasSize(1000);
    assertThat(tagged.keySet().remove("k0")).isTrue();
    assertThat(tagged.keySet().remove("k0")).isFalse();
    assertThat(tagged.asMap().pollLastEntry().getValue()).hasSize(1000);
    assertThat(tagged.isEmpty()).isTrue();
    assertThat(tagged.asMap().pollFirstEntry()).isNull();
    assertThat(tagged.keySet().iterator().hasNext()).isFalse();
  }
}
