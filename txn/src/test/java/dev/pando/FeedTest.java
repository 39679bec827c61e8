package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.error.FeedFullException;
import dev.pando.error.FeedLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Change feeds, as a user sees them. */
class FeedTest extends FeedTestBase {
  private static final FeedOptions OF_NAMES = FeedOptions.of(NAMES);

  private static final Options SMALL = Options.defaults().withPageSize(512);

  @Test
  void hasCommitsInTheirOrderAfterARestart() {
    Database db = open(SMALL);
    db.put(NAMES, 1L, "before");
    Feed feed = db.createFeed("f", OF_NAMES);
    assertThat(feed.name()).isEqualTo("f");
    assertThat(feed).hasToString("feed f of " + db.path());
    assertThat(db.feeds()).containsExactly("f");
    db.put(NAMES, 1L, "one");
    db.put(WORDS, "not", "watched");
    db.update(
        tx -> {
          tx.put(NAMES, 2L, "two");
          tx.delete(NAMES, 1L);
        });
    List<String> all = List.of("CHANGED 1 one", "REMOVED 1 null, ADDED 2 two");
    assertThat(read(feed)).isEqualTo(all);
    assertThat(read(feed)).as("again").isEqualTo(all);
    if (isInMemory()) {
      return;
    }
    db.close();
    Database again = open(SMALL);
    Feed same = again.changes("f");
    assertThat(read(same)).isEqualTo(all);
    try (FeedReader reader = same.reader()) {
      FeedCommit first = reader.next();
      assertThat(first).isNotNull();
      assertThat(first.time()).isBetween(Instant.now().minusSeconds(600), Instant.now());
      assertThat(first.stream().map(FeedChange::valueCodec)).containsExactly("utf8");
      assertThat(first.stream().map(FeedChange::keyCodec)).containsExactly("u64");
      assertThat(first.position()).isEqualTo(reader.position());
      same.acknowledge(first.position());
      assertThat(first).as("its transaction is open").hasSize(1);
    }
    assertThat(read(same)).containsExactly(all.get(1));
    acknowledgeAll(same);
    assertThat(read(same)).isEmpty();
    assertThat(same.stat().commits()).isZero();
  }

  @Test
  void hasNetChangesOnly() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES.withBefore(true));
    db.put(NAMES, 1L, "one");
    db.put(NAMES, 1L, "one");
    db.update(
        tx -> {
          tx.put(NAMES, 2L, "two");
          tx.delete(NAMES, 2L);
        });
    db.update(
        tx -> {
          Savepoint before = tx.savepoint();
          tx.put(NAMES, 3L, "three");
          tx.rollbackTo(before);
          tx.put(NAMES, 1L, "1");
        });
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 4L, "four");
                      throw new ArithmeticException();
                    }));
    assertThat(read(feed)).containsExactly("ADDED 1 one", "CHANGED 1 1");
    try (FeedReader reader = feed.reader()) {
      FeedChange added = reader.next().iterator().next();
      assertThat(added.before(NAMES)).isNull();
      assertThat(added.before()).isNull();
      FeedCommit second = reader.next();
      FeedChange changed = second.iterator().next();
      assertThat(changed.before(NAMES)).isEqualTo("one");
      assertThat(changed.after()).isEqualTo("1".getBytes());
      assertThat(changed).hasToString("CHANGED of key [0, 0, 0, 0, 0, 0, 0, 1] in table names");
      assertThatIllegalArgumentException().isThrownBy(() -> changed.key(WORDS));
      Table<String, String> other = Table.of("names", Codec.utf8(), Codec.utf8());
      assertThatIllegalArgumentException().isThrownBy(() -> changed.key(other));
      var iterator = second.iterator();
      iterator.next();
      assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
      assertThat(reader.next()).isNull();
      assertThatIllegalStateException().isThrownBy(() -> second.iterator().hasNext());
    }
    FeedReader closed = feed.reader();
    closed.close();
    closed.close();
    assertThatIllegalStateException().isThrownBy(closed::next);
  }

  @Test
  void hasCommitsThatUpdatesShare() throws Exception {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", FeedOptions.ofAllTables());
    CompletableFuture<?>[] all = new CompletableFuture<?>[50];
    for (int i = 0; i < all.length; i++) {
      long key = i;
      all[i] = db.updateAsync(tx -> tx.put(NAMES, key, "v" + key));
    }
    CompletableFuture.allOf(all).get();
    assertThat(String.join(", ", read(feed)).split(", ")).hasSize(50);
    assertThat(feed.stat().commits()).isEqualTo(read(feed).size());
  }

  @Test
  void waitsForNews() throws Exception {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES);
    try (FeedReader reader = feed.reader()) {
      assertThat(reader.next(Duration.ZERO)).isNull();
      assertThat(reader.next(Duration.ofMillis(1))).isNull();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reader.next(Duration.ofNanos(-1)))
          .withMessageContaining("allowed zero or more");
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(
              () -> {
                db.put(WORDS, "not", "watched");
                db.update(Durability.ASYNC, tx -> tx.put(NAMES, 1L, "one"));
              });
      FeedCommit commit = reader.next(Duration.ofSeconds(Long.MAX_VALUE));
      assertThat(commit).isNotNull();
      assertThat(show(commit)).isEqualTo("ADDED 1 one");
      assertThat(db.stat().unsyncedCommits()).as("what it returns is on disk").isZero();
      writes.get();
      assertThat(db.readers()).as("it has a commit").hasSize(1);
      assertThat(reader.next()).isNull();
      assertThat(db.readers()).as("it waits").isEmpty();
    }
  }

  @Test
  void dropsTheOldestAtItsBound() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES.withMaxCommits(8));
    FeedReader slow = feed.reader();
    for (long i = 1; i <= 9; i++) {
      db.put(NAMES, i, "v");
    }
    FeedStat stat = feed.stat();
    assertThat(stat.commits()).isEqualTo(7);
    assertThat(stat.lostTo()).isEqualTo(stat.firstTxn() - 1);
    assertThat(stat.lostFrom()).isEqualTo(stat.lostTo() - 1);
    assertThat(stat.firstTime()).isNotNull();
    assertThatExceptionOfType(FeedLostException.class)
        .isThrownBy(slow::next)
        .withMessageContaining("dropped at the feed's bound")
        .satisfies(
            e -> {
              assertThat(e.feed()).isEqualTo("f");
              assertThat(e.firstLost()).isEqualTo(stat.lostFrom());
              assertThat(e.firstKept()).isEqualTo(stat.firstTxn());
            });
    assertThatExceptionOfType(FeedLostException.class).isThrownBy(feed::reader);
    try (ReadTxn copy = db.beginRead()) { // go on from a copy
      db.put(NAMES, 100L, "later");
      FeedPosition position = FeedPosition.of(copy);
      assertThat(copy.count(NAMES)).isEqualTo(9);
      feed.acknowledge(position);
      assertThat(read(feed)).containsExactly("ADDED 100 later");
    }
    assertThat(feed.stat().lostTo()).isZero();
    slow.close();
  }

  @Test
  void dropsTheOldestBytes() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", FeedOptions.of(BLOBS).withMaxBytes(64 << 10));
    for (long i = 1; i <= 40; i++) {
      db.put(BLOBS, i, new byte[5000]);
      assertThat(feed.stat().bytes()).isLessThanOrEqualTo(64 << 10);
    }
    assertThat(feed.stat().commits()).isBetween(9L, 12L);
    db.put(BLOBS, 1L, new byte[100_000]);
    assertThat(feed.stat().commits()).as("a commit above the bound").isZero();
    assertThat(feed.stat().lostTo()).isEqualTo(db.stat().txnId());
  }

  @Test
  void holdsWritersBack() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES.withMaxCommits(2).withHold(true));
    db.put(NAMES, 1L, "one");
    db.put(NAMES, 2L, "two");
    assertThatExceptionOfType(FeedFullException.class)
        .isThrownBy(() -> db.put(NAMES, 3L, "three"))
        .withMessageContaining("feed f would have 3 commits with this commit, allowed 2")
        .satisfies(
            e -> {
              assertThat(e.feed()).isEqualTo("f");
              assertThat(e.lag()).isEqualTo(3);
              assertThat(e.limit()).isEqualTo(2);
            });
    assertThat(db.get(NAMES, 3L)).isNull();
    db.put(WORDS, "not", "watched");
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(NAMES, 3L, "three");
      assertThatExceptionOfType(FeedFullException.class).isThrownBy(tx::commit);
    }
    try (FeedReader reader = feed.reader()) {
      FeedPosition first = reader.next().position();
      db.update(
          tx -> {
            feed.acknowledge(tx, first);
            tx.put(NAMES, 3L, "three");
          });
    }
    assertThat(read(feed)).containsExactly("ADDED 2 two", "ADDED 3 three");
    feed.change(feed.options().withMaxCommits(3));
    db.put(NAMES, 4L, "four");
    assertThat(feed.stat().commits()).isEqualTo(3);
    feed.change(feed.options().withMaxBytes(64 << 10).withMaxCommits(0));
    assertThatExceptionOfType(FeedFullException.class)
        .isThrownBy(
            () ->
                db.update(
                    tx -> {
                      for (long i = 0; i < 5000; i++) {
                        tx.put(NAMES, i, "a longer value " + i);
                      }
                    }))
        .withMessageContaining("bytes");
    assertThat(db.count(NAMES)).isEqualTo(4);
    assertThat(db.dropFeed("f")).isTrue();
    db.put(NAMES, 5L, "five");
  }

  @Test
  void isCreatedChangedAndDropped() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES);
    assertThat(db.createFeed("f", OF_NAMES).options()).isEqualTo(OF_NAMES);
    FeedOptions all = FeedOptions.ofAllTables().withHold(true).withBefore(true);
    assertThatIllegalArgumentException().isThrownBy(() -> db.createFeed("f", all));
    feed.change(all);
    assertThat(feed.options()).isEqualTo(all);
    FeedOptions two = FeedOptions.of(Set.of("names", "words"));
    feed.change(two);
    assertThat(feed.options()).isEqualTo(two);
    assertThat(db.stat().tables()).isZero();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.tables()).isEmpty();
    }
    FeedReader reader = feed.reader();
    assertThat(db.dropFeed("f")).isTrue();
    assertThat(db.dropFeed("f")).isFalse();
    assertThat(db.feeds()).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> db.changes("f"));
    assertThatIllegalArgumentException().isThrownBy(feed::stat);
    assertThatIllegalArgumentException().isThrownBy(reader::next);
    assertThatIllegalArgumentException().isThrownBy(() -> feed.change(all));
    Feed next = db.createFeed("f", OF_NAMES);
    assertThatExceptionOfType(FeedLostException.class).isThrownBy(reader::next);
    assertThat(read(next)).isEmpty();
    reader.close();
    assertThatIllegalArgumentException().isThrownBy(() -> db.createFeed("", OF_NAMES));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.createFeed("n".repeat(254), OF_NAMES))
        .withMessageContaining("253");
    assertThatIllegalArgumentException().isThrownBy(() -> db.changes("\0f"));
    assertThatIllegalArgumentException().isThrownBy(() -> FeedOptions.of(Set.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> OF_NAMES.withMaxBytes(1));
    assertThatIllegalArgumentException().isThrownBy(() -> OF_NAMES.withMaxCommits(-1));
  }

  @Test
  void showsTheLagsOfAllFeeds() {
    Database db = open(SMALL);
    assertThat(db.feedStats()).isEmpty();
    Feed names = db.createFeed("names", OF_NAMES);
    Feed all = db.createFeed("all", FeedOptions.ofAllTables());
    db.put(NAMES, 1L, "one");
    db.put(WORDS, "a", "b");
    assertThat(db.feedStats().sequencedKeySet()).containsExactly("all", "names");
    assertThat(db.feedStats())
        .containsEntry("names", names.stat())
        .containsEntry("all", all.stat());
    assertThat(db.feedStats().get("all").commits()).isEqualTo(2);
    assertThat(db.dropFeed("all")).isTrue();
    acknowledgeAll(names);
    assertThat(db.feedStats()).containsOnlyKeys("names");
    assertThat(db.feedStats().get("names").commits()).isZero();
  }

  @Test
  void acknowledgesInATransactionOfTheCaller() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES);
    for (long i = 0; i < 100; i++) {
      db.put(NAMES, i, "v" + i);
    }
    try (FeedReader reader = feed.reader()) {
      FeedPosition start = reader.position();
      FeedCommit commit = reader.next();
      try (WriteTxn tx = db.beginWrite()) {
        feed.acknowledge(tx, commit.position());
        tx.put(WORDS, "seen", show(commit));
      }
      assertThat(read(feed)).as("rolled back").hasSize(100);
      try (WriteTxn tx = db.beginWrite()) {
        Savepoint before = tx.savepoint();
        feed.acknowledge(tx, commit.position());
        tx.rollbackTo(before);
        tx.commit();
      }
      assertThat(read(feed)).as("rolled back to a savepoint").hasSize(100);
      while (commit != null) {
        FeedCommit now = commit;
        db.update(
            tx -> {
              feed.acknowledge(tx, now.position());
              tx.put(WORDS, "seen", show(now));
            });
        commit = reader.next();
      }
      assertThat(db.get(WORDS, "seen")).isEqualTo("ADDED 99 v99");
      assertThat(read(feed)).isEmpty();
      feed.acknowledge(start); // changes nothing
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(() -> feed.reader(start))
          .withMessageContaining("acknowledged by another reader");
      FeedPosition future = new FeedPosition(start.incarnation(), 1_000_000);
      assertThatIllegalArgumentException().isThrownBy(() -> feed.acknowledge(future));
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(() -> feed.reader(future))
          .withMessageContaining("the newest commit is " + db.stat().txnId())
          .satisfies(e -> assertThat(e.firstLost()).isEqualTo(db.stat().txnId() + 1));
    }
    if (isInMemory()) {
      return;
    }
    Database other = open(directory().resolve("other.pando"), SMALL);
    try (WriteTxn tx = other.beginWrite()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> feed.acknowledge(tx, feed.stat().acknowledged()));
    }
  }

  /** Acknowledging many commits removes a range, whatever is in the commit log. */
  @Test
  void acknowledgesMuchAtOnce() {
    Database db = open(SMALL);
    Feed feed = db.createFeed("f", OF_NAMES);
    for (int round = 0; round < 3; round++) {
      for (long i = 0; i < 200; i++) {
        long key = 1000L * round + i;
        db.update(Durability.ASYNC, tx -> tx.put(NAMES, key, "v" + key));
      }
      assertThat(feed.stat().commits()).isEqualTo(200);
      assertThat(read(feed)).as("it has put them on disk").hasSize(200);
      acknowledgeAll(feed);
      assertThat(feed.stat().commits()).isZero();
    }
    assertThat(feed.stat().bytes()).isEqualTo(512);
  }
}
