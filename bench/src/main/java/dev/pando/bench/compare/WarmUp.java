package dev.pando.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs what is to be measured until the JVM is warm: for a given time, or until its rate is steady.
 * How long the compilers take differs from machine to machine by more than a factor of ten.
 */
final class WarmUp {
  private static final long SLICE_MILLIS = 500;

  /** The rate is steady when so many slices in a row bring no better one. */
  private static final int WITHOUT_PROGRESS = 6;

  /** A rate that is less than this factor better is none that is better. */
  private static final double PROGRESS = 1.05;

  private static final long LIMIT_MILLIS = 40_000;

  private WarmUp() {}

  /** Operations for a while. */
  interface Slice {
    /** Runs operations for so many milliseconds; returns their rate. */
    Outcome run(long millis);
  }

  static void run(Setting setting, Slice slice) {
    if (!setting.isGuard()) {
      Outcome _ = slice.run(setting.warmMillis());
      return;
    }
    List<Double> rates = new ArrayList<>();
    do {
      rates.add(slice.run(SLICE_MILLIS).value());
    } while (!isSteady(rates) && rates.size() * SLICE_MILLIS < LIMIT_MILLIS);
  }

  /** Whether the last slices brought no progress over all before them. */
  static boolean isSteady(List<Double> rates) {
    int before = rates.size() - WITHOUT_PROGRESS;
    return before > 0
        && best(rates.subList(before, rates.size())) < PROGRESS * best(rates.subList(0, before));
  }

  private static double best(List<Double> rates) {
    return rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
