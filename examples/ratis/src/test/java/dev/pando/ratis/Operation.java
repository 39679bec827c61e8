package dev.pando.ratis;

import org.jspecify.annotations.Nullable;

/**
 * A call of a client, as the client saw it.
 *
 * @param client each has one call at a time
 * @param value what was put, or read, or the replacement; null for none
 * @param expected of a compare-and-set
 * @param succeeded the result of a delete or a compare-and-set
 * @param known false for a write without an answer, which may take effect at any time, or never
 * @param start and end by the clock of the process that has all clients, in nanoseconds
 */
record Operation(
    int client,
    String key,
    Kind kind,
    @Nullable String value,
    @Nullable String expected,
    boolean succeeded,
    boolean known,
    long start,
    long end) {
  enum Kind {
    PUT,
    GET,
    DELETE,
    COMPARE_AND_SET
  }

  Operation during(long from, long to) {
    return new Operation(client, key, kind, value, expected, succeeded, known, from, to);
  }

  Operation returning(@Nullable String other) {
    return new Operation(client, key, kind, other, expected, succeeded, known, start, end);
  }

  Operation answering(boolean other) {
    return new Operation(client, key, kind, value, expected, other, known, start, end);
  }

  Operation unanswered() {
    return new Operation(client, key, kind, value, expected, false, false, start, Long.MAX_VALUE);
  }
}
