package dev.pando.examples;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Feed;
import dev.pando.FeedCommit;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.FeedReader;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.error.FeedLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A database that follows another one by its change feed. The position in the feed is in the same
 * transaction as the changes, so each commit is applied exactly once, also after a crash.
 */
public final class Mirror {
  private static final String USAGE =
      """
      usage: mirror [--dir DIRECTORY] [--seconds N]
        --dir DIRECTORY  where the two files are kept, "mirror" by default
        --seconds N      how long one is changed and the other one follows, 3 by default
      """;

  private static final String FEED = "mirror";
  private static final int MOST_COMMITS = 1000;
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** Where the target has its position; no table of the source has this name. */
  private static final Table<String, FeedPosition> POSITIONS =
      Table.of("(mirror)", Codec.utf8(), Codec.record(FeedPosition.class));

  private final Database source;
  private final Database target;
  private final Feed feed;

  /** Follows all tables of a database. */
  Mirror(Database source, Database target) {
    this.source = source;
    this.target = target;
    this.feed = source.createFeed(FEED, FeedOptions.ofAllTables());
  }

  /**
   * Applies what the source has committed, until it commits nothing for a moment.
   *
   * @return the number of commits
   */
  long catchUp() throws InterruptedException {
    FeedPosition position = target.get(POSITIONS, FEED);
    try {
      return follow(position == null ? copy() : position);
    } catch (FeedLostException e) { // it was too slow, or the source was restored
      return follow(copy());
    }
  }

  private long follow(FeedPosition position) throws InterruptedException {
    long commits = 0;
    try (FeedReader reader = feed.reader(position)) {
      for (FeedCommit commit = reader.next(PATIENCE);
          commit != null;
          commit = reader.next(PATIENCE)) {
        commits += apply(commit, reader);
        // The source need not keep them; the target has the position, so this waits for no disk.
        source.update(Durability.ASYNC, tx -> feed.acknowledge(tx, reader.position()));
      }
    }
    return commits;
  }

  /** One transaction for all commits that are there already: so it takes one sync for many. */
  private long apply(FeedCommit first, FeedReader reader) {
    return target.<Long, RuntimeException>updateAndGet(
        tx -> {
          long commits = 0;
          for (FeedCommit commit = first; commit != null; ) {
            commit.applyTo(tx);
            commit = ++commits < MOST_COMMITS ? reader.next() : null;
          }
          tx.put(POSITIONS, FEED, reader.position());
          return commits;
        });
  }

  /** Makes the target what the source is now. */
  private FeedPosition copy() {
    try (ReadTxn from = source.beginRead();
        WriteTxn to = target.beginWrite()) {
      for (String table : to.tables()) {
        to.drop(table);
      }
      from.copyTo(to);
      source.sync(); // or a power cut could take back what the target has
      FeedPosition position = FeedPosition.of(from);
      to.put(POSITIONS, FEED, position);
      to.commit();
      feed.acknowledge(position);
      return position;
    }
  }

  // ---- the command

  /** Changes a database, and follows it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of("mirror");
    int seconds = 3;
    for (int i = 0; i < args.length; i += 2) {
      @Nullable String value = i + 1 < args.length ? args[i + 1] : null;
      if ("--dir".equals(args[i]) && value != null) {
        directory = Path.of(value);
      } else if ("--seconds".equals(args[i]) && value != null && value.matches("\\d{1,6}")) {
        seconds = Integer.parseInt(value);
      } else {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
    Files.createDirectories(directory);
    try (Database source = Database.open(directory.resolve("source.pando"));
        Database target = Database.open(directory.resolve("target.pando"))) {
      run(source, target, Duration.ofSeconds(seconds));
    }
  }

  private static void run(Database source, Database target, Duration time)
      throws InterruptedException {
    Mirror mirror = new Mirror(source, target);
    Thread writer = Thread.ofPlatform().start(() -> change(source, time));
    long commits = 0;
    while (writer.isAlive()) {
      commits += mirror.catchUp();
    }
    commits += mirror.catchUp();
    Table<Long, Long> counters = counters();
    System.out.printf(
        "%,d commits followed; both have %,d counters: %s%n",
        commits,
        source.count(counters),
        target.count(counters) == source.count(counters) ? "yes" : "no");
  }

  private static void change(Database source, Duration time) {
    Random random = new Random();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      source.update(Durability.ASYNC, tx -> tx.add(counters(), (long) random.nextInt(10_000), 1L));
    }
  }

  private static Table<Long, Long> counters() {
    return Table.of("counters", Codec.u64(), Codec.u64());
  }
}
