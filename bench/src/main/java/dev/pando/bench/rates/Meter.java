package dev.pando.bench.rates;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures a rate twice in a fresh JVM: cold, in its first moments, and warm. It is warm after a
 * given time or, for the guard, when the rate is steady and the compilers have little left to do:
 * how long they take differs from machine to machine by more than a factor of ten.
 */
final class Meter {
  /** Keeps the JIT compiler from leaving out what is not looked at. */
  static volatile long sink;

  private static final long SLICE_MILLIS = 500;

  /** The rate is steady when so many slices in a row bring no better one. */
  private static final int WITHOUT_PROGRESS = 6;

  /** A rate that is less than this factor better is none that is better. */
  private static final double PROGRESS = 1.05;

  /** Compilers rest when they take less than this part of the processor time. */
  private static final double COMPILERS_REST = 0.1;

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
    List<Sample> samples = new ArrayList<>(List.of(first));
    while (!isSteady(samples) && samples.size() * SLICE_MILLIS < LIMIT_MILLIS) {
      samples.add(slice.run(SLICE_MILLIS));
    }
  }

  /** Whether the last slices brought no progress over all before them, and compilers rested. */
  private static boolean isSteady(List<Sample> samples) {
    int before = samples.size() - WITHOUT_PROGRESS;
    if (before <= 0) {
      return false;
    }
    List<Sample> last = samples.subList(before, samples.size());
    double compiling = last.stream().mapToDouble(sample -> sample.watch.compiling()).sum();
    double process = last.stream().mapToDouble(sample -> sample.watch.process()).sum();
    return compiling < COMPILERS_REST * process
        && best(last) < PROGRESS * best(samples.subList(0, before));
  }

  private static double best(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::rate).max().orElse(0);
  }
}
