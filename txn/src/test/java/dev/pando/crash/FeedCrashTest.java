package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedChange;
import dev.pando.FeedCommit;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.FeedReader;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small commits of a table with a feed, of which the power is cut at each sync and write. What is
 * left has the feed of exactly the commits that survived: those of pages, and those of the commit
 * log.
 */
@Tag("scaled")
class FeedCrashTest {
  private static final Path FILE = Path.of("/simulated/feed.pando");
  private static final Table<Integer, byte[]> TABLE = Table.of("t", Codec.i32(), Codec.bytes());

  /** The number of the last commit. */
  private static final int COUNTER = -1;

  private static final int KEYS = 20;
  private static final int ACKNOWLEDGED_EVERY = 9;

  private final Figures figures = new Figures("images with a change feed", 20_000);
  private final SimulatedDisk disk = new SimulatedDisk(4 << 20);

  /** Of each commit, from 1 on, the changes as text. */
  private final List<String> changes = new ArrayList<>();

  private final List<Long> txnIds = new ArrayList<>();
  private long images;
  private long replayed;
  private int least;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hasTheCommitsThatSurvived(boolean log) {
    long seed = figures.seed(log ? 0 : 1);
    Random random = new Random(seed);
    try {
      run(log, random);
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    } finally {
      disk.close();
    }
    assertThat(replayed > 0).as("images with records of the log").isEqualTo(log);
    figures.reached(images);
  }

  private void run(boolean log, Random random) {
    Options options =
        Options.defaults()
            .withPageSize(512)
            .withLogSize(log ? 16 << 10 : 0)
            .withSyncInterval(null)
            .withCloseTimeout(Duration.ZERO);
    try (Database db = Database.open(FILE, disk.options(options))) {
      Feed feed = db.createFeed("f", FeedOptions.of(TABLE).withBefore(true));
      txnIds.add(feed.stat().acknowledged().txnId());
      changes.add("");
      disk.onCall(
          (call, file, offset, bytes) -> {
            if (call == Call.SYNC || call == Call.SYNC_RANGE || random.nextInt(8) == 0) {
              disk.powerCuts(random.nextLong())
                  .exhaustingUpTo(3, 2)
                  .forEach((kind, left) -> verify(left, options));
            }
          });
      while (images < figures.wanted()) {
        commit(db, feed, random);
      }
      disk.onCall((_, _, _, _) -> {});
      assertThat(db.check().throwIfBad().problems()).isEmpty();
    }
  }

  private void commit(Database db, Feed feed, Random random) {
    int number = changes.size();
    FeedPosition before = new FeedPosition(feed.stat().acknowledged().incarnation(), last());
    byte[] value = new byte[random.nextInt(random.nextInt(10) == 0 ? 2000 : 60)];
    int key = random.nextInt(KEYS);
    boolean puts = random.nextInt(3) > 0;
    byte[] was = db.get(TABLE, key);
    String change =
        puts
            ? was == null ? ", ADDED " + key : ", CHANGED " + key
            : was == null ? "" : ", REMOVED " + key;
    value = was != null && value.length == was.length ? new byte[was.length + 1] : value;
    byte[] next = value;
    changes.add((number == 1 ? "ADDED -1" : "CHANGED -1") + change);
    db.update(
        tx -> {
          tx.put(TABLE, COUNTER, String.valueOf(number).getBytes());
          if (puts) {
            tx.put(TABLE, key, next);
          } else {
            tx.delete(TABLE, key);
          }
          if (number % ACKNOWLEDGED_EVERY == 0) {
            feed.acknowledge(tx, before);
          }
        });
    txnIds.add(db.stat().txnId());
    least = number;
  }

  private long last() {
    return txnIds.getLast();
  }

  /** Of a commit, the last one that was acknowledged when it was made. */
  private static int acknowledged(int commit) {
    return Math.max(commit / ACKNOWLEDGED_EVERY * ACKNOWLEDGED_EVERY - 1, 0);
  }

  private void verify(SimulatedDisk left, Options options) {
    images++;
    try (Database db = Database.open(FILE, left.options(options))) {
      replayed += db.openReport().replayed();
      byte[] counter = db.get(TABLE, COUNTER);
      int found = counter == null ? 0 : Integer.parseInt(new String(counter));
      assertThat(found).isBetween(least, changes.size() - 1);
      Feed feed = db.changes("f");
      int from = acknowledged(found);
      assertThat(feed.stat().acknowledged().txnId()).isEqualTo(txnIds.get(from));
      List<String> lines = new ArrayList<>();
      try (FeedReader reader = feed.reader()) {
        for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
          lines.add(show(commit));
        }
      }
      assertThat(lines).isEqualTo(changes.subList(from + 1, found + 1));
      assertThat(db.check().throwIfBad().problems()).isEmpty();
      assertThat(db.list(TABLE, Range.all())).hasSizeLessThanOrEqualTo(KEYS + 1);
      db.update(tx -> tx.put(TABLE, KEYS, new byte[1])); // and goes on
      assertThat(feed.stat().commits()).isEqualTo(found - from + 1);
    }
  }

  private static String show(FeedCommit commit) {
    List<String> all = new ArrayList<>();
    for (FeedChange change : commit) {
      all.add(change.kind() + " " + change.key(TABLE));
    }
    return String.join(", ", all);
  }
}
