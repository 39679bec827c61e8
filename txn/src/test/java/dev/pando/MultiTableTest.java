package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Several values a key, beside a map of sets. */
class MultiTableTest extends DatabaseTestBase {
  private static final MultiTable<String, Integer> TAGGED =
      MultiTable.of("tagged", Codec.utf8(), Codec.i32());

  private final TreeMap<String, TreeSet<Integer>> model = new TreeMap<>();

  private static String key(Random random) {
    return "k" + "x".repeat(random.nextInt(3)) + random.nextInt(12);
  }

  @Test
  void aMapOfSets() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("multimaps: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512));
    for (int round = 0; round < 12; round++) {
      db.update(
          tx -> {
            for (int i = 0; i < 400; i++) {
              change(tx, random);
            }
            compare(tx, random);
          });
      db.view(
          tx -> {
            compare(tx, random);
            return null;
          });
    }
  }

  private void change(WriteTxn tx, Random random) {
    String key = key(random);
    int value = random.nextInt(300);
    TreeSet<Integer> values = model.computeIfAbsent(key, _ -> new TreeSet<>());
    switch (random.nextInt(20)) {
      case 0 -> {
        assertThat(tx.deleteAll(TAGGED, key)).isEqualTo(values.size());
        values.clear();
      }
      case 1, 2, 3, 4, 5 ->
          assertThat(tx.delete(TAGGED, key, value)).isEqualTo(values.remove(value));
      default -> assertThat(tx.put(TAGGED, key, value)).isEqualTo(values.add(value));
    }
    if (values.isEmpty()) {
      model.remove(key);
    }
  }

  private void compare(ReadTxn tx, Random random) {
    long all = 0;
    for (var each : model.entrySet()) {
      String key = each.getKey();
      TreeSet<Integer> values = each.getValue();
      assertThat(tx.count(TAGGED, key)).isEqualTo(values.size());
      assertThat(tx.values(TAGGED, key).toList()).isEqualTo(List.copyOf(values));
      int from = random.nextInt(300);
      assertThat(tx.values(TAGGED, key, Range.atLeast(from)).toList())
          .isEqualTo(List.copyOf(values.tailSet(from)));
      List<Integer> backward = new ArrayList<>();
      tx.values(TAGGED, key, Range.lessThan(from).reversed().limit(5)).forEach(backward::add);
      assertThat(backward)
          .isEqualTo(values.headSet(from, false).descendingSet().stream().limit(5).toList());
      assertThat(tx.contains(TAGGED, key, from)).isEqualTo(values.contains(from));
      all += values.size();
    }
    assertThat(tx.count(TAGGED)).isEqualTo(all);
    assertThat(tx.values(TAGGED, "none")).isEmpty();
    List<Tuple2<String, Integer>> firsts = tx.scan(TAGGED.pairs()).distinct(1).keys();
    assertThat(firsts.stream().map(Tuple2::first).toList()).isEqualTo(List.copyOf(model.keySet()));
    compareCursor(tx, random);
  }

  /** The moves of LMDB's cursors. */
  private void compareCursor(ReadTxn tx, Random random) {
    List<Tuple2<String, Integer>> pairs = new ArrayList<>();
    model.forEach((key, values) -> values.forEach(value -> pairs.add(new Tuple2<>(key, value))));
    try (MultiCursor<String, Integer> cursor = tx.cursor(TAGGED)) {
      assertThat(cursor.first()).isEqualTo(!pairs.isEmpty());
      for (int i = 0; i < 200 && !pairs.isEmpty(); i++) {
        Tuple2<String, Integer> pair = pairs.get(random.nextInt(pairs.size()));
        TreeSet<Integer> values = model.get(pair.first());
        assertThat(cursor.seekExact(pair.first(), pair.second())).isTrue();
        assertThat(cursor.count()).isEqualTo(values.size());
        switch (random.nextInt(13)) {
          case 0 -> {
            Integer next = values.higher(pair.second());
            assertThat(cursor.nextValue()).isEqualTo(next != null);
            assertAt(cursor, pair.first(), next != null ? next : pair.second());
          }
          case 1 -> {
            Integer before = values.lower(pair.second());
            assertThat(cursor.prevValue()).isEqualTo(before != null);
            assertAt(cursor, pair.first(), before != null ? before : pair.second());
          }
          case 2 -> {
            String next = model.higherKey(pair.first());
            assertThat(cursor.nextKey()).isEqualTo(next != null);
            if (next != null) {
              assertAt(cursor, next, model.get(next).first());
            }
          }
          case 3 -> {
            String before = model.lowerKey(pair.first());
            assertThat(cursor.prevKey()).isEqualTo(before != null);
            if (before != null) {
              assertAt(cursor, before, model.get(before).last());
            }
          }
          case 4 -> {
            cursor.firstValue();
            assertAt(cursor, pair.first(), values.first());
          }
          case 5 -> {
            cursor.lastValue();
            assertAt(cursor, pair.first(), values.last());
          }
          case 6 -> {
            int index = pairs.indexOf(pair);
            assertThat(cursor.next()).isEqualTo(index + 1 < pairs.size());
            if (index + 1 < pairs.size()) {
              assertAt(cursor, pairs.get(index + 1).first(), pairs.get(index + 1).second());
            }
          }
          case 7 -> {
            int index = pairs.indexOf(pair);
            assertThat(cursor.prev()).isEqualTo(index > 0);
            if (index > 0) {
              assertAt(cursor, pairs.get(index - 1).first(), pairs.get(index - 1).second());
            }
          }
          case 8 -> {
            assertThat(cursor.seekExact(pair.first())).isTrue();
            assertAt(cursor, pair.first(), values.first());
            assertThat(cursor.seekExact("none")).isFalse();
          }
          case 9 -> {
            String key = key(random);
            String found = model.ceilingKey(key);
            assertThat(cursor.seek(key)).isEqualTo(found != null);
            if (found != null) {
              assertAt(cursor, found, model.get(found).first());
            }
          }
          case 10 -> {
            int from = random.nextInt(300);
            Integer found = values.ceiling(from);
            assertThat(cursor.seek(pair.first(), from)).isEqualTo(found != null);
            if (found != null) {
              assertAt(cursor, pair.first(), found);
            }
          }
          case 11 -> {
            NavigableSet<Integer> rest = values.headSet(pair.second(), true).descendingSet();
            List<Integer> some = rest.stream().limit(7).toList();
            assertThat(cursor.valuesReversed(7)).isEqualTo(some);
            assertAt(cursor, pair.first(), some.getLast());
            assertThat(cursor.prevValue()).isEqualTo(rest.size() > 7);
          }
          default -> {
            List<Integer> rest = List.copyOf(values.tailSet(pair.second()));
            List<Integer> some = rest.subList(0, Math.min(7, rest.size()));
            assertThat(cursor.values(7)).isEqualTo(some);
            assertAt(cursor, pair.first(), some.getLast());
          }
        }
      }
      if (!pairs.isEmpty()) {
        assertThat(cursor.last()).isTrue();
        assertAt(cursor, pairs.getLast().first(), pairs.getLast().second());
      }
    }
  }

  private static void assertAt(MultiCursor<String, Integer> cursor, String key, Integer value) {
    assertThat(cursor.key()).isEqualTo(key);
    assertThat(cursor.value()).isEqualTo(value);
  }

  @Test
  void aCursorWrites() {
    Database db = open();
    db.update(
        tx -> {
          try (MultiCursor<String, Integer> cursor = tx.cursor(TAGGED)) {
            assertThat(cursor.put("b", 2)).isTrue();
            assertThat(cursor.put("b", 2)).isFalse();
            assertThat(cursor.put("b", 1)).isTrue();
            cursor.append("c", 1);
            assertThatIllegalArgumentException().isThrownBy(() -> cursor.append("a", 1));
            assertThat(cursor.seekExact("b", 1)).isTrue();
            cursor.delete();
            assertThat(cursor.next()).isTrue();
            assertAt(cursor, "b", 2);
          }
          assertThat(tx.values(TAGGED, "b").stream().toList()).containsExactly(2);
          try (Values<Integer> values = tx.values(TAGGED, "c")) {
            var each = values.iterator();
            assertThat(each.next()).isEqualTo(1);
            each.remove();
          }
          assertThat(tx.count(TAGGED, "c")).isZero();
        });
  }

  /** In pieces, from both ends, and never beyond the key. */
  @Test
  void readsSeveralValuesInBothDirections() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (int value = 0; value < 1000; value++) {
            tx.put(TAGGED, "a", value);
            tx.put(TAGGED, "b", value);
            tx.put(TAGGED, "c", value);
          }
        });
    db.view(
        tx -> {
          try (MultiCursor<String, Integer> cursor = tx.cursor(TAGGED)) {
            for (String key : List.of("a", "b", "c")) {
              List<Integer> up = new ArrayList<>();
              assertThat(cursor.seekExact(key)).isTrue();
              do {
                up.addAll(cursor.values(64));
              } while (cursor.nextValue());
              assertThat(up).hasSize(1000).isSorted();
              assertAt(cursor, key, 999);
              List<Integer> down = new ArrayList<>();
              do {
                down.addAll(cursor.valuesReversed(64));
              } while (cursor.prevValue());
              assertThat(down).isEqualTo(up.reversed());
              assertAt(cursor, key, 0);
            }
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cursor.valuesReversed(0))
                .withMessage("most=0, allowed 1 or more");
            assertThatIllegalArgumentException().isThrownBy(() -> cursor.values(0));
          }
          try (MultiCursor<String, Integer> cursor = tx.cursor(TAGGED)) {
            assertThatIllegalStateException().isThrownBy(() -> cursor.valuesReversed(1));
          }
          return null;
        });
  }

  @Test
  void anotherKindOfTableIsRefused() {
    Database db = open();
    db.update(tx -> tx.put(TAGGED, "a", 1));
    Table<String, Integer> plain = Table.of("tagged", Codec.utf8(), Codec.i32());
    db.view(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.get(plain, "a"))
              .withMessage(
                  "table tagged is a multimap table of tuple(utf8,i32),"
                      + " and is used as a table of utf8 and i32");
          return null;
        });
    db.put(WORDS, "a", "b");
    MultiTable<String, String> words = MultiTable.of("words", Codec.utf8(), Codec.utf8());
    db.update(
        tx ->
            assertThatIllegalArgumentException()
                .isThrownBy(() -> tx.put(words, "a", "b"))
                .withMessageContaining("multimap"));
    Codec<List<String>> unordered =
        new Codec<>() {
          @Override
          public String id() {
            return "unordered";
          }

          @Override
          public void encode(List<String> value, dev.pando.codec.Sink sink) {}

          @Override
          public List<String> decode(dev.pando.codec.Source source) {
            return List.of();
          }
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MultiTable.of("x", Codec.utf8(), unordered))
        .withMessageContaining("values of a multimap");
    assertThat(TAGGED.name()).isEqualTo("tagged");
    assertThat(TAGGED).hasToString("tagged(utf8 -> many i32)");
    assertThat(TAGGED.keyCodec().id() + TAGGED.valueCodec().id()).isEqualTo("utf8i32");
    assertThat(TAGGED.range("a", Range.only(1)).toString()).contains("of key a");
  }

  @Test
  void emptyValues() {
    MultiTable<String, String> table = MultiTable.of("texts", Codec.utf8(), Codec.utf8());
    Database db = open();
    db.update(
        tx -> {
          for (String value : List.of("", "\0", "a", "ab")) {
            assertThat(tx.put(table, "k", value)).isTrue();
            assertThat(tx.put(table, "", value)).isTrue();
          }
          assertThat(tx.values(table, "k").toList()).containsExactly("", "\0", "a", "ab");
          assertThat(tx.values(table, "k", Range.greaterThan("")).toList())
              .containsExactly("\0", "a", "ab");
          assertThat(tx.values(table, "", Range.lessThan("a").reversed()).toList())
              .containsExactly("\0", "");
          assertThat(tx.values(table, "k", Range.startsWith("a")).toList())
              .containsExactly("a", "ab");
          assertThat(tx.values(table, "k", Range.atMost("")).toList()).containsExactly("");
          assertThat(Present.valueOf("PRESENT")).isEqualTo(Present.PRESENT);
        });
  }
}
