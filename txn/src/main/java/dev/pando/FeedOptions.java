package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.txn.feed.FeedSettings;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a change feed watches, and the greatest lag of its reader; for {@link Database#createFeed}.
 * Immutable.
 *
 * {@snippet :
 * db.createFeed("orders", FeedOptions.of(ORDERS).withMaxBytes(1 << 30).withHold(true));
 * }
 *
 * @param tables the names of the tables that are watched; empty for all tables, also those that are
 *     created later
 * @param maxBytes bytes of the feed's pages, at most: its lag. 64 MiB by default; 0 for no bound,
 *     else 65,536 or more, and at least 16 pages
 * @param maxCommits commits in the feed, at most; 0, the default, for no bound
 * @param holds what happens to a commit that would exceed a bound. If true, it fails at once with
 *     {@link dev.pando.error.FeedFullException}, which all updates that share it get, also those of
 *     other tables; they may be run again. If false, the default, it drops the oldest commits, an
 *     eighth of the bound or more, and itself only if it exceeds a bound alone; and a reader that
 *     has not read them gets {@link dev.pando.error.FeedLostException}
 * @param keepsBefore whether the feed has the values before a change, too; false by default
 */
public record FeedOptions(
    Set<String> tables, long maxBytes, long maxCommits, boolean holds, boolean keepsBefore) {
  private static final long DEFAULT_BYTES = 64 << 20;
  private static final long LEAST_BYTES = 64 << 10;

  /**
   * Checks names and numbers.
   *
   * @throws IllegalArgumentException if a name is one that {@link Table#of} refuses, or a number is
   *     not allowed
   */
  public FeedOptions {
    tables = Set.copyOf(tables);
    for (String table : tables) {
      Table<byte[], byte[]> _ = Table.of(table, Codec.bytes(), Codec.bytes()); // the rules of names
    }
    if (maxBytes != 0 && maxBytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes=%d, allowed 0 for no bound, or %d or more".formatted(maxBytes, LEAST_BYTES));
    }
    if (maxCommits < 0) {
      throw new IllegalArgumentException(
          "maxCommits=" + maxCommits + ", allowed 0 for no bound, or more");
    }
  }

  /** A feed of all tables. */
  public static FeedOptions ofAllTables() {
    return new FeedOptions(Set.of(), DEFAULT_BYTES, 0, false, false);
  }

  /**
   * A feed of some tables, which need not be there yet. Of a multimap, name its {@link
   * MultiTable#pairs}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static FeedOptions of(Table<?, ?>... tables) {
    Set<String> names = new TreeSet<>();
    for (Table<?, ?> table : tables) {
      names.add(table.name());
    }
    return of(names);
  }

  /**
   * A feed of tables by their names.
   *
   * @throws IllegalArgumentException if there is none, or if {@link Table#of} refuses a name
   */
  public static FeedOptions of(Set<String> tables) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("no table, allowed 1 or more; or use ofAllTables");
    }
    return new FeedOptions(tables, DEFAULT_BYTES, 0, false, false);
  }

  /** The same with another bound of bytes. */
  public FeedOptions withMaxBytes(long bytes) {
    return new FeedOptions(tables, bytes, maxCommits, holds, keepsBefore);
  }

  /** The same with another bound of commits. */
  public FeedOptions withMaxCommits(long commits) {
    return new FeedOptions(tables, maxBytes, commits, holds, keepsBefore);
  }

  /** The same with commits that fail at the bound, or that drop the oldest ones. */
  public FeedOptions withHold(boolean hold) {
    return new FeedOptions(tables, maxBytes, maxCommits, hold, keepsBefore);
  }

  /** The same with values before a change, or without them. */
  public FeedOptions withBefore(boolean before) {
    return new FeedOptions(tables, maxBytes, maxCommits, holds, before);
  }

  static FeedOptions of(FeedSettings stored) {
    return new FeedOptions(
        stored.tables(),
        stored.maxBytes() == 0 ? 0 : Math.max(stored.maxBytes(), LEAST_BYTES),
        stored.maxCommits(),
        stored.holds(),
        stored.keepsBefore());
  }

  FeedSettings settings(int pageSize) {
    long least = FeedSettings.leastBytes(pageSize);
    if (maxBytes != 0 && maxBytes < least) {
      throw new IllegalArgumentException(
          "maxBytes=%d, allowed with pages of %d bytes: 0 for no bound, or %d or more"
              .formatted(maxBytes, pageSize, least));
    }
    return new FeedSettings(tables, maxBytes, maxCommits, holds, keepsBefore);
  }
}
