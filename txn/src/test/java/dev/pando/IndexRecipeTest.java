package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.error.UniqueIndexException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The README's recipe for indexes. */
final class IndexRecipeTest extends DatabaseTestBase {
  // recipe begins
  record Place(String name, String country, int people, @Nullable String code) {}

  static final Table<Long, Place> PLACES =
      Table.of(
          "places",
          Codec.u64(),
          Codec.record(
              Place.class, Codec.utf8(), Codec.utf8(), Codec.i32(), Codec.nullable(Codec.utf8())));
  static final Index<String, Long, Place> BY_NAME = PLACES.index("by name", Place::name);
  static final Index<Tuple2<String, Integer>, Long, Place> BY_SIZE =
      PLACES.index("by size", Place::country, Place::people); // two components, in this order
  static final Index<String, Long, Place> BY_CODE =
      PLACES.uniqueIndex("by code", Place::code); // null: no entry
  static final Index<String, Long, Place> CITIES = // any function needs a codec and an id
      PLACES
          .index("cities", Codec.utf8(), "lower(name)", p -> p.name().toLowerCase(Locale.ROOT))
          .where("people >= 100000", p -> p.people() >= 100_000);
  static final Index<String, Long, Place> BY_WORD = // several entries a row
      PLACES.indexEach("by word", Codec.utf8(), "words", p -> List.of(p.name().split(" ")));

  static void start(Database db) {
    db.register(BY_NAME, BY_SIZE, BY_CODE, CITIES, BY_WORD);
    db.build(BY_WORD, (rows, all) -> {}); // for a table that has rows: others may go on writing
  }

  static void show(ReadTxn tx) {
    for (IndexEntry<String, Long, Place> found : tx.scan(BY_NAME, Range.only("Bern"))) {
      System.out.println(found.key() + ": " + found.value());
    }
    tx.scan(BY_SIZE, Range.prefix("CH").reversed().limit(10)).stream() // the ten largest
        .map(IndexEntry::value)
        .forEach(System.out::println);
    for (Entry<String, Long> found : tx.scanKeys(CITIES, Range.startsWith("b"))) { // reads no rows
      System.out.println(found.key());
    }
    long swiss = tx.count(BY_SIZE, Range.prefix("CH")); // reads a page or two a level
    System.out.println(swiss + " places");
    Entry<Long, Place> bern = tx.get(BY_CODE, "BRN");
    System.out.println(bern == null ? "not there" : bern.value());
  }

  // recipe ends

  private static final Place BERN = new Place("Bern", "CH", 134_000, "BRN");
  private static final Place BIEL = new Place("Biel Bienne", "CH", 55_000, null);

  @Test
  void findsRows() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(PLACES, 1L, BERN);
          tx.put(PLACES, 2L, BIEL);
        });
    for (Index<?, Long, Place> index : List.of(BY_NAME, BY_SIZE, BY_CODE, CITIES)) {
      db.register(index);
      db.build(index, (_, _) -> {});
    }
    start(db);
    db.view(
        tx -> {
          show(tx);
          assertThat(tx.scan(BY_NAME, Range.only("Bern")).stream())
              .containsExactly(new IndexEntry<>("Bern", 1L, BERN));
          List<Place> bySize = new ArrayList<>();
          tx.scan(BY_SIZE, Range.prefix("CH")).stream().map(IndexEntry::value).forEach(bySize::add);
          assertThat(bySize).containsExactly(BIEL, BERN);
          assertThat(tx.get(BY_CODE, "BRN")).isEqualTo(new Entry<>(1L, BERN));
          assertThat(tx.scanKeys(CITIES, Range.all()).stream().map(Entry::key))
              .containsExactly("bern");
          assertThat(tx.scanKeys(BY_WORD, Range.all()).stream().map(Entry::key))
              .containsExactly("Bern", "Biel", "Bienne");
          return null;
        });
    assertThatExceptionOfType(UniqueIndexException.class)
        .isThrownBy(() -> db.put(PLACES, 3L, new Place("B", "DE", 1, "BRN")));
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    ReadmeCode.assertHas(IndexRecipeTest.class);
  }
}
