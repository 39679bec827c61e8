package dev.pando.bench.rates;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures a rate twice in a fresh JVM: cold, in its first moments, and warm. It is warm after a
 * given time or, for the guard, when the rate is steady: how long the compilers take differs from
 * machine to machine by more than a factor of ten.
 */
final class Meter {
  /** Keeps the JIT compiler from leaving out what is not looked at. */
  static volatile long sink;

  private static final long SLICE_MILLIS = 500;

  /** The rate is steady when so many slices in a row bring no better one. */
  private static final int WITHOUT_PROGRESS = 6;

  /** A rate that is less than this factor better is none that is better. */
  private static final double PROGRESS = 1.05;

  private static final long LIMIT_MILLIS = 40_000;

  private Meter() {}

  /** A rate that was measured once. */
  record Sample(double rate, Stopwatch watch, String checksum) {
    static Sample of(Setting setting, long operations, Stopwatch watch, String checksum) {
      return new Sample(operations / watch.seconds(setting), watch, checksum);
    }
  }

  /** Operations for a while. */
  interface Slice {
    /** Runs operations for so many milliseconds, at least. */
    Sample run(long millis);
  }

  static Outcome measure(Setting setting, Slice slice) {
    Sample cold = slice.run(setting.isGuard() ? SLICE_MILLIS : setting.coldMillis());
    if (setting.isGuard()) {
      runUntilSteady(slice, cold);
    } else if (setting.warmMillis() > setting.coldMillis()) {
      Sample _ = slice.run(setting.warmMillis() - setting.coldMillis());
    }
    System.gc(); // what was left by the preparation is not to be collected meanwhile
    Sample warm = slice.run(setting.windowMillis());
    return new Outcome(
        warm.rate,
        cold.rate,
        warm.watch.compiling(),
        cold.watch.compiling(),
        0,
        warm.watch.others(),
        warm.checksum);
  }

  private static void runUntilSteady(Slice slice, Sample first) {
    List<Double> rates = new ArrayList<>(List.of(first.rate));
    while (!isSteady(rates) && rates.size() * SLICE_MILLIS < LIMIT_MILLIS) {
      rates.add(slice.run(SLICE_MILLIS).rate);
    }
  }

  /** Whether the last slices brought no progress over all before them. */
  private static boolean isSteady(List<Double> rates) {
    int before = rates.size() - WITHOUT_PROGRESS;
    return before > 0
        && best(rates.subList(before, rates.size())) < PROGRESS * best(rates.subList(0, before));
  }

  private static double best(List<Double> rates) {
    return rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
