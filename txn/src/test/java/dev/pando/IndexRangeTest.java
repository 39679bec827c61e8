package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** An index is scanned and counted by every range that a table takes, as a model is. */
final class IndexRangeTest extends DatabaseTestBase {
  record Town(String country, String name, int people) {}

  private static final Table<Long, Town> TOWNS =
      Table.of(
          "towns", Codec.u64(), Codec.record(Town.class, Codec.utf8(), Codec.utf8(), Codec.i32()));

  private static final Index<String, Long, Town> BY_NAME = TOWNS.index("by name", Town::name);
  private static final Index<String, Long, Town> BY_NAME_DOWN =
      TOWNS.index("by name, descending", Codec.descending(Codec.utf8()), "name", Town::name);
  private static final Index<String, Long, Town> UNIQUE =
      TOWNS.uniqueIndex("name and people", Codec.utf8(), "name+people", IndexRangeTest::unique);
  private static final Index<Tuple2<String, String>, Long, Town> BY_COUNTRY =
      TOWNS.index("by country and name", Town::country, Town::name);
  private static final Index<Tuple2<String, Integer>, Long, Town> UNIQUE_PAIRS =
      TOWNS.uniqueIndex("name and people, two", Town::name, Town::people);

  /** Its ranges are those of the keys of {@link #BY_COUNTRY}. */
  private static final MultiTable<String, String> COUNTRIES =
      MultiTable.of("countries", Codec.utf8(), Codec.utf8());

  private static final List<String> TEXTS = List.of("", "a", "ab", "a\0", "b", "ba", "c");

  private final List<Entry<Long, Town>> rows = new ArrayList<>();

  private static String unique(Town town) {
    return town.name() + town.people();
  }

  /** Towns in which each name has several rows, and each row another number of people. */
  private Database filled() {
    Database db = open();
    db.register(BY_NAME, BY_NAME_DOWN, UNIQUE, BY_COUNTRY, UNIQUE_PAIRS);
    for (int i = 0; i < 40; i++) {
      String country = i % 3 == 0 ? "C" : i % 3 == 1 ? "CH" : "";
      rows.add(new Entry<>(i * 37L % 41, new Town(country, TEXTS.get(i * 5 % 6), i)));
    }
    db.update(tx -> rows.forEach(row -> tx.put(TOWNS, row.key(), row.value())));
    return db;
  }

  /** A range, and which keys belong to it. */
  private record Case<I>(Range<? super I> range, Predicate<I> has) {}

  /** The entries of an index in its order. */
  private <I> List<Entry<I, Long>> model(Function<Town, I> key, Comparator<I> order) {
    List<Entry<I, Long>> all = new ArrayList<>();
    rows.forEach(row -> all.add(new Entry<>(key.apply(row.value()), row.key())));
    all.sort(
        Comparator.<Entry<I, Long>, I>comparing(Entry::key, order).thenComparing(Entry::value));
    return all;
  }

  private <I> void compare(
      ReadTxn tx, Index<I, Long, Town> index, List<Entry<I, Long>> all, Case<I> each) {
    List<Entry<I, Long>> matching = all.stream().filter(e -> each.has.test(e.key())).toList();
    for (boolean reversed : new boolean[] {false, true}) {
      List<Entry<I, Long>> inOrder = new ArrayList<>(matching);
      Range<? super I> directed = reversed ? each.range.reversed() : each.range;
      if (reversed) {
        Collections.reverse(inOrder);
      }
      for (int skip : new int[] {0, 1, 4}) {
        for (int limit : new int[] {0, 3, 100}) {
          Range<? super I> range = directed.skip(skip).limit(limit);
          List<Entry<I, Long>> expected = inOrder.stream().skip(skip).limit(limit).toList();
          String what = index + " " + range;
          assertThat(tx.scanKeys(index, range).toList()).as(what).isEqualTo(expected);
          assertThat(tx.count(index, range)).as(what).isEqualTo(expected.size());
          assertThat(tx.scan(index, range).stream().map(this::entry).toList())
              .as(what)
              .isEqualTo(expected);
        }
      }
    }
  }

  /** The keys of an entry, whose row must be the one of its key. */
  private <I> Entry<I, Long> entry(IndexEntry<I, Long, Town> found) {
    assertThat(rows).contains(new Entry<>(found.key(), found.value()));
    return new Entry<>(found.indexKey(), found.key());
  }

  private <I> void compareAll(
      Database db, Index<I, Long, Town> index, List<Entry<I, Long>> all, List<Case<I>> cases) {
    db.update( // so that both kinds of transaction read
        tx -> cases.forEach(each -> compare(tx, index, all, each)));
    db.view(
        tx -> {
          cases.forEach(each -> compare(tx, index, all, each));
          assertThat(tx.scanKeys(index).toList()).isEqualTo(all);
          assertThat(tx.scan(index).stream().map(this::entry).toList()).isEqualTo(all);
          assertThat(tx.count(index)).isEqualTo(all.size());
          for (int i = 0; i < all.size(); i++) {
            assertThat(tx.at(index, i)).isEqualTo(all.get(i));
          }
          assertThat(tx.at(index, all.size())).isNull();
          return null;
        });
  }

  /** Ranges of all kinds between two texts. */
  private static List<Case<String>> ofTexts(Comparator<String> order) {
    List<Case<String>> all = new ArrayList<>();
    all.add(new Case<>(Range.all(), _ -> true));
    for (String from : TEXTS) {
      all.add(new Case<>(Range.only(from), from::equals));
      all.add(new Case<>(Range.atLeast(from), key -> order.compare(key, from) >= 0));
      all.add(new Case<>(Range.greaterThan(from), key -> order.compare(key, from) > 0));
      all.add(new Case<>(Range.atMost(from), key -> order.compare(key, from) <= 0));
      all.add(new Case<>(Range.lessThan(from), key -> order.compare(key, from) < 0));
      for (String to : TEXTS) {
        Predicate<String> inside = k -> order.compare(k, from) > 0 && order.compare(k, to) < 0;
        all.add(new Case<>(Range.open(from, to), inside));
        all.add(
            new Case<>(
                Range.closed(from, to),
                k -> order.compare(k, from) >= 0 && order.compare(k, to) <= 0));
        all.add(new Case<>(Range.greaterThan(from).intersect(Range.<String>lessThan(to)), inside));
      }
    }
    return all;
  }

  @Test
  void everyRangeOfTexts() {
    Database db = filled();
    Comparator<String> up = Comparator.naturalOrder();
    List<Case<String>> cases = ofTexts(up);
    for (String start : TEXTS) {
      cases.add(new Case<>(Range.startsWith(start), key -> key.startsWith(start)));
    }
    compareAll(db, BY_NAME, model(Town::name, up), cases);
    compareAll(db, UNIQUE, model(IndexRangeTest::unique, up), cases);
  }

  @Test
  void everyRangeOfDescendingTexts() {
    Database db = filled();
    Comparator<String> down = Comparator.reverseOrder();
    compareAll(db, BY_NAME_DOWN, model(Town::name, down), ofTexts(down));
  }

  @Test
  void leadingComponents() {
    Database db = filled();
    Comparator<Tuple2<String, String>> order =
        Comparator.comparing(Tuple2<String, String>::first).thenComparing(Tuple2::second);
    List<Case<Tuple2<String, String>>> cases = new ArrayList<>();
    for (String country : List.of("", "C", "CH", "D")) {
      cases.add(new Case<>(Range.prefix(country), key -> key.first().equals(country)));
      cases.add(new Case<>(Range.startsWith(country), key -> key.first().startsWith(country)));
      for (String name : TEXTS) {
        Tuple2<String, String> last = new Tuple2<>(country, name);
        cases.add(new Case<>(Range.prefix(country, name), last::equals));
        cases.add(
            new Case<>(
                Range.startsWith(country, name),
                key -> key.first().equals(country) && key.second().startsWith(name)));
        cases.add(
            new Case<>(
                Range.prefix(country).between("a", name),
                key ->
                    key.first().equals(country)
                        && key.second().compareTo("a") >= 0
                        && key.second().compareTo(name) < 0));
        cases.add(
            new Case<>(
                Range.<Tuple2<String, String>>prefix("C").after(last),
                key -> key.first().equals("C") && order.compare(key, last) > 0));
      }
    }
    compareAll(
        db, BY_COUNTRY, model(town -> new Tuple2<>(town.country(), town.name()), order), cases);
  }

  /** The index adds a row's key after the values of such a range. */
  @Test
  void rangesOfAMultimap() {
    Database db = filled();
    Comparator<Tuple2<String, String>> order =
        Comparator.comparing(Tuple2<String, String>::first).thenComparing(Tuple2::second);
    List<Case<Tuple2<String, String>>> cases = new ArrayList<>();
    for (String country : List.of("", "C", "D")) {
      List<Case<String>> ofNames = ofTexts(Comparator.naturalOrder());
      TEXTS.forEach(
          start -> ofNames.add(new Case<>(Range.startsWith(start), key -> key.startsWith(start))));
      for (Case<String> names : ofNames) {
        cases.add(
            new Case<>(
                COUNTRIES.range(country, names.range),
                key -> key.first().equals(country) && names.has.test(key.second())));
      }
    }
    compareAll(
        db, BY_COUNTRY, model(town -> new Tuple2<>(town.country(), town.name()), order), cases);
  }

  @Test
  void leadingComponentsOfAUniqueIndex() {
    Database db = filled();
    Comparator<Tuple2<String, Integer>> order =
        Comparator.comparing(Tuple2<String, Integer>::first).thenComparing(Tuple2::second);
    List<Case<Tuple2<String, Integer>>> cases = new ArrayList<>();
    for (String name : TEXTS) {
      cases.add(new Case<>(Range.prefix(name), key -> key.first().equals(name)));
      cases.add(new Case<>(Range.startsWith(name), key -> key.first().startsWith(name)));
      cases.add(
          new Case<>(
              Range.prefix(name).between(5, 25),
              key -> key.first().equals(name) && key.second() >= 5 && key.second() < 25));
    }
    compareAll(
        db, UNIQUE_PAIRS, model(town -> new Tuple2<>(town.name(), town.people()), order), cases);
  }

  /** A range without the type of its keys, as the compiler infers it for a chain of calls. */
  @Test
  void rangesOfNoTypeAndPages() {
    Database db = filled();
    db.view(
        tx -> {
          assertThat(tx.scan(BY_COUNTRY, Range.prefix("CH").reversed().limit(2)).toList())
              .hasSize(2);
          assertThat(tx.count(BY_COUNTRY, Range.prefix("CH").skip(3))).isEqualTo(10);
          assertThat(tx.rank(BY_NAME, "b")).isEqualTo(tx.count(BY_NAME, Range.lessThan("b")));
          assertThat(tx.rank(UNIQUE, "a")).isEqualTo(tx.count(UNIQUE, Range.lessThan("a")));
          List<Entry<String, Long>> pages = new ArrayList<>();
          for (int page = 0; page < 9; page++) {
            pages.addAll(tx.scanKeys(BY_NAME, Range.all().skip(5L * page).limit(5)).toList());
          }
          assertThat(pages).isEqualTo(tx.scanKeys(BY_NAME).toList());
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.count(BY_NAME, Range.prefix("a", "b")));
          return null;
        });
  }

  @Test
  void anIndexOfAMissingTableIsEmpty() {
    Database db = open();
    db.register(BY_NAME, UNIQUE);
    db.view(
        tx -> {
          for (Index<String, Long, Town> index : List.of(BY_NAME, UNIQUE)) {
            assertThat(tx.scan(index).toList()).isEmpty();
            assertThat(tx.scanKeys(index).toList()).isEmpty();
            assertThat(tx.count(index)).isZero();
            assertThat(tx.rank(index, "z")).isZero();
            assertThat(tx.at(index, 0)).isNull();
          }
          return null;
        });
  }
}
