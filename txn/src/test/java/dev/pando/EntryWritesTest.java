package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Writes that depend on what is there, beside those of a {@link TreeMap}. */
class EntryWritesTest extends DatabaseTestBase {
  private static final Table<Long, Long> COUNTS = Table.of("counts", Codec.u64(), Codec.i64());

  /** Random calls, of which a map has all but a few. */
  @Test
  void returnWhatThoseOfAMapReturn() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("writes of entries: seed " + seed);
    Random random = new Random(seed);
    TreeMap<Long, String> model = new TreeMap<>();
    Database db = open(Options.defaults().withPageSize(512));
    for (int round = 0; round < 40; round++) {
      db.update(
          tx -> {
            for (int i = 0; i < 100; i++) {
              step(tx, model, random);
            }
          });
    }
    try (ReadTxn tx = db.beginRead()) {
      Map<Long, String> found = new TreeMap<>();
      tx.scan(NAMES).forEachKeyValue(found::put);
      assertThat(found).isEqualTo(model);
    }
  }

  private static void step(WriteTxn tx, TreeMap<Long, String> model, Random random) {
    long key = random.nextInt(60);
    String value = "v" + random.nextInt(4);
    String other = "v" + random.nextInt(4);
    switch (random.nextInt(10)) {
      case 0 -> assertThat(tx.getAndPut(NAMES, key, value)).isEqualTo(model.put(key, value));
      case 1 -> assertThat(tx.getAndDelete(NAMES, key)).isEqualTo(model.remove(key));
      case 2 ->
          assertThat(tx.putIfAbsent(NAMES, key, value)).isEqualTo(model.putIfAbsent(key, value));
      case 3 ->
          assertThat(tx.replace(NAMES, key, value)).isEqualTo(model.replace(key, value) != null);
      case 4 ->
          assertThat(tx.replace(NAMES, key, other, value))
              .isEqualTo(model.replace(key, other, value));
      case 5 ->
          assertThat(tx.compute(NAMES, key, (k, v) -> v == null ? value : null))
              .isEqualTo(model.compute(key, (k, v) -> v == null ? value : null));
      case 6 ->
          assertThat(tx.merge(NAMES, key, value, (a, b) -> a.length() > 9 ? null : a + b))
              .isEqualTo(model.merge(key, value, (a, b) -> a.length() > 9 ? null : a + b));
      case 7 -> assertThat(tx.pollFirst(NAMES)).isEqualTo(entry(model.pollFirstEntry()));
      case 8 -> assertThat(tx.pollLast(NAMES)).isEqualTo(entry(model.pollLastEntry()));
      default -> {
        long from = key;
        long before = model.size();
        model.tailMap(from).values().removeIf(v -> v.equals(value));
        assertThat(tx.deleteIf(NAMES, Range.atLeast(from), (k, v) -> v.equals(value)))
            .isEqualTo(before - model.size());
      }
    }
    assertThat(tx.count(NAMES)).isEqualTo(model.size());
  }

  private static Entry<Long, String> entry(Map.Entry<Long, String> entry) {
    return entry == null ? null : new Entry<>(entry.getKey(), entry.getValue());
  }

  @Test
  void aCounterAddsUpAndDoesNotOverflow() {
    Database db = open();
    db.update(
        tx -> {
          assertThat(tx.add(COUNTS, 1L, 5)).isEqualTo(5);
          assertThat(tx.add(COUNTS, 1L, -7)).isEqualTo(-2);
          tx.put(COUNTS, 2L, Long.MAX_VALUE);
          assertThatThrownBy(() -> tx.add(COUNTS, 2L, 1)).isInstanceOf(ArithmeticException.class);
          assertThat(tx.get(COUNTS, 2L)).isEqualTo(Long.MAX_VALUE);
        });
    assertThat(db.get(COUNTS, 1L)).isEqualTo(-2);
  }

  @Test
  void aFunctionMayReadAndOneThatThrowsChangesNothing() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "one");
          tx.put(NAMES, 2L, "two");
          assertThat(tx.compute(NAMES, 1L, (key, value) -> value + tx.get(NAMES, 2L)))
              .isEqualTo("onetwo");
          assertThatThrownBy(
                  () ->
                      tx.merge(
                          NAMES,
                          1L,
                          "x",
                          (a, b) -> {
                            throw new UnsupportedOperationException("no");
                          }))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThat(tx.get(NAMES, 1L)).isEqualTo("onetwo");
          List<Long> seen = new ArrayList<>();
          assertThatThrownBy(
                  () ->
                      tx.deleteIf(
                          NAMES,
                          Range.all(),
                          (key, value) -> {
                            seen.add(key);
                            return 1 / (2 - key) > 0;
                          }))
              .isInstanceOf(ArithmeticException.class);
          assertThat(seen).containsExactly(1L, 2L);
          assertThat(tx.contains(NAMES, 1L)).isFalse();
          assertThat(tx.contains(NAMES, 2L)).isTrue();
        });
  }

  @Test
  void arraysAreComparedByWhatIsInThem() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(BLOBS, 1L, new byte[] {1, 2});
          assertThat(tx.replace(BLOBS, 1L, new byte[] {1, 3}, new byte[] {4})).isFalse();
          assertThat(tx.replace(BLOBS, 1L, new byte[] {1, 2}, new byte[] {4})).isTrue();
          assertThat(tx.get(BLOBS, 1L)).containsExactly(4);
        });
  }

  @Test
  void rangesAreRemovedAsByAMap() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("removed ranges: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512).withSpillLimit(64 << 10));
    TreeMap<Long, String> model = new TreeMap<>();
    for (int round = 0; round < 60; round++) {
      db.update(
          tx -> {
            for (int i = 0; i < 400; i++) {
              long key = random.nextInt(10_000);
              String value = "v".repeat(random.nextInt(random.nextInt(50) == 0 ? 2000 : 40));
              tx.put(NAMES, key, value);
              model.put(key, value);
            }
            long from = random.nextInt(10_000);
            long to = from + random.nextInt(4_000);
            Range<Long> range = Range.closedOpen(from, to);
            Map<Long, String> part = model.subMap(from, to);
            if (random.nextInt(3) == 0) {
              int skip = random.nextInt(20);
              int limit = random.nextInt(300);
              List<Long> keys = new ArrayList<>(part.keySet());
              boolean reversed = random.nextBoolean();
              keys = reversed ? keys.reversed() : keys;
              range = (reversed ? range.reversed() : range).skip(skip).limit(limit);
              keys = keys.stream().skip(skip).limit(limit).toList();
              assertThat(tx.deleteRange(NAMES, range)).isEqualTo(keys.size());
              keys.forEach(model::remove);
            } else {
              assertThat(tx.deleteRange(NAMES, range)).isEqualTo(part.size());
              part.clear();
            }
            Map<Long, String> found = new TreeMap<>();
            tx.scan(NAMES).forEachKeyValue(found::put);
            assertThat(found).isEqualTo(model);
          });
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void anEmptyTableIsCreatedOnceAndStays() {
    Database db = open();
    db.update(
        tx -> {
          assertThat(tx.create(NAMES)).isTrue();
          assertThat(tx.create(NAMES)).isFalse();
          Table<String, String> same = Table.of(NAMES.name(), Codec.utf8(), Codec.utf8());
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.create(same))
              .withMessageContaining("names");
        });
    closeChecked(db);
    try (ReadTxn tx = open().beginRead()) {
      assertThat(tx.tables()).containsExactly("names");
      assertThat(tx.count(NAMES)).isZero();
    }
  }
}
