package dev.pando.bench.ycsb;

import java.util.Map;

/**
 * What a trial found.
 *
 * @param operationsPerSecond of all threads
 * @param failures answers that were not OK
 * @param times by the name of a {@link Kind}
 */
record Outcome(double operationsPerSecond, long failures, Map<String, Times> times) {
  /**
   * Times of one kind of operation, in microseconds.
   *
   * @param count how many there were
   */
  record Times(long count, double p50, double p95, double p99) {
    String toLine() {
      return "%d %s %s %s".formatted(count, p50, p95, p99);
    }

    static Times of(String line) {
      String[] words = line.split(" ");
      return new Times(
          Long.parseLong(words[0]),
          Double.parseDouble(words[1]),
          Double.parseDouble(words[2]),
          Double.parseDouble(words[3]));
    }
  }
}
