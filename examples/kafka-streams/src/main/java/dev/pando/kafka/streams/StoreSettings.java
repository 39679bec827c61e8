package dev.pando.kafka.streams;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

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

  /**
   * A setting of the application that is a number of 1 or more.
   *
   * @param unit what it counts, for the error
   * @throws ConfigException if it is anything else
   */
  static long positive(Map<String, Object> settings, String name, long defaultValue, String unit) {
    Object value = settings.get(name);
    if (value == null) {
      return defaultValue;
    }
    try {
      long number = Long.parseLong(value.toString().trim());
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException _) {
      // as a number that is too small
    }
    throw new ConfigException(
        name,
        value,
        "allowed are 1 to " + Long.MAX_VALUE + " " + unit + "; by default " + defaultValue);
  }

  /** How long a segment is, as in Kafka's own stores. */
  static long segmentLength(long retention) {
    return Math.max(retention / 2, 60_000);
  }
}
