package dev.pando;

import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The tables that a feed watches as they were at its creation. The feed's commits lead from there
 * to what the tables are: nothing of them may be acknowledged or dropped.
 */
public final class FeedCopy {
  private final Set<String> tables;
  private final long from;
  private final TreeMap<String, String> begin;

  /** A copy of what a new feed watches. */
  public FeedCopy(Database db, Feed feed) {
    this.tables = feed.options().tables();
    this.from = feed.stat().acknowledged().txnId();
    try (ReadTxn tx = db.beginOwnRead()) {
      this.begin = content(tx);
    }
  }

  private TreeMap<String, String> content(ReadTxn tx) {
    TreeMap<String, String> all = new TreeMap<>();
    View key = new View();
    View value = new View();
    for (String table : tx.tables()) {
      try (RawCursor cursor = tx.raw(table).cursor()) {
        while ((tables.isEmpty() || tables.contains(table)) && cursor.next()) {
          cursor.entry(key, value);
          all.put(key(table, key.toArray()), hash(value.toArray()));
        }
      }
    }
    return all;
  }

  private static String key(String table, byte[] key) {
    return table + " " + Arrays.toString(key);
  }

  private static String hash(byte[] value) {
    return value.length + "/" + Arrays.hashCode(value);
  }

  /** Compares the tables with what the feed makes of the copy; returns the feed's commits. */
  public long verify(Database db, String feed) {
    try (ReadTxn tx = db.beginOwnRead()) {
      return verify(tx, db.changes(feed));
    }
  }

  /** Without a reader, which may sync. */
  private long verify(ReadTxn tx, Feed feed) {
    TreeMap<String, String> copy = new TreeMap<>(begin);
    FeedPosition at = new FeedPosition(UUID.randomUUID(), from);
    long commits = 0;
    for (var head = feed.firstAfter(tx, from); head != null; commits++) {
      at = new FeedPosition(at.incarnation(), feed.txnId(tx, head));
      for (FeedChange change : new FeedCommit(feed, tx, at, Instant.EPOCH)) {
        apply(change, copy);
      }
      head = feed.firstAfter(tx, at.txnId());
    }
    TreeMap<String, String> wanted = content(tx);
    if (!copy.equals(wanted)) {
      throw new AssertionError(
          "after %d commits of the feed: %s, in the tables: %s".formatted(commits, copy, wanted));
    }
    return commits;
  }

  private static void apply(FeedChange change, TreeMap<String, String> copy) {
    String key = key(change.table(), change.key());
    byte[] after = change.after();
    String was = after == null ? copy.remove(key) : copy.put(key, hash(after));
    if ((was == null) != (change.kind() == Change.Kind.ADDED)) {
      throw new AssertionError(change.kind() + " of " + key + ", which was " + was);
    }
  }
}
