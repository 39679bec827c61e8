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

  /** Returns a number of bytes, if it is within its limits. */
  static long bytes(String what, long bytes, long least, long most) {
    if (bytes < least || bytes > most) {
      throw new IllegalArgumentException(
          "%s=%d, allowed %d to %d bytes".formatted(what, bytes, least, most));
    }
    return bytes;
  }

  /** Returns a time, if it is more than zero, or null. */
  static @Nullable Duration timeOrNull(String what, @Nullable Duration time) {
    if (time != null && (time.isNegative() || time.isZero())) {
      throw new IllegalArgumentException(what + "=" + time + ", allowed more than zero, or null");
    }
    return time;
  }
}
