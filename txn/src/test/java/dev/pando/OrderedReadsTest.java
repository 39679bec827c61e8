package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Entries by their number, and ranges that are counted, skipped and divided. */
final class OrderedReadsTest extends DatabaseTestBase {
  private static final Table<Integer, String> NUMBERS =
      Table.of("numbers", Codec.i32(), Codec.utf8());

  private final long seed = Long.getLong("crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final NavigableMap<Integer, String> model = new TreeMap<>();

  private void change(WriteTxn tx, int changes) {
    for (int i = 0; i < changes; i++) {
      int key = random.nextInt(5000);
      if (random.nextInt(3) > 0) {
        String value = "v".repeat(random.nextInt(60));
        tx.put(NUMBERS, key, value);
        model.put(key, value);
      } else {
        tx.delete(NUMBERS, key);
        model.remove(key);
      }
    }
  }

  private Range<Integer> range() {
    int a = random.nextInt(5000);
    int b = random.nextInt(5000);
    Range<Integer> range =
        switch (random.nextInt(8)) {
          case 0 -> Range.closed(a, b);
          case 1 -> Range.open(a, b);
          case 2 -> Range.closedOpen(a, b);
          case 3 -> Range.openClosed(a, b);
          case 4 -> Range.atLeast(a);
          case 5 -> Range.lessThan(b);
          case 6 -> Range.only(a);
          default -> Range.all();
        };
    if (random.nextBoolean()) {
      range = range.reversed();
    }
    return random.nextBoolean() ? range : range.limit(random.nextInt(100));
  }

  private void compare(ReadTxn tx) {
    List<Integer> keys = List.copyOf(model.keySet());
    for (int i = 0; i < 50; i++) {
      Range<Integer> range = range();
      List<Integer> all = keys(tx, range);
      assertThat(tx.count(NUMBERS, range)).as("%s", range).isEqualTo(all.size());
      int skip = random.nextInt(120);
      List<Integer> unlimited = keys(tx, range.limit(Long.MAX_VALUE));
      List<Integer> rest = unlimited.subList(Math.min(skip, unlimited.size()), unlimited.size());
      Range<Integer> later = range.limit(40).skip(skip);
      assertThat(keys(tx, later))
          .as("%s", later)
          .isEqualTo(rest.subList(0, Math.min(40, rest.size())));
      assertThat(tx.count(NUMBERS, later)).as("%s", later).isEqualTo(Math.min(40, rest.size()));
      int key = random.nextInt(5000);
      long rank = Math.abs(Collections.binarySearch(keys, key) + 1L);
      long expected = model.containsKey(key) ? Collections.binarySearch(keys, key) : rank;
      assertThat(tx.rank(NUMBERS, key)).isEqualTo(expected);
      int index = random.nextInt(-2, keys.size() + 2);
      Entry<Integer, String> at = tx.at(NUMBERS, index);
      if (index < 0 || index >= keys.size()) {
        assertThat(at).isNull();
      } else {
        Integer there = keys.get(index);
        assertThat(at).isEqualTo(new Entry<>(there, model.get(there)));
      }
    }
  }

  private static List<Integer> keys(ReadTxn tx, Range<Integer> range) {
    return tx.scan(NUMBERS, range).stream().map(Entry::key).toList();
  }

  @Test
  void ranksAndCountsAreThoseOfTheScan() {
    System.out.println("ordered reads: seed " + seed);
    for (int pageSize : new int[] {512, 4096}) {
      model.clear();
      Database db =
          open(
              directory().resolve(pageSize + ".pando"),
              Options.defaults().withPageSize(pageSize).withSpillLimit(64 << 10));
      for (int i = 0; i < 12; i++) {
        db.update(
            tx -> {
              change(tx, 700);
              compare(tx);
              Savepoint savepoint = tx.savepoint();
              tx.clear(NUMBERS);
              assertThat(tx.count(NUMBERS, Range.all())).isZero();
              tx.rollbackTo(savepoint);
              compare(tx);
            });
        db.view(
            tx -> {
              compare(tx);
              return null;
            });
        CheckReport _ = db.check().throwIfBad();
      }
    }
  }

  @Test
  void aSplitHasEveryKeyOnceAndEqualParts() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> IntStream.range(0, 1003).forEach(i -> tx.put(NUMBERS, i * 7, "x")));
    try (ReadTxn tx = db.beginRead()) {
      for (int parts : new int[] {1, 2, 3, 10, 1002, 1003, 5000}) {
        List<Integer> all = new ArrayList<>();
        List<Range<Integer>> ranges = tx.split(NUMBERS, parts);
        assertThat(ranges).hasSize(Math.min(parts, 1003));
        for (Range<Integer> range : ranges) {
          long entries = tx.count(NUMBERS, range);
          assertThat(entries).isBetween(1003L / ranges.size(), 1003L / ranges.size() + 1);
          all.addAll(keys(tx, range));
        }
        assertThat(all).isEqualTo(keys(tx, Range.all()));
      }
    }
  }

  @Test
  void aSampleMayBeAnyEntry() {
    Database db = open();
    db.update(tx -> IntStream.range(0, 8).forEach(i -> tx.put(NUMBERS, i, "x")));
    try (ReadTxn tx = db.beginRead()) {
      int[] drawn = new int[8];
      for (int i = 0; i < 8000; i++) {
        drawn[tx.sample(NUMBERS, random).key()]++;
      }
      assertThat(IntStream.of(drawn)).allSatisfy(times -> assertThat(times).isBetween(800, 1200));
    }
  }

  @Test
  void anEmptyTableAndAMissingOne() {
    Database db = open();
    for (int round = 0; round < 2; round++) {
      try (ReadTxn tx = db.beginRead()) {
        assertThat(tx.count(NUMBERS, Range.all())).isZero();
        assertThat(tx.rank(NUMBERS, 5)).isZero();
        assertThat(tx.at(NUMBERS, 0)).isNull();
        assertThat(tx.sample(NUMBERS, random)).isNull();
        assertThat(tx.split(NUMBERS, 4)).hasSize(1);
        assertThat(tx.scan(NUMBERS, Range.<Integer>all().skip(3)).toList()).isEmpty();
      }
      db.update(
          tx -> {
            tx.put(NUMBERS, 1, "x");
            tx.delete(NUMBERS, 1);
          });
    }
  }

  @Test
  void rawTablesHaveRanksAsWell() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> IntStream.range(0, 500).forEach(i -> tx.put(NUMBERS, i * 2, "value " + i)));
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw(NUMBERS).cursor()) {
      RawTable raw = tx.raw(NUMBERS);
      View key = new View();
      for (int i = 0; i < 500; i++) {
        assertThat(cursor.seekIndex(i)).isTrue();
        cursor.key(key);
        byte[] bytes = key.toArray();
        assertThat(raw.rank(bytes)).isEqualTo(i);
        assertThat(raw.rank(MemorySegment.ofArray(bytes))).isEqualTo(i);
        assertThat(raw.rank(ByteBuffer.wrap(bytes))).isEqualTo(i);
      }
      assertThat(cursor.seekIndex(500)).isFalse();
      assertThat(cursor.seekIndex(-1)).isFalse();
      assertThat(cursor.next()).isTrue();
    }
  }

  @Test
  void misuseIsRefused() {
    Database db = open();
    try (ReadTxn tx = db.beginRead()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tx.split(NUMBERS, 0))
          .withMessageContaining("parts=0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Range.all().skip(-1))
          .withMessageContaining("skip=-1");
      assertThatThrownBy(() -> tx.rank(NUMBERS, null)).isInstanceOf(NullPointerException.class);
    }
  }
}
