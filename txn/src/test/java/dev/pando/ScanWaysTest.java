package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ways to read a range: from both ends, one of a group, keys alone, page by page. */
class ScanWaysTest extends DatabaseTestBase {
  private static final Table<Tuple2<String, Integer>, String> PLACES =
      Table.of("places", Codec.tuple(Codec.utf8(), Codec.i32()), Codec.utf8());
  private static final Table<Integer, String> NUMBERS =
      Table.of("numbers", Codec.i32(), Codec.utf8());

  private static void fill(Database db, int entries) {
    db.update(
        tx -> {
          for (int i = 0; i < entries; i++) {
            tx.put(NUMBERS, i, "n" + i);
          }
        });
  }

  @Test
  void bothEndsMeet() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("both ends: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512));
    fill(db, 500);
    try (ReadTxn tx = db.beginRead()) {
      for (int round = 0; round < 30; round++) {
        int from = random.nextInt(520);
        int to = random.nextInt(520);
        Range<Integer> range = Range.closedOpen(from, to);
        boolean reversed = random.nextBoolean();
        List<Integer> front = new ArrayList<>();
        List<Integer> back = new ArrayList<>();
        try (TwoEndedScan<Integer, String> scan =
            tx.scan(NUMBERS, reversed ? range.reversed() : range).twoEnded()) {
          boolean more = true;
          while (more) {
            boolean first = random.nextBoolean();
            Entry<Integer, String> entry = first ? scan.nextFirst() : scan.nextLast();
            more = entry != null;
            if (entry != null) {
              (first ? front : back).add(entry.key());
              assertThat(entry.value()).isEqualTo("n" + entry.key());
            }
          }
          assertThat(scan.nextFirst()).isNull();
          assertThat(scan.nextLast()).isNull();
        }
        front.addAll(back.reversed());
        List<Integer> all = IntStream.range(from, Math.min(to, 500)).boxed().toList();
        assertThat(front).isEqualTo(reversed ? all.reversed() : all);
      }
      assertThatThrownBy(() -> tx.scan(NUMBERS, Range.<Integer>all().limit(3)).twoEnded())
          .isInstanceOf(IllegalStateException.class);
      TwoEndedScan<Integer, String> closed = tx.scan(NUMBERS).twoEnded();
      closed.close();
      assertThatThrownBy(closed::nextFirst).isInstanceOf(IllegalStateException.class);
      Scan<Integer, String> scan = tx.scan(NUMBERS);
      TwoEndedScan<Integer, String> ends = scan.twoEnded();
      scan.close();
      assertThat(ends.nextFirst()).isNull();
      assertThat(ends.nextLast()).isNull();
    }
  }

  @Test
  void bothEndsOfATableThatChanges() {
    Database db = open(Options.defaults().withPageSize(512));
    fill(db, 300);
    db.update(
        tx -> {
          try (TwoEndedScan<Integer, String> scan = tx.scan(NUMBERS).twoEnded()) {
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              Entry<Integer, String> first = scan.nextFirst();
              Entry<Integer, String> last = scan.nextLast();
              seen.add(first.key());
              seen.add(last.key());
              assertThat(tx.delete(NUMBERS, first.key())).isTrue();
              tx.put(NUMBERS, last.key(), "changed");
            }
            assertThat(seen).doesNotHaveDuplicates().contains(0, 99, 200, 299);
          }
        });
  }

  /** The end that has not moved yet would return entries of the table that was filled again. */
  @Test
  void bothEndsOfATableThatIsCleared() {
    Database db = open(Options.defaults().withPageSize(512));
    fill(db, 300);
    List<Consumer<WriteTxn>> ways = List.of(tx -> tx.clear(NUMBERS), tx -> tx.drop(NUMBERS));
    for (Consumer<WriteTxn> way : ways) {
      db.update(
          tx -> {
            TwoEndedScan<Integer, String> last = tx.scan(NUMBERS).twoEnded();
            TwoEndedScan<Integer, String> first = tx.scan(NUMBERS).twoEnded();
            assertThat(last.nextLast()).isNotNull();
            assertThat(first.nextFirst()).isNotNull();
            way.accept(tx);
            for (int i = 0; i < 300; i++) {
              tx.put(NUMBERS, i, "again");
            }
            for (TwoEndedScan<Integer, String> scan : List.of(last, first)) {
              assertThatThrownBy(scan::nextFirst).hasMessageContaining("was cleared or dropped");
              assertThatThrownBy(scan::nextLast).hasMessageContaining("was cleared or dropped");
              scan.close();
            }
          });
    }
  }

  @Test
  void oneOfAGroup() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (String country : List.of("CH", "DE", "JP", "JPN")) {
            for (int i = 0; i < 400; i++) {
              tx.put(PLACES, new Tuple2<>(country, i), country + i);
            }
          }
          assertThat(firsts(tx, Range.all())).containsExactly("CH0", "DE0", "JP0", "JPN0");
          assertThat(firsts(tx, Range.all().reversed()))
              .containsExactly("JPN399", "JP399", "DE399", "CH399");
          assertThat(firsts(tx, Range.atLeast(new Tuple2<>("CH", 7)).limit(2)))
              .containsExactly("CH7", "DE0");
          assertThat(tx.scan(PLACES, Range.prefix("DE")).distinct(2).toList()).hasSize(400);
          List<String> lazily = new ArrayList<>();
          tx.scan(PLACES).distinct(1).forEachLazily((key, value) -> lazily.add(value.get()));
          assertThat(lazily).containsExactly("CH0", "DE0", "JP0", "JPN0");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.scan(PLACES).distinct(3))
              .withMessageContaining("allowed 1 to 2");
          assertThatIllegalArgumentException().isThrownBy(() -> tx.scan(WORDS).distinct(1));
          var entries = tx.scan(PLACES).distinct(1).iterator();
          while (entries.hasNext()) {
            entries.next();
            entries.remove();
          }
          assertThat(firsts(tx, Range.all())).containsExactly("CH1", "DE1", "JP1", "JPN1");
        });
  }

  /** Without an end of their own, groups of all components are the keys themselves. */
  @Test
  void groupsOfWholeKeys() {
    Table<Tuple2<String, String>, String> table =
        Table.of("pairs", Codec.tuple(Codec.utf8(), Codec.utf8()), Codec.utf8());
    Database db = open();
    db.update(
        tx -> {
          for (String second : List.of("", "b", "bc", "c")) {
            tx.put(table, new Tuple2<>("a", second), second);
          }
          assertThat(tx.scan(table).distinct(2).stream().map(Entry::value))
              .containsExactly("", "b", "bc", "c");
          assertThat(tx.scan(table, Range.all().reversed()).distinct(2).toList()).hasSize(4);
          assertThatThrownBy(() -> tx.scan(table, Range.all().skip(1)).distinct(1))
              .isInstanceOf(IllegalStateException.class);
        });
  }

  private static List<String> firsts(ReadTxn tx, Range<? super Tuple2<String, Integer>> range) {
    return tx.scan(PLACES, range).distinct(1).stream().map(Entry::value).toList();
  }

  @Test
  void keysAloneAndLateValues() {
    Database db = open();
    fill(db, 1000);
    db.view(
        tx -> {
          assertThat(tx.scan(NUMBERS, Range.closed(10, 13)).keys()).containsExactly(10, 11, 12, 13);
          List<Supplier<String>> kept = new ArrayList<>();
          List<String> values = new ArrayList<>();
          tx.scan(NUMBERS)
              .forEachLazily(
                  (key, value) -> {
                    if (key % 100 == 0) {
                      values.add(value.get());
                      kept.add(value);
                    }
                  });
          assertThat(values).hasSize(10).contains("n0", "n900");
          assertThatThrownBy(() -> kept.get(3).get()).isInstanceOf(IllegalStateException.class);
          List<Integer> keys = new ArrayList<>();
          tx.scan(NUMBERS, Range.atLeast(997)).forEachKey(keys::add);
          assertThat(keys).containsExactly(997, 998, 999);
          return null;
        });
    db.update(
        tx ->
            tx.scan(NUMBERS, Range.atMost(1))
                .forEachLazily(
                    (key, value) -> {
                      tx.put(NUMBERS, key, "changed");
                      assertThatThrownBy(value::get).isInstanceOf(IllegalStateException.class);
                    }));
  }

  /** Pages of results that cannot leave their prefix. */
  @Test
  void pageByPage() {
    Database db = open();
    db.update(
        tx -> {
          for (String country : List.of("CH", "DE", "JP")) {
            for (int i = 0; i < 25; i++) {
              tx.put(PLACES, new Tuple2<>(country, i), country + i);
            }
          }
          for (boolean reversed : new boolean[] {false, true}) {
            Range<Tuple2<String, Integer>> range = Range.prefix("DE");
            range = reversed ? range.reversed() : range;
            List<String> found = new ArrayList<>();
            List<Entry<Tuple2<String, Integer>, String>> page =
                tx.scan(PLACES, range.limit(10)).toList();
            while (!page.isEmpty()) {
              page.forEach(entry -> found.add(entry.value()));
              page = tx.scan(PLACES, range.after(page.getLast().key()).limit(10)).toList();
            }
            assertThat(found).hasSize(25).allMatch(value -> value.startsWith("DE"));
          }
          Range<Tuple2<String, Integer>> all = Range.all();
          for (int i = 0; i < 20_000; i++) {
            all = all.after(new Tuple2<>("DE", 23));
          }
          assertThat(tx.count(PLACES, all)).as("not nested").isEqualTo(26);
          assertThat(
                  tx.count(
                      PLACES,
                      Range.<Tuple2<String, Integer>>all().skip(9).after(new Tuple2<>("JP", 20))))
              .as("skips nothing")
              .isEqualTo(4);
          Tuple2<String, Integer> far = new Tuple2<>("AA", 3);
          assertThat(tx.count(PLACES, Range.<Tuple2<String, Integer>>prefix("DE").after(far)))
              .isEqualTo(25);
          assertThat(tx.scan(PLACES, Range.prefix("JP").between(3, 6)).stream().map(Entry::value))
              .containsExactly("JP3", "JP4", "JP5");
          assertThat(Range.prefix("JP").between(3, 6)).hasToString("prefix[JP].between[3, 6)");
          assertThatThrownBy(() -> Range.all().between(1, 2))
              .isInstanceOf(IllegalStateException.class);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.scan(WORDS, Range.prefix("a").between("b", "c")));
        });
  }

  @Test
  void intersections() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("intersections: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512));
    fill(db, 60);
    try (ReadTxn tx = db.beginRead()) {
      for (int i = 0; i < 500; i++) {
        Range<Integer> one = range(random);
        Range<Integer> other = range(random);
        TreeSet<Integer> both = new TreeSet<>(tx.scan(NUMBERS, one).keys());
        both.retainAll(tx.scan(NUMBERS, other).keys());
        assertThat(tx.scan(NUMBERS, one.intersect(other)).keys())
            .as("%s and %s", one, other)
            .isEqualTo(List.copyOf(both));
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Range.all().intersect(Range.all().limit(4)));
    Range<Integer> five = Range.closed(1, 10).after(5);
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.scan(NUMBERS, five.reversed()).keys()).containsExactly(10, 9, 8, 7, 6);
      assertThat(tx.scan(NUMBERS, five.reversed().after(8)).keys()).containsExactly(7, 6);
      Range<Integer> below = Range.<Integer>all().reversed().after(5);
      assertThat(tx.scan(NUMBERS, Range.atLeast(3).intersect(below)).keys()).containsExactly(3, 4);
    }
    assertThat(five).hasToString("[1, 10] after 5");
    assertThat(Range.atLeast(3).intersect(Range.lessThan(9)))
        .hasToString("[3, last) and (first, 9)");
  }

  private static Range<Integer> range(Random random) {
    int a = random.nextInt(70) - 5;
    int b = random.nextInt(70) - 5;
    return switch (random.nextInt(6)) {
      case 0 -> Range.closed(a, b);
      case 1 -> Range.open(a, b);
      case 2 -> Range.openClosed(a, b);
      case 3 -> Range.atLeast(a);
      case 4 -> Range.lessThan(b);
      default -> Range.all();
    };
  }
}
