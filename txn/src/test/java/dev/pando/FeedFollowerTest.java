package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.error.FeedLostException;
import dev.pando.error.ReadOnlyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Copies that increments bring up to date have the feeds of their source. */
class FeedFollowerTest extends FollowerTestBase {
  private static final Options SMALL = Options.defaults().withPageSize(512);

  private Database source() {
    Database source = open(SMALL);
    Feed _ = source.createFeed("f", FeedOptions.of(NAMES).withMaxCommits(20));
    put(source, 1, 5);
    return source;
  }

  private static void put(Database db, int from, int to) {
    for (long key = from; key <= to; key++) {
      db.put(NAMES, key, "name " + key);
    }
  }

  private static Feed feed(Follower follower) {
    return follower.database().changes("f");
  }

  /** What both have is the same, but for the incarnation of the positions. */
  private static void assertSameFeed(Database source, Database copy) {
    FeedStat wanted = source.changes("f").stat();
    FeedStat found = copy.changes("f").stat();
    FeedPosition acknowledged =
        new FeedPosition(found.acknowledged().incarnation(), wanted.acknowledged().txnId());
    assertThat(found)
        .isEqualTo(
            new FeedStat(
                acknowledged,
                wanted.commits(),
                wanted.bytes(),
                wanted.firstTxn(),
                wanted.lastTxn(),
                wanted.firstTime(),
                wanted.lostFrom(),
                wanted.lostTo()));
    if (wanted.lostTo() == 0) {
      source.sync();
      assertThat(FeedTestBase.read(copy.changes("f")))
          .isEqualTo(FeedTestBase.read(source.changes("f")));
    }
  }

  @Test
  void aFollowerHasTheFeedsOfItsSource() {
    Database source = source();
    Follower follower = follow(source);
    assertSameFeed(source, follower.database());
    assertThat(follower.database().feeds()).containsExactly("f");
    put(source, 6, 15);
    catchUp(source, follower);
    assertSameFeed(source, follower.database());
    FeedTestBase.acknowledgeAll(source.changes("f"));
    put(source, 16, 18);
    catchUp(source, follower);
    assertSameFeed(source, follower.database());
    put(source, 20, 60); // drops the oldest
    source.compact();
    catchUp(source, follower);
    assertSameFeed(source, follower.database());
    assertThat(source.changes("f").stat().lostTo()).isPositive();
    for (Runnable write :
        List.<Runnable>of(
            () -> feed(follower).acknowledge(feed(follower).stat().acknowledged()),
            () -> feed(follower).change(FeedOptions.ofAllTables()),
            () -> follower.database().createFeed("g", FeedOptions.ofAllTables()),
            () -> follower.database().dropFeed("f"))) {
      assertThatExceptionOfType(ReadOnlyException.class).isThrownBy(write::run);
    }
    assertThat(source.dropFeed("f")).isTrue();
    catchUp(source, follower);
    assertThat(follower.database().feeds()).isEmpty();
  }

  /** A reader waits there for increments; one that has a commit may be ended by an increment. */
  @Test
  void aReaderOfAFollower() throws Exception {
    Database source = source();
    Follower follower = follow(source);
    try (FeedReader reader = feed(follower).reader()) {
      assertThat(FeedTestBase.read(reader)).hasSize(5);
      FutureTask<String> next =
          new FutureTask<>(() -> FeedTestBase.show(reader.next(Duration.ofMinutes(5))));
      Thread _ = Thread.ofPlatform().start(next);
      put(source, 6, 6);
      applyAtOnce(source, follower);
      assertThat(next.get()).isEqualTo("ADDED 6 name 6");
      put(source, 7, 8);
      FeedTestBase.acknowledgeAll(source.changes("f"));
      applyAtOnce(source, follower);
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(reader::next)
          .withMessageContaining("acknowledged by another reader");
    }
  }

  private static void applyAtOnce(Database source, Follower follower) {
    byte[] increment = increment(source, follower);
    Follower.Position _ = follower.apply(channel(increment), Duration.ZERO, SILENT);
  }

  @Test
  void aPromotedFollowerContinuesTheFeed() {
    Database source = source();
    Follower follower = follow(source);
    FeedTestBase.acknowledgeAll(source.changes("f"));
    put(source, 6, 8);
    catchUp(source, follower);
    FeedPosition ofSource = source.changes("f").stat().acknowledged();
    FeedPosition ofFollower = feed(follower).stat().acknowledged();
    put(source, 100, 104); // which the copy will not have
    assertThat(follower.promote()).isNotNull();
    Database promoted = open(path(), SMALL);
    Feed feed = promoted.changes("f");
    assertThat(FeedTestBase.read(feed))
        .containsExactly("ADDED 6 name 6", "ADDED 7 name 7", "ADDED 8 name 8");
    promoted.put(NAMES, 6L, "promoted");
    assertThat(FeedTestBase.read(feed)).hasSize(4).last().isEqualTo("CHANGED 6 promoted");
    for (FeedPosition other : List.of(ofSource, ofFollower)) {
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(() -> feed.reader(other))
          .withMessageContaining("incarnation");
    }
    FeedTestBase.acknowledgeAll(feed);
    put(promoted, 200, 230);
    assertThat(feed.stat().commits()).isBetween(17L, 20L);
    assertThat(feed.stat().lostFrom()).isPositive();
  }

  @Test
  void aFullBackupAndIncrements() throws IOException {
    Database source = source();
    Path full = directory().resolve("full.pando");
    BackupReport last = source.backup(full, BackupForm.PAGES, SILENT);
    List<Path> increments = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      put(source, 10 * i, 10 * i + 4);
      if (i == 2) {
        FeedTestBase.acknowledgeAll(source.changes("f"));
        source.compact();
      }
      Path increment = directory().resolve("increment" + i);
      increments.add(increment);
      try (var channel =
          Files.newByteChannel(increment, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        last = source.backupSince(last, channel);
      }
    }
    Path target = directory().resolve("restored.pando");
    Object _ = Database.restore(full, increments, target);
    Database restored = open(target, SMALL);
    assertSameFeed(source, restored);
    FeedPosition other = source.changes("f").stat().acknowledged();
    assertThatExceptionOfType(FeedLostException.class)
        .isThrownBy(() -> restored.changes("f").reader(other))
        .withMessageContaining("incarnation");
    put(restored, 500, 501);
    assertThat(FeedTestBase.read(restored.changes("f"))).last().isEqualTo("ADDED 501 name 501");
  }
}
