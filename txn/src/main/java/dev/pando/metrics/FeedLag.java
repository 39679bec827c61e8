package dev.pando.metrics;

import dev.pando.FeedStat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lag of the reader of a change feed, in plain numbers, from {@link DatabaseMXBean#getFeeds}.
 * Immutable.
 *
 * @param feed its name
 * @param commits commits in the feed that are not acknowledged
 * @param bytes bytes of the feed's pages
 * @param oldestNanos the age of the oldest of these commits in nanoseconds, by the clocks of the
 *     machines that wrote and that read; 0 if there is none, or if it is still to come
 * @param lost transactions from the first to the last commit that was dropped and not read; 0 if
 *     there is none. The feed had some or all of them
 */
public record FeedLag(String feed, long commits, long bytes, long oldestNanos, long lost) {
  static FeedLag of(String feed, FeedStat stat) {
    return new FeedLag(
        feed,
        stat.commits(),
        stat.bytes(),
        age(stat.firstTime()),
        stat.lostTo() == 0 ? 0 : stat.lostTo() - stat.lostFrom() + 1);
  }

  private static long age(@Nullable Instant time) {
    if (time == null) {
      return 0;
    }
    Duration age = Duration.between(time, Instant.now());
    return age.isNegative() ? 0 : saturated(age);
  }

  /** A clock that was wrong may say an age that is too long for a number of nanoseconds. */
  private static long saturated(Duration age) {
    try {
      return age.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The lags of all feeds, in the order of the map. */
  static List<FeedLag> all(Map<String, FeedStat> stats) {
    List<FeedLag> all = new ArrayList<>(stats.size());
    stats.forEach((feed, stat) -> all.add(of(feed, stat)));
    return all;
  }
}
