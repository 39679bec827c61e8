package dev.pando.examples;

/**
 * A populated place.
 *
 * @param id its number at GeoNames
 * @param name in the local script where that is Latin
 * @param country two letters, ISO 3166
 * @param admin first-level division, such as a state
 * @param feature what kind of place, in GeoNames' codes
 * @param population inhabitants
 * @param latitude degrees, north is positive
 * @param longitude degrees, east is positive
 */
record Place(
    int id,
    String name,
    String country,
    String admin,
    String feature,
    int population,
    double latitude,
    double longitude) {

  /** Reads a line of the data set. */
  static Place parse(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length != 8) {
      throw new IllegalArgumentException(
          "a line with " + fields.length + " fields, allowed 8: " + line);
    }
    return new Place(
        Integer.parseInt(fields[0]),
        fields[1],
        fields[2],
        fields[3],
        fields[4],
        Integer.parseInt(fields[5]),
        Double.parseDouble(fields[6]),
        Double.parseDouble(fields[7]));
  }

  Place withPopulation(int corrected) {
    return new Place(id, name, country, admin, feature, corrected, latitude, longitude);
  }
}
