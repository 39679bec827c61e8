package dev.pando;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Refuses values of options that are out of their limits. */
final class Limits {
  private Limits() {}

  /** Returns a number of bytes, if it is large enough. */
  static long bytes(String what, long bytes, long least) {
    if (bytes < least) {
      throw new IllegalArgumentException(
          "%s=%d, allowed %d bytes or more".formatted(what, bytes, least));
    }
    return bytes;
  }

  /** Returns a time, if it is more than zero. */
  static Duration time(String what, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(what + "=" + time + ", allowed more than zero");
    }
    return time;
  }

  /** As {@link #time}; null is allowed, too. */
  static @Nullable Duration timeOrNull(String what, @Nullable Duration time) {
    if (time != null && (time.isNegative() || time.isZero())) {
      throw new IllegalArgumentException(what + "=" + time + ", allowed more than zero, or null");
    }
    return time;
  }
}
