package dev.pando.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Database;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Loads the places, some thousands in a transaction. Places go in in the order of their lines, and
 * a transaction is there whole or not at all; so the number of places in the database says where to
 * go on after any interruption.
 */
final class PlaceLoader {
  /** Lines of the data set. */
  static final int TOTAL = 135_233;

  private static final int BATCH = 5_000;
  private static final int BAR_WIDTH = 100;

  /** What a shell reports for a process that was killed with signal 9. */
  private static final int KILLED = 137;

  private final Database db;
  private final long killAfter;

  /**
   * A loader into a database.
   *
   * @param killAfter halts the JVM after so many places, in the middle of a transaction
   */
  PlaceLoader(Database db, long killAfter) {
    this.db = db;
    this.killAfter = killAfter;
  }

  /** Loads what is missing; returns how many places that were. */
  long load() throws IOException {
    long present = db.count(PlaceTables.PLACES);
    if (present >= TOTAL) {
      return 0;
    }
    try (BufferedReader lines = open();
        ProgressBar bar = progressBar(present)) {
      for (long skipped = 0; skipped < present; skipped++) {
        lines.readLine();
      }
      long loaded = present;
      for (List<Place> batch = read(lines); !batch.isEmpty(); batch = read(lines)) {
        loaded = loadBatch(batch, loaded);
        if (bar != null) {
          bar.stepTo(loaded);
        }
      }
      return loaded - present;
    }
  }

  private long loadBatch(List<Place> batch, long loadedBefore) {
    db.update(
        tx -> {
          long loaded = loadedBefore;
          for (Place place : batch) {
            tx.put(PlaceTables.PLACES, place.id(), place);
            if (++loaded == killAfter) {
              System.out.printf(
                  "killed after %,d places, in the middle of a transaction%n", loaded);
              System.out.flush();
              Runtime.getRuntime().halt(KILLED); // no finally, no close: as if the power went
            }
          }
        });
    return loadedBefore + batch.size();
  }

  private static List<Place> read(BufferedReader lines) throws IOException {
    List<Place> batch = new ArrayList<>(BATCH);
    while (batch.size() < BATCH) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      batch.add(Place.parse(line));
    }
    return batch;
  }

  private static BufferedReader open() throws IOException {
    InputStream resource = PlaceLoader.class.getResourceAsStream("places.tsv.gz");
    if (resource == null) {
      throw new IOException("the data set is not on the class path: places.tsv.gz");
    }
    return new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), UTF_8));
  }

  /** A bar for people; a file or a pipe gets none. */
  private static @Nullable ProgressBar progressBar(long start) {
    // Some JDKs give no console for a pipe, others one that is no terminal.
    if (!Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)) {
      return null;
    }
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("loading")
            .setInitialMax(TOTAL)
            .setUnit(" places", 1)
            .setConsumer(new ConsoleProgressBarConsumer(System.err, BAR_WIDTH))
            .build();
    bar.stepTo(start);
    return bar;
  }
}
