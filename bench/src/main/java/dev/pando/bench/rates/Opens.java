package dev.pando.bench.rates;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.Store.Reader;
import dev.pando.bench.store.Store.Writer;
import dev.pando.bench.store.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Workloads of opening a store, in a JVM that has done it before. */
final class Opens {
  private static final int WARM = 20;
  private static final int MEASURED = 21;

  /** Copies of whole stores cost time. */
  private static final int QUICK_WARM = 5;

  private static final int QUICK_MEASURED = 7;

  private Opens() {}

  /** Opening what was closed, up to the first get: milliseconds. */
  static Outcome closed(Stage stage) {
    Path copy = stage.copy(stage.loaded());
    return opens(stage, () -> copy);
  }

  /** Opening what a process that was killed has left. */
  static Outcome crashed(Stage stage) {
    return opens(
        stage,
        () -> {
          Folders.delete(stage.store());
          return stage.copy(stage.crashed());
        });
  }

  private static Outcome opens(Stage stage, Supplier<Path> place) {
    Pair pair = stage.data().pair();
    KeyList keys = Orders.ring(stage.data(), 5, Keys::present);
    int warm = stage.setting().quick() ? QUICK_WARM : WARM;
    int measured = stage.setting().quick() ? QUICK_MEASURED : MEASURED;
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < warm + measured; i++) {
      keys.copy(i, pair);
      double took = open(stage, place.get(), pair);
      if (i >= warm) {
        millis.add(took);
      }
    }
    Collections.sort(millis);
    return Outcome.figure(millis.get(measured / 2), Outcome.NONE);
  }

  private static double open(Stage stage, Path directory, Pair pair) {
    long begin = System.nanoTime();
    try (Store store = stage.open(directory);
        Reader reader = store.beginRead(pair)) {
      long first = reader.get();
      long end = System.nanoTime();
      if (first == 0) {
        throw new AssertionError("a record is missing");
      }
      return (end - begin) / 1e6;
    }
  }

  /** Commits to a copy of the loaded store, begins another transaction and ends the process. */
  record CrashTrial(Stage stage) implements Trial<Void> {
    static final int EXIT = 9;
    private static final int COMMITS = 20;
    private static final int PUTS = 1000;

    @Override
    public Void run() {
      Pair pair = stage.data().pair();
      KeyList keys = Orders.ring(stage.data(), 5, Keys::present);
      Values values = new Values(stage.data().valueBytes());
      Folders.copy(stage.loaded(), stage.crashed());
      Store store = stage.open(stage.crashed());
      int puts = stage.setting().puts(PUTS);
      for (int commit = 0; ; commit++) {
        Writer writer = store.beginWrite(pair);
        for (int i = 0; i < puts; i++) {
          long operation = (long) commit * puts + i;
          keys.copy(operation, pair);
          values.fill(keys.record(operation), commit + 1, pair.value);
          writer.put();
        }
        if (commit == COMMITS) {
          Runtime.getRuntime().halt(EXIT);
        }
        writer.commit();
        writer.close();
      }
    }
  }
}
