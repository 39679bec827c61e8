package dev.pando.examples;

import static dev.pando.examples.PlaceTables.BY_NAME;
import static dev.pando.examples.PlaceTables.BY_SIZE;
import static dev.pando.examples.PlaceTables.IN_COUNTRY;
import static dev.pando.examples.PlaceTables.PLACES;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Range;
import dev.pando.codec.Tuple2;
import dev.pando.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Places of the world in one file: loads them, finds them by id, name, country and size, corrects a
 * number in the table and its indexes at once, and shows what is left after being killed.
 */
public final class Gazetteer {
  private static final String USAGE =
      """
      usage: gazetteer [--dir DIRECTORY] [--kill-after N]
        --dir DIRECTORY  where the database file is kept, "gazetteer" by default
        --kill-after N   halts the program hard after N places, while it is loading
      """;

  private static final int REYKJAVIK = 3413829;
  private static final int PAGE = 8;

  private final Database db;

  private Gazetteer(Database db) {
    this.db = db;
  }

  /**
   * Runs the example.
   *
   * @param args see the usage; exits with 0 if all is well, 1 after a failure, 2 for wrong
   *     arguments
   */
  public static void main(String[] args) throws IOException {
    Path dir = Path.of("gazetteer");
    long killAfter = -1;
    try {
      for (int i = 0; i < args.length; i += 2) {
        switch (args[i]) {
          case "--dir" -> dir = Path.of(args[i + 1]);
          case "--kill-after" -> killAfter = positive(args[i + 1]);
          default -> throw new IllegalArgumentException("unknown argument " + args[i]);
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println("gazetteer: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      run(dir, killAfter);
    } catch (StorageException | IOException e) {
      System.err.println("gazetteer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static long positive(String number) {
    long n = Long.parseLong(number);
    if (n < 1) {
      throw new IllegalArgumentException("--kill-after " + n + ", allowed 1 or more");
    }
    return n;
  }

  private static void run(Path dir, long killAfter) throws IOException {
    Files.createDirectories(dir);
    Path file = dir.resolve("places.pando");
    long start = System.nanoTime();
    try (Database db = Database.open(file)) {
      System.out.printf(
          "%s %s in %s%n", db.openReport().created() ? "created" : "opened", file, since(start));
      db.register(BY_NAME, BY_SIZE, IN_COUNTRY);
      new Gazetteer(db).run(killAfter);
    }
  }

  private void run(long killAfter) throws IOException {
    load(killAfter);
    byId();
    byName();
    largest();
    pages();
    correction();
    CheckReport report = timed("check", db::check);
    System.out.println(report);
    report.throwIfBad();
  }

  private void load(long killAfter) throws IOException {
    long present = db.count(PLACES);
    if (present > 0 && present < PlaceLoader.TOTAL) {
      System.out.printf(
          "recovered %,d of %,d places; every index agrees: %b; going on from there%n",
          present, PlaceLoader.TOTAL, indexesAgree(present));
    }
    long start = System.nanoTime();
    long loaded = new PlaceLoader(db, killAfter).load();
    long all = db.count(PLACES);
    if (loaded == 0) {
      System.out.printf("%,d places are there already%n", all);
    } else {
      System.out.printf("loaded %,d places, now %,d, in %s%n", loaded, all, since(start));
    }
  }

  private boolean indexesAgree(long present) {
    return db.view(
        tx ->
            tx.count(BY_NAME, Range.all()) == present
                && tx.count(BY_SIZE, Range.all()) == present
                && tx.count(IN_COUNTRY, Range.all()) == present);
  }

  private void byId() {
    Place place = timed("the place with id " + REYKJAVIK, () -> place(REYKJAVIK));
    System.out.println("  " + place);
  }

  private void byName() {
    var found =
        timed(
            "names that start with San Fr",
            () -> db.view(tx -> tx.scan(BY_NAME, Range.startsWith("San Fr")).toList()));
    found.stream()
        .limit(5)
        .forEach(
            e ->
                System.out.printf(
                    "  %s, %s: %,d%n", e.indexKey(), e.value().country(), e.value().population()));
    System.out.printf("  ... %,d in all%n", found.size());
  }

  private void largest() {
    var found =
        timed(
            "the ten largest of JP",
            () -> db.view(tx -> tx.scan(BY_SIZE, largestOf("JP", 10)).toList()));
    found.forEach(e -> System.out.printf("  %,11d %s%n", e.indexKey().second(), e.value().name()));
  }

  private static Range<Tuple2<String, Integer>> largestOf(String country, int count) {
    return Range.<Tuple2<String, Integer>>prefix(country).limit(count);
  }

  private void pages() {
    System.out.printf("the places of IS in name order, %d on a page%n", PAGE);
    long all = 0;
    List<String> page = timed("  first page", () -> page(0));
    while (!page.isEmpty()) {
      System.out.println("    " + String.join(", ", page));
      all += page.size();
      long before = all;
      // An index counts its entries: skipping reads a page or two, and no row is read.
      page = timed("  one page further on", () -> page(before));
    }
    System.out.printf("  ... %,d in all%n", all);
  }

  private List<String> page(long before) {
    Range<Tuple2<String, String>> next =
        Range.<Tuple2<String, String>>prefix("IS").skip(before).limit(PAGE);
    return db.view(
        tx -> tx.scanKeys(IN_COUNTRY, next).stream().map(e -> e.key().second()).toList());
  }

  private void correction() {
    int before = place(REYKJAVIK).population();
    timed(
        "one more inhabitant for Reykjavik, in the table and its indexes at once and on disk",
        () -> {
          db.update(tx -> PlaceTables.correctPopulation(tx, REYKJAVIK, before + 1));
          return before;
        });
    System.out.printf(
        "  %,d before, %,d after; first of its country: %s%n",
        before,
        place(REYKJAVIK).population(),
        db.view(
            tx ->
                tx.scan(BY_SIZE, largestOf("IS", 1)).stream().map(e -> e.value().name()).toList()));
  }

  private Place place(int id) {
    Place place = db.get(PLACES, id);
    return Objects.requireNonNull(place, "a place that was loaded is missing");
  }

  private interface Step<R> {
    R run();
  }

  private static <R> R timed(String what, Step<R> step) {
    long start = System.nanoTime();
    R result = step.run();
    System.out.printf("%s (%s)%n", what, since(start));
    return result;
  }

  private static String since(long start) {
    double micros = (System.nanoTime() - start) / 1e3;
    return micros < 1000
        ? "%.0f us".formatted(micros)
        : micros < 1_000_000 ? "%.1f ms".formatted(micros / 1e3) : "%.2f s".formatted(micros / 1e6);
  }
}
