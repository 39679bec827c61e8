package dev.pando.kafka.streams;

import java.time.Duration;

/** Checks what a user asks of a store. */
final class StoreSettings {
  private StoreSettings() {}

  static long millis(Duration duration, String what) {
    long millis;
    try {
      millis = duration.toMillis();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(what + " is too long: " + duration, e);
    }
    if (millis < 0) {
      throw new IllegalArgumentException(what + " cannot be negative: " + duration);
    }
    return millis;
  }

  /** How long a segment is, as in Kafka's own stores. */
  static long segmentLength(long retention) {
    return Math.max(retention / 2, 60_000);
  }
}
