package dev.pando.damage;

import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedChange;
import dev.pando.FeedCommit;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.FeedReader;
import dev.pando.FeedStat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.error.CodecMismatchException;
import dev.pando.error.StorageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Change feeds: made for a healthy file, and used in hostile ones. */
final class FeedUse {
  private static final Table<String, byte[]> WATCHED =
      Table.of("watched", Codec.utf8(), Codec.bytes());

  /** More than a small file has, unless pages stand in it many times. */
  private static final int MOST_CHANGES = 100_000;

  private final Database db;

  /** Whether the check has found nothing. */
  private final boolean ok;

  /** Use of a hostile file. */
  FeedUse(Database db, boolean ok) {
    this.db = db;
    this.ok = ok;
  }

  /** Feeds that keep values before and not, of which one has dropped commits, and one was read. */
  static void create(Database db) {
    Feed all = db.createFeed("all", FeedOptions.ofAllTables().withBefore(true));
    Feed _ = db.createFeed("few", FeedOptions.of(WATCHED).withMaxCommits(3));
    for (int i = 0; i < 6; i++) {
      put(db, i);
    }
    try (FeedReader reader = all.reader()) {
      for (int i = 0; i < 3; i++) {
        FeedCommit _ = reader.next();
      }
      all.acknowledge(reader.position());
    }
  }

  private static void put(Database db, int i) {
    db.update(
        tx -> {
          tx.put(WATCHED, "key " + i, new byte[20 * i]);
          tx.put(WATCHED, "key", new byte[i + 1]);
          boolean _ = tx.delete(WATCHED, "key " + (i - 2));
        });
  }

  /** Reads all feeds. */
  void read() {
    for (String name : db.feeds()) {
      Feed feed = find(name);
      if (feed != null) {
        attempt(() -> look(feed));
        attempt(() -> read(feed));
      }
    }
  }

  private void attempt(Runnable use) {
    try {
      Ordeal.attempt(ok, use);
    } catch (CodecMismatchException answer) {
      // The catalog has other ids for the table.
    }
  }

  /** Null if a scan finds a name that a search does not. */
  private @Nullable Feed find(String name) {
    try {
      return db.changes(name);
    } catch (IllegalArgumentException e) {
      if (ok) {
        throw e;
      }
      return null;
    }
  }

  private static void look(Feed feed) {
    FeedStat stat = feed.stat();
    if (stat.commits() < 0 || stat.bytes() < 0 || feed.options().maxBytes() < 0) {
      throw new AssertionError(stat);
    }
  }

  private static FeedPosition read(Feed feed) {
    FeedStat stat = feed.stat();
    FeedPosition from =
        new FeedPosition(
            stat.acknowledged().incarnation(),
            Math.max(stat.acknowledged().txnId(), stat.lostTo()));
    int changes = 0;
    try (FeedReader reader = feed.reader(from)) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        for (FeedChange change : commit) {
          byte[] key = change.key();
          byte[] before = change.before();
          byte[] after = change.after();
          if (key.length + (before == null ? 0 : before.length) + (after == null ? 0 : 1) < 0
              || ++changes > MOST_CHANGES) {
            throw new AssertionError(changes + " changes");
          }
        }
        if (commit.time().toEpochMilli() < 0) {
          throw new AssertionError(commit.time());
        }
      }
      return reader.position();
    }
  }

  /** Commits that are added, acknowledged and dropped, and what they do in another database. */
  void change() {
    List<String> feeds = db.feeds();
    if (feeds.isEmpty()) {
      return;
    }
    for (int i = 0; i < 4; i++) {
      int number = i;
      attempt(() -> put(db, 100 + number));
    }
    for (String name : feeds) {
      Feed feed = find(name);
      if (feed != null) {
        attempt(() -> copy(feed));
        attempt(() -> feed.acknowledge(read(feed)));
        attempt(() -> feed.change(feed.options().withMaxCommits(2).withHold(false)));
      }
    }
    attempt(() -> put(db, 200));
    attempt(() -> put(db, 201));
    attempt(() -> put(db, 202));
    for (String name : feeds) {
      attempt(
          () -> {
            boolean _ = db.dropFeed(name);
          });
    }
  }

  private void copy(Feed feed) {
    try (Database other = Database.inMemory();
        FeedReader reader = feed.reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        FeedCommit now = commit;
        other.update(now::applyTo);
      }
    } catch (StorageException e) {
      throw e;
    } catch (IllegalArgumentException e) { // names, codecs and lengths that a crafted feed has
      if (ok && !isOfCodecs(e)) {
        throw e;
      }
    }
  }

  private static boolean isOfCodecs(IllegalArgumentException e) {
    return String.valueOf(e.getMessage()).contains("codec");
  }
}
