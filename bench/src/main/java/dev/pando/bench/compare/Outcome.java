package dev.pando.bench.compare;

/**
 * What a trial has measured.
 *
 * @param value in the workload's unit
 * @param operations how many were measured
 * @param seconds how long they took
 * @param checksum of what was read or is in the store; the same for every peer, or {@link #NONE}
 */
record Outcome(double value, long operations, double seconds, String checksum) {
  /** For peers whose content cannot be read, and where the trial has compared with a model. */
  static final String NONE = "-";

  /** Operations a second; for the guard, a second of processor time. */
  static Outcome rate(Setting setting, long operations, Stopwatch watch, String checksum) {
    double seconds = (setting.isGuard() ? watch.processor() : watch.elapsed()) / 1e9;
    return new Outcome(operations / seconds, operations, seconds, checksum);
  }

  /** A rate, of operations that consist of several smaller ones. */
  Outcome times(int factor) {
    return new Outcome(value * factor, operations * factor, seconds, checksum);
  }

  /** A figure that is no rate. */
  static Outcome figure(double value, String checksum) {
    return new Outcome(value, 1, 0, checksum);
  }
}
