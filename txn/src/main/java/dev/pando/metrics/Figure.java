package dev.pando.metrics;

import dev.pando.Database;
import dev.pando.Histogram;
import dev.pando.Metrics;
import dev.pando.Stat;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * One figure of a database, as tools of all kinds name it.
 *
 * @param name dotted, in lower case
 * @param unit as in UCUM: {@code By} for bytes, {@code ns}, or empty
 * @param kind of commits; empty for all other figures
 * @param value of the result of {@link Database#metrics}, {@link Database#stat} or {@link
 *     Database#feedStats}
 */
record Figure<T>(String name, String unit, String kind, String what, ToLongFunction<T> value) {

  /** Times of calls: how many there were, and how long all took together. */
  record Times(String name, String what, Function<Metrics, Histogram> value) {}

  private static Figure<Metrics> count(
      String name, String unit, String what, ToLongFunction<Metrics> value) {
    return new Figure<>("pando." + name, unit, "", what, value);
  }

  private static Figure<Metrics> commits(String kind, ToLongFunction<Metrics> value) {
    return new Figure<>("pando.commits", "", kind, "Commits", value);
  }

  private static Figure<Stat> state(
      String name, String unit, String what, ToLongFunction<Stat> value) {
    return new Figure<>("pando." + name, unit, "", what, value);
  }

  private static Figure<FeedLag> feed(
      String name, String unit, String what, ToLongFunction<FeedLag> value) {
    return new Figure<>("pando.feed." + name, unit, "", what, value);
  }

  /** Figures that only grow. */
  static final List<Figure<Metrics>> COUNTS =
      List.of(
          commits("synced", Metrics::syncedCommits),
          commits("logged", Metrics::loggedCommits),
          commits("unsynced", Metrics::unsyncedCommits),
          count("updates", "", "Updates that were committed", m -> m.updatesPerCommit().sum()),
          count("rollbacks", "", "Transactions without a commit", Metrics::rollbacks),
          count("written", "By", "Bytes written to the file", Metrics::bytesWritten),
          count("checkpoints", "", "Syncs in the background", Metrics::checkpoints),
          count("file.grown", "By", "Bytes by which the file was extended", Metrics::bytesGrown),
          count("file.truncated", "By", "Bytes that were truncated", Metrics::bytesTruncated),
          count("pages.allocated", "", "Pages that commits took", Metrics::pagesAllocated),
          count("pages.reused", "", "Taken pages that were free", Metrics::pagesReused),
          count("pages.freed", "", "Pages that commits freed", Metrics::pagesFreed),
          count("pages.damaged", "", "Damaged pages that were met", Metrics::damagedPages),
          count("readers.long", "", "Readers open for long", Metrics::longReaders),
          count("takeovers", "", "Writes after another process", Metrics::takeovers),
          count("compactions", "", "Compactions", Metrics::compactions));

  static final List<Times> TIMES =
      List.of(
          new Times("pando.syncs", "Syncs of the file", Metrics::syncNanos),
          new Times("pando.log.writes", "Writes of log records", Metrics::logWriteNanos),
          new Times("pando.write.waits", "Waits to write", Metrics::writeWaitNanos));

  /** Figures of this process that grow and shrink. */
  static final List<Figure<Metrics>> OF_PROCESS =
      List.of(
          count("branches.cached", "", "Branches on the heap", Metrics::cachedBranches),
          count("branches.cached.size", "By", "Heap for these", Metrics::cachedBranchBytes));

  /** Figures of the newest commit and of all processes. */
  static final List<Figure<Stat>> OF_FILE =
      List.of(
          state("file.size", "By", "Bytes of the file", Stat::fileBytes),
          state("pages", "", "Pages in use or free", Stat::pageCount),
          state("pages.free", "", "Free pages", Stat::freePages),
          state("pages.held", "", "Free pages that readers keep", Stat::heldPages),
          state("tables", "", "Tables", Stat::tables),
          state("readers", "", "Open read transactions", Stat::readers),
          state("readers.oldest", "ns", "Age of the oldest", s -> s.oldestReaderAge().toNanos()),
          state("unsynced", "", "Commits that a power cut may lose", Stat::unsyncedCommits));

  /** Figures of each change feed. */
  static final List<Figure<FeedLag>> OF_FEED =
      List.of(
          feed("commits", "", "Commits that are not acknowledged", FeedLag::commits),
          feed("size", "By", "Bytes of the feed's pages", FeedLag::bytes),
          feed("oldest", "ns", "Age of the oldest commit in it", FeedLag::oldestNanos),
          feed("lost", "", "Transactions that may have been dropped unread", FeedLag::lost));

  /** Of the lags of all feeds. */
  static final Figure<List<FeedLag>> FEEDS =
      new Figure<>("pando.feeds", "", "", "Change feeds", List::size);

  /** The name of a database in tags and attributes. */
  static String nameOf(Database db) {
    return String.valueOf(db.path());
  }
}
