package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A multimap beside a sorted map of sorted sets: keys of fixed and of variable length, in both
 * orders, the empty one, and one after which no other can come.
 */
@Tag("scaled")
final class TableMultimapModelTest extends DatabaseTestBase {
  private static final int CHANGES = 300;

  /** One kind of keys and values. */
  private final class Trial<K, V> {
    private final MultiTable<K, V> table;
    private final Function<Random, K> keys;
    private final Function<Random, V> values;
    private final Comparator<V> order;
    private final TreeMap<K, TreeSet<V>> model;

    Trial(
        MultiTable<K, V> table,
        Function<Random, K> keys,
        Comparator<K> keyOrder,
        Function<Random, V> values,
        Comparator<V> order) {
      this.table = table;
      this.keys = keys;
      this.values = values;
      this.order = order;
      this.model = new TreeMap<>(keyOrder);
    }

    void run() {
      Figures figures = new Figures("rounds of the multimap of " + table.name(), 100);
      long seed = figures.seed(0);
      Random random = new Random(seed);
      Options options = Options.defaults().withPageSize(512).withDurability(Durability.ASYNC);
      Database db = open(directory().resolve(table.name()), options);
      try {
        for (long round = 0; round < figures.wanted(); round++) {
          db.update(
              tx -> {
                TableMultimap<K, V> multimap = tx.asMultimap(table);
                for (int i = 0; i < CHANGES; i++) {
                  change(multimap, random);
                }
                compare(multimap, random);
              });
          db.view(
              tx -> {
                compare(tx.asMultimap(table), random);
                return null;
              });
          for (int i = 0; i < 20; i++) {
            change(db.multimap(table), random);
          }
          compare(db.multimap(table), random);
        }
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
      figures.reached(figures.wanted());
    }

    private TreeSet<V> modelOf(K key) {
      return model.computeIfAbsent(key, _ -> new TreeSet<>(order));
    }

    private void change(TableMultimap<K, V> multimap, Random random) {
      K key = keys.apply(random);
      V value = values.apply(random);
      TreeSet<V> expected = modelOf(key);
      switch (random.nextInt(24)) {
        case 0 -> {
          assertThat(List.copyOf(multimap.removeAll(key))).isEqualTo(List.copyOf(expected));
          expected.clear();
        }
        case 1 -> {
          assertThat(multimap.keySet().remove(key)).isEqualTo(!expected.isEmpty());
          expected.clear();
        }
        case 2 -> {
          NavigableSet<V> removed = multimap.asMap().remove(key);
          assertThat(removed == null ? List.of() : List.copyOf(removed))
              .isEqualTo(List.copyOf(expected));
          expected.clear();
        }
        case 3 -> {
          multimap.get(key).headSet(value, true).clear();
          expected.headSet(value, true).clear();
        }
        case 4 -> assertThat(multimap.get(key).pollLast()).isEqualTo(expected.pollLast());
        case 5, 6 -> assertThat(multimap.remove(key, value)).isEqualTo(expected.remove(value));
        case 7, 8 -> assertThat(multimap.get(key).remove(value)).isEqualTo(expected.remove(value));
        case 9 -> {
          if (random.nextInt(20) == 0) {
            multimap.asMap().headMap(key).clear();
            model.headMap(key).clear();
          }
        }
        case 10, 11, 12, 13, 14 ->
            assertThat(multimap.get(key).add(value)).isEqualTo(expected.add(value));
        default -> assertThat(multimap.put(key, value)).isEqualTo(expected.add(value));
      }
      if (expected.isEmpty()) {
        TreeSet<V> _ = model.remove(key);
      }
    }

    private void compare(TableMultimap<K, V> multimap, Random random) {
      assertThat(List.copyOf(multimap.keySet())).isEqualTo(List.copyOf(model.keySet()));
      assertThat(List.copyOf(multimap.keySet().descendingSet()))
          .isEqualTo(List.copyOf(model.descendingKeySet()));
      List<Map.Entry<K, V>> all = new ArrayList<>();
      model.forEach((key, some) -> some.forEach(value -> all.add(Map.entry(key, value))));
      assertThat(List.<Map.Entry<K, V>>copyOf(multimap.entries())).isEqualTo(all);
      assertThat(multimap.size()).isEqualTo(all.size());
      assertThat(multimap.isEmpty()).isEqualTo(all.isEmpty());
      for (int i = 0; i < 10; i++) {
        K key = keys.apply(random);
        V value = values.apply(random);
        TreeSet<V> expected = model.getOrDefault(key, new TreeSet<>(order));
        assertThat(multimap.containsKey(key)).isEqualTo(!expected.isEmpty());
        assertThat(multimap.containsEntry(key, value)).isEqualTo(expected.contains(value));
        compareSets(multimap.get(key), expected, value, values.apply(random));
        compareSets(multimap.keySet(), model.navigableKeySet(), key, keys.apply(random));
        compareMaps(multimap.asMap(), key, random.nextBoolean());
      }
    }

    private <E> void compareSets(NavigableSet<E> found, NavigableSet<E> expected, E one, E two) {
      assertThat(found.size()).isEqualTo(expected.size());
      assertThat(found.contains(one)).isEqualTo(expected.contains(one));
      assertThat(found.lower(one)).isEqualTo(expected.lower(one));
      assertThat(found.floor(one)).isEqualTo(expected.floor(one));
      assertThat(found.ceiling(one)).isEqualTo(expected.ceiling(one));
      assertThat(found.higher(one)).isEqualTo(expected.higher(one));
      assertThat(List.copyOf(found)).isEqualTo(List.copyOf(expected));
      boolean ordered = found.comparator().compare(one, two) <= 0;
      E from = ordered ? one : two;
      E to = ordered ? two : one;
      for (int ends = 0; ends < 4; ends++) {
        boolean first = ends % 2 == 0;
        boolean last = ends < 2;
        if (from != to && found.comparator().compare(from, to) == 0 && first != last) {
          continue; // sets differ in what they make of it
        }
        NavigableSet<E> part = found.subSet(from, first, to, last);
        NavigableSet<E> wanted = expected.subSet(from, first, to, last);
        assertThat(part.size()).isEqualTo(wanted.size());
        assertThat(List.copyOf(part)).isEqualTo(List.copyOf(wanted));
        assertThat(List.copyOf(part.descendingSet()))
            .isEqualTo(List.copyOf(wanted.descendingSet()));
        assertThat(List.copyOf(found.headSet(to, last)))
            .isEqualTo(List.copyOf(expected.headSet(to, last)));
        assertThat(List.copyOf(found.tailSet(from, first)))
            .isEqualTo(List.copyOf(expected.tailSet(from, first)));
      }
    }

    private void compareMaps(NavigableMap<K, NavigableSet<V>> found, K key, boolean inclusive) {
      compareEntries(found.floorEntry(key), model.floorEntry(key));
      compareEntries(found.higherEntry(key), model.higherEntry(key));
      compareEntries(found.firstEntry(), model.firstEntry());
      compareEntries(found.lastEntry(), model.lastEntry());
      NavigableMap<K, NavigableSet<V>> part = found.headMap(key, inclusive).descendingMap();
      NavigableMap<K, TreeSet<V>> expected = model.headMap(key, inclusive).descendingMap();
      assertThat(part).hasSameSizeAs(expected);
      var wanted = expected.entrySet().iterator();
      part.entrySet().forEach(entry -> compareEntries(entry, wanted.next()));
    }

    private void compareEntries(
        Map.Entry<K, ? extends NavigableSet<V>> found, Map.Entry<K, TreeSet<V>> expected) {
      assertThat(found == null).isEqualTo(expected == null);
      if (found != null) {
        assertThat(found.getKey()).isEqualTo(expected.getKey());
        assertThat(List.copyOf(found.getValue())).isEqualTo(List.copyOf(expected.getValue()));
      }
    }
  }

  private static String text(Random random) {
    return "\0\0ab~".substring(random.nextInt(5)).repeat(random.nextInt(3));
  }

  /** Also those of eight bytes 0 and 255. */
  private static long number(Random random) {
    return random.nextInt(20) - 10;
  }

  @Test
  void texts() {
    new Trial<>(
            MultiTable.of("texts", Codec.utf8(), Codec.utf8()),
            TableMultimapModelTest::text,
            Comparator.naturalOrder(),
            random -> text(random) + random.nextInt(30),
            Comparator.<String>naturalOrder())
        .run();
  }

  @Test
  void numbers() {
    new Trial<>(
            MultiTable.of("numbers", Codec.u64(), Codec.u64()),
            TableMultimapModelTest::number,
            Long::compareUnsigned,
            random -> random.nextLong(40) - 20,
            Long::compareUnsigned)
        .run();
  }

  @Test
  void inDescendingOrder() {
    new Trial<>(
            MultiTable.of(
                "descending", Codec.descending(Codec.utf8()), Codec.descending(Codec.i64())),
            TableMultimapModelTest::text,
            Comparator.reverseOrder(),
            TableMultimapModelTest::number,
            Comparator.<Long>reverseOrder())
        .run();
  }

  @Test
  void tuples() {
    Comparator<Tuple2<String, Long>> order =
        Comparator.comparing((Tuple2<String, Long> pair) -> pair.first())
            .thenComparing(Tuple2::second, Long::compareUnsigned);
    Codec<Tuple2<String, Long>> codec = Codec.tuple(Codec.utf8(), Codec.u64());
    new Trial<>(
            MultiTable.of("tuples", codec, codec),
            random -> new Tuple2<>(text(random), number(random)),
            order,
            random -> new Tuple2<>(text(random), number(random)),
            order)
        .run();
  }
}
