package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** What a feed drops at its bound: the oldest commits, and no more than an eighth needs. */
class FeedBoundTest extends FeedTestBase {
  private static final int BOUND = 64 << 10;
  private static final FeedOptions OPTIONS = FeedOptions.of(BLOBS).withMaxBytes(BOUND);

  private Database db;
  private Feed feed;

  private void create() {
    db = open(Options.defaults().withPageSize(512));
    feed = db.createFeed("f", OPTIONS);
  }

  private void put(long key, int bytes) {
    byte[] value = new byte[bytes];
    value[0] = (byte) key;
    db.update(Durability.ASYNC, tx -> tx.put(BLOBS, key, value));
  }

  @Test
  void keepsACommitThatFitsAlone() {
    create();
    for (long key = 0; key < 50; key++) {
      put(key, 100);
    }
    put(1000, 60_000); // between seven eighths and the bound
    assertThat(read(feed.database().changes("f"), db)).isEqualTo(1);
    FeedStat stat = feed.stat();
    assertThat(stat.bytes()).isBetween(BOUND * 7L / 8, (long) BOUND);
    assertThat(stat.lostTo()).isEqualTo(stat.lastTxn() - 1);
    put(1001, 60_000);
    assertThat(feed.stat().commits()).isEqualTo(1);
    put(1002, BOUND);
    assertThat(feed.stat().commits()).as("it is too much alone").isZero();
    put(1003, 10);
    assertThat(feed.stat().commits()).isEqualTo(1);
  }

  private static long read(Feed of, Database db) {
    db.sync();
    FeedStat stat = of.stat();
    long commits = 0;
    try (FeedReader reader =
        of.reader(new FeedPosition(stat.acknowledged().incarnation(), stat.lostTo()))) {
      while (reader.next() != null) {
        commits++;
      }
    }
    return commits;
  }

  /** The oldest commit alone has an eighth. */
  @Test
  void dropsNoMoreThanItMust() {
    create();
    put(1, 30_000);
    long first = feed.stat().firstTxn();
    long puts = 0;
    while (feed.stat().lostTo() == 0) {
      put(2 + puts++, 200);
    }
    FeedStat stat = feed.stat();
    assertThat(stat.lostFrom()).isEqualTo(first);
    assertThat(stat.lostTo()).isEqualTo(first);
    assertThat(stat.commits()).isEqualTo(puts);
    assertThat(read(feed, db)).isEqualTo(puts);
    for (int i = 0; i < 1000; i++) { // drops many at once
      put(i, 200);
      stat = feed.stat();
      assertThat(stat.bytes()).isBetween(i < 500 ? 0 : BOUND * 3L / 4, (long) BOUND);
    }
    assertThat(read(feed, db)).isEqualTo(stat.commits());
  }

  @Test
  void dropsManyCommitsOfACount() {
    db = open(Options.defaults().withPageSize(512));
    feed = db.createFeed("f", FeedOptions.of(BLOBS).withMaxCommits(1000).withMaxBytes(0));
    for (int i = 1; i <= 1001; i++) {
      put(i, 10);
    }
    FeedStat stat = feed.stat();
    assertThat(stat.commits()).isEqualTo(875);
    assertThat(stat.lostTo() - stat.lostFrom() + 1).isEqualTo(126);
    assertThat(read(feed, db)).isEqualTo(875);
    feed.change(feed.options().withMaxCommits(10));
    put(1, 11);
    assertThat(feed.stat().commits()).isEqualTo(9);
  }

  @Test
  void hasABoundOfSixteenPages() {
    Database large = opened(Database.inMemory(Options.defaults().withPageSize(64 << 10)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> large.createFeed("f", OPTIONS))
        .withMessageContaining("65536")
        .withMessageContaining("1048576 or more");
    Feed created = large.createFeed("f", OPTIONS.withMaxBytes(1 << 20));
    assertThatIllegalArgumentException().isThrownBy(() -> created.change(OPTIONS));
    for (long key = 0; key < 40; key++) {
      long now = key;
      large.update(tx -> tx.put(BLOBS, now, new byte[50_000]));
      assertThat(created.stat().commits()).isPositive();
      assertThat(created.stat().bytes()).isLessThanOrEqualTo(1 << 20);
    }
  }
}
