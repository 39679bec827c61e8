package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.error.FeedFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Updates share a commit that a full feed refuses: each of them is told, and none waits. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FeedHoldTest extends FeedTestBase {
  private static final int THREADS = 8;
  private static final int UPDATES = 40;

  private final HookedStorage storage = new HookedStorage();
  private Database db;
  private Feed feed;
  private FeedCopy copy;

  @BeforeEach
  void create() {
    db = open(Options.defaults().withPageSize(512).withStorage(storage.files()));
    feed = db.createFeed("f", FeedOptions.of(NAMES).withMaxCommits(2).withHold(true));
    copy = new FeedCopy(db, feed);
  }

  /** Begins updates while the commit before them is being put on disk, so that they share one. */
  private List<CompletableFuture<Integer>> shared(List<WriteFunction<Integer, Exception>> updates)
      throws Exception {
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch joined = new CountDownLatch(1);
    storage.beforeSync =
        () -> {
          storage.beforeSync = () -> {};
          syncing.countDown();
          await(joined);
        };
    CompletableFuture<Boolean> first = db.updateAsync(tx -> tx.put(WORDS, "before", "it"));
    syncing.await();
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    updates.forEach(update -> all.add(db.updateAsync(update)));
    joined.countDown();
    first.get();
    return all;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static WriteFunction<Integer, Exception> put(long key) {
    return tx -> tx.put(NAMES, key, "of a group") ? 1 : 0;
  }

  private static final WriteFunction<Integer, Exception> OTHER =
      tx -> tx.put(WORDS, "not", "watched") ? 1 : 0;

  private static final WriteFunction<Integer, Exception> FAILS =
      tx -> {
        tx.put(NAMES, 99L, "undone");
        throw new UnsupportedOperationException("my fault");
      };

  @Test
  void allThatShareTheCommitAreTold() throws Exception {
    db.put(NAMES, 1L, "one");
    db.put(NAMES, 2L, "two");
    List<CompletableFuture<Integer>> all = shared(List.of(put(3), OTHER, FAILS, put(4)));
    for (int i : new int[] {0, 1, 3}) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> all.get(i).get())
          .satisfies(
              e ->
                  assertThat(e.getCause())
                      .isInstanceOfSatisfying(
                          FeedFullException.class,
                          full -> {
                            assertThat(full.feed()).isEqualTo("f");
                            assertThat(full.lag()).isEqualTo(3);
                            assertThat(full.limit()).isEqualTo(2);
                          }));
    }
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> all.get(2).get())
        .withCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(db.count(NAMES)).isEqualTo(2);
    assertThat(db.get(WORDS, "not")).isNull();
    assertThat(copy.verify(db, "f")).isEqualTo(2);
    assertThat(db.updateAsync(OTHER).get()).as("alone").isEqualTo(1);
  }

  /** An update that fails alone is not in the feed; the others are one commit of it. */
  @Test
  void thereIsRoomForTheGroup() throws Exception {
    db.put(NAMES, 1L, "one");
    List<CompletableFuture<Integer>> all = shared(List.of(put(3), OTHER, FAILS, put(4)));
    for (int i : new int[] {0, 1, 3}) {
      assertThat(all.get(i).get()).isEqualTo(1);
    }
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> all.get(2).get())
        .withCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(copy.verify(db, "f")).isEqualTo(2);
    assertThat(read(feed)).containsExactly("ADDED 1 one", "ADDED 3 of a group, ADDED 4 of a group");
  }

  /** Writers try again until a reader has made room. */
  @Test
  void writersAndAReader() throws Exception {
    AtomicLong refused = new AtomicLong();
    List<FutureTask<Long>> writers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long first = 1000L * i;
      writers.add(new FutureTask<>(() -> write(first, refused)));
    }
    writers.forEach(writer -> Thread.ofPlatform().start(writer));
    long changes = 0;
    try (FeedReader reader = feed.reader()) {
      while (changes < THREADS * UPDATES) {
        FeedCommit commit = reader.next(Duration.ofMinutes(5));
        changes += commit.stream().count();
        feed.acknowledge(commit.position());
      }
      assertThat(reader.next()).isNull();
    }
    for (FutureTask<Long> writer : writers) {
      assertThat(writer.get()).isEqualTo(UPDATES);
    }
    System.out.printf("  %,d updates, %,d refusals%n", changes, refused.get());
    assertThat(db.count(NAMES)).isEqualTo(THREADS * UPDATES);
    assertThat(feed.stat().commits()).isZero();
  }

  private long write(long first, AtomicLong refused) throws Exception {
    long done = 0;
    while (done < UPDATES) {
      long key = first + done;
      try {
        if (key % 3 == 0) {
          Boolean _ = db.updateAsync(tx -> tx.put(NAMES, key, "async")).get();
        } else {
          db.put(NAMES, key, "name");
        }
        done++;
      } catch (FeedFullException e) {
        refused.incrementAndGet();
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(FeedFullException.class);
        refused.incrementAndGet();
      }
    }
    return done;
  }
}
