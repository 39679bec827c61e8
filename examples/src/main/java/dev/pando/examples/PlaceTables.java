package dev.pando.examples;

import dev.pando.Index;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;

/** The table of the gazetteer, and three orders to find its places in. */
final class PlaceTables {
  static final Table<Integer, Place> PLACES =
      Table.of("places", Codec.u32(), Codec.record(Place.class));

  /** Finds places by name. */
  static final Index<String, Integer, Place> BY_NAME = PLACES.index("by name", Place::name);

  /** Finds a country's places, the largest first. */
  static final Index<Tuple2<String, Integer>, Integer, Place> BY_SIZE =
      PLACES.index(
          "by country and size",
          Codec.tuple(Codec.utf8(), Codec.descending(Codec.i32())),
          "country,population",
          place -> new Tuple2<>(place.country(), place.population()));

  /** Finds a country's places by name. */
  static final Index<Tuple2<String, String>, Integer, Place> IN_COUNTRY =
      PLACES.index("by country and name", Place::country, Place::name);

  private PlaceTables() {}

  /** Corrects a population; no reader ever sees the table or an index changed alone. */
  static void correctPopulation(WriteTxn tx, int id, int population) {
    Place old = tx.get(PLACES, id);
    if (old == null) {
      throw new IllegalArgumentException("there is no place " + id);
    }
    tx.put(PLACES, id, old.withPopulation(population));
  }
}
