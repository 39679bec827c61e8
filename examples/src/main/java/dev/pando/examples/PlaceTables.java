package dev.pando.examples;

import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;

/**
 * The tables of the gazetteer: the places, and three orders to find them in. An index is a table
 * like any other whose key begins with what is searched for and ends with the id, because a name
 * may belong to several places.
 */
final class PlaceTables {
  /** Finds places by name. */
  record ByName(String name, int id) {}

  /** Finds a country's places, the largest first. */
  record BySize(String country, int population, int id) {}

  /** Finds a country's places by name. */
  record InCountry(String country, String name, int id) {}

  /** What a list of names shows beside them. */
  record Brief(String country, int population) {}

  static final Table<Integer, Place> PLACES =
      Table.of("places", Codec.u32(), Codec.record(Place.class));

  static final Table<ByName, Brief> BY_NAME =
      Table.of("by name", Codec.record(ByName.class), Codec.record(Brief.class));

  static final Table<BySize, String> BY_SIZE =
      Table.of(
          "by country and size",
          Codec.record(BySize.class, Codec.utf8(), Codec.descending(Codec.i32()), Codec.i32()),
          Codec.utf8());

  static final Table<InCountry, Boolean> IN_COUNTRY =
      Table.of("by country and name", Codec.record(InCountry.class), Codec.bool());

  private PlaceTables() {}

  /** Adds a place to all tables. */
  static void add(WriteTxn tx, Place place) {
    tx.put(PLACES, place.id(), place);
    tx.put(
        BY_NAME,
        new ByName(place.name(), place.id()),
        new Brief(place.country(), place.population()));
    tx.put(BY_SIZE, new BySize(place.country(), place.population(), place.id()), place.name());
    tx.put(IN_COUNTRY, new InCountry(place.country(), place.name(), place.id()), true);
  }

  /** Corrects a population in all tables; no reader ever sees one table changed alone. */
  static void correctPopulation(WriteTxn tx, int id, int population) {
    Place old = tx.get(PLACES, id);
    if (old == null) {
      throw new IllegalArgumentException("there is no place " + id);
    }
    tx.put(PLACES, id, old.withPopulation(population));
    tx.put(BY_NAME, new ByName(old.name(), id), new Brief(old.country(), population));
    tx.delete(BY_SIZE, new BySize(old.country(), old.population(), id));
    tx.put(BY_SIZE, new BySize(old.country(), population, id), old.name());
  }
}
