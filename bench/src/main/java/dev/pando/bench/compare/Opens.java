package dev.pando.bench.compare;

import dev.pando.bench.compare.Peer.Reader;
import dev.pando.bench.compare.Peer.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Workloads of opening a store, in a JVM that has done it before. */
final class Opens {
  private static final int WARM = 20;
  private static final int MEASURED = 21;

  /** Copies of whole stores cost time. */
  private static final int QUICK_WARM = 5;

  private static final int QUICK_MEASURED = 7;

  private static final int CRASH_COMMITS = 20;
  private static final int CRASH_PUTS = 1000;

  private Opens() {}

  /** Opening what was closed, up to the first get: milliseconds. */
  static Outcome closed(Stage stage) {
    Path copy = stage.copy(stage.loaded(), "store");
    return opens(stage, () -> copy);
  }

  /** Opening what a process that was killed has left. */
  static Outcome crashed(Stage stage) {
    Path crashed = Stage.crashed(stage.loaded());
    return opens(
        stage,
        () -> {
          stage.delete("store");
          return stage.copy(crashed, "store");
        });
  }

  /** A place where the store lies as it is to be opened. */
  private interface Place {
    Path ready();
  }

  private static Outcome opens(Stage stage, Place place) {
    Setting setting = stage.setting();
    Pair pair = new Pair(setting);
    KeyList keys = Orders.ring(setting, 5, Keys::present);
    int warm = setting.quick() ? QUICK_WARM : WARM;
    int measured = setting.quick() ? QUICK_MEASURED : MEASURED;
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < warm + measured; i++) {
      keys.copy(i, pair);
      long nanos = open(stage, place.ready(), pair);
      if (i >= warm) {
        millis.add(nanos / 1e6);
      }
    }
    return Outcome.figure(Results.Spread.of(millis).median(), Outcome.NONE);
  }

  private static long open(Stage stage, Path directory, Pair pair) {
    long begin = System.nanoTime();
    try (Peer peer = stage.open(directory);
        Reader reader = peer.beginRead(pair)) {
      long first = reader.get();
      long end = System.nanoTime();
      if (first == 0) {
        throw new AssertionError("a record is missing");
      }
      return end - begin;
    }
  }

  /** Commits to a copy of the loaded store, begins another transaction and ends the process. */
  static void crash(Stage stage) {
    Setting setting = stage.setting();
    Pair pair = new Pair(setting);
    KeyList keys = Orders.ring(setting, 5, Keys::present);
    Values values = new Values(setting.valueBytes());
    Path crashed = Stage.crashed(stage.loaded());
    Directories.copy(stage.loaded(), crashed);
    Peer peer = stage.open(crashed);
    int puts = setting.puts(CRASH_PUTS);
    for (int commit = 0; ; commit++) {
      Writer writer = peer.beginWrite(pair);
      for (int i = 0; i < puts; i++) {
        long operation = (long) commit * puts + i;
        keys.copy(operation, pair);
        values.fill(keys.record(operation), commit + 1, pair.value);
        writer.put();
      }
      if (commit == CRASH_COMMITS) {
        return; // Trial halts, and nothing is closed
      }
      writer.commit();
      writer.close();
    }
  }
}
