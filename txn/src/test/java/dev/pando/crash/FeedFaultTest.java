package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Feed;
import dev.pando.FeedCopy;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk fails, or is full, while a commit adds its changes to feeds: at the k-th call that it
 * makes for that, once or from then on. The commit fails as a whole. What a feed has leads from its
 * beginning to what the tables are, in the same process and in the next one.
 */
@Tag("scaled")
class FeedFaultTest {
  private static final Path FILE = Path.of("/simulated/fault.pando");
  private static final Table<Integer, byte[]> TABLE = Table.of("t", Codec.i32(), Codec.bytes());
  private static final int KEYS = 400;

  /** The number of the last commit. */
  private static final int COUNTER = -1;

  private static final List<Fault> FAULTS =
      List.of(Fault.IO_ERROR, Fault.NO_SPACE, Fault.SHORT_WRITE);

  private static Options options() {
    return Options.defaults()
        .withPageSize(512)
        .withSpillLimit(64 << 10)
        .withSyncInterval(null)
        .withCloseTimeout(Duration.ZERO);
  }

  @Test
  void everyCallFails() {
    Figures figures = new Figures("faults while changes are added to feeds", 500);
    long faults = 0;
    for (Fault fault : FAULTS) {
      int calls = run(fault, false, 0).calls;
      assertThat(calls).as("%s", fault).isPositive();
      System.out.printf("  %s: %,d calls, each once and for ever%n", fault, calls);
      for (boolean forEver : new boolean[] {false, true}) {
        for (int k = 1; k <= calls; k++) {
          if (figures.includes(2L * fault.ordinal() + (forEver ? 1 : 0), k)) {
            try {
              faults += run(fault, forEver, k).injected > 0 ? 1 : 0;
            } catch (Throwable e) {
              throw figures.failedAmong("%s at %d, %b".formatted(fault, k, forEver), e);
            }
          }
        }
      }
    }
    figures.reached(faults);
  }

  private static void putAll(WriteTxn tx, int length) {
    for (int key = 0; key < KEYS; key++) {
      tx.put(TABLE, key * 7919 % KEYS, new byte[length]);
    }
  }

  private static Run run(Fault fault, boolean forEver, int failing) {
    try (Run run = new Run(fault, forEver, failing)) {
      run.script();
      run.verifyNext();
      return run;
    }
  }

  private static final class Run implements AutoCloseable {
    private final Fault fault;
    private final boolean forEver;
    private final int failing;
    private final Random random;
    private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
    private final Database db = Database.open(FILE, disk.options(options()));
    private final FeedCopy copy;
    private int acknowledged;
    private boolean failed;
    private boolean quiet;
    private int calls;
    private int injected;

    Run(Fault fault, boolean forEver, int failing) {
      this.fault = fault;
      this.forEver = forEver;
      this.failing = failing;
      this.random = new Random(failing);
      copy = new FeedCopy(db, db.createFeed("f", FeedOptions.of(TABLE).withMaxBytes(0)));
      Feed _ =
          db.createFeed("drops", FeedOptions.ofAllTables().withBefore(true).withMaxBytes(64 << 10));
      disk.onCall(this::before);
    }

    private void before(Call call, @Nullable Path file, long offset, long bytes) {
      if (quiet || !fault.fits(call) || !isInCapture()) {
        return;
      }
      calls++;
      if (calls == failing || (forEver && failing > 0 && calls > failing)) {
        injected++;
        throw fault.thrown(disk, call, file, bytes, random);
      }
    }

    private static boolean isInCapture() {
      return StackWalker.getInstance()
          .walk(all -> all.anyMatch(at -> at.getClassName().endsWith(".feed.FeedCapture")));
    }

    void script() {
      update(Durability.SYNC, tx -> putAll(tx, 100));
      update(Durability.ASYNC, tx -> putAll(tx, 101));
      update(Durability.SYNC, tx -> tx.put(TABLE, 7, new byte[90_000]));
      update(Durability.SYNC, tx -> tx.deleteRange(TABLE, Range.closed(50, 150)));
      update(Durability.ASYNC, tx -> tx.clear(TABLE));
      update(Durability.SYNC, tx -> putAll(tx, 60));
      update(Durability.SYNC, tx -> tx.drop(TABLE));
    }

    private void update(Durability durability, Consumer<WriteTxn> changes) {
      int before = injected;
      try {
        db.update(
            durability,
            tx -> {
              changes.accept(tx);
              tx.put(TABLE, COUNTER, String.valueOf(acknowledged + 1).getBytes());
            });
        // A file that does not grow may have free pages.
        assertThat(injected == before || fault == Fault.NO_SPACE).isTrue();
        acknowledged++;
      } catch (DatabaseFailedException e) {
        assertThat(failed || injected > before).isTrue();
        failed = true;
      } catch (StorageException e) {
        assertThat(injected).isGreaterThan(before);
      }
      verify(db);
    }

    private void verify(Database now) {
      byte[] counter = now.get(TABLE, COUNTER);
      assertThat(counter == null ? 0 : Integer.parseInt(new String(counter)))
          .isEqualTo(acknowledged);
      assertThat(copy.verify(now, "f")).isEqualTo(acknowledged);
    }

    /** Nothing is lost in the next process, and it goes on. */
    void verifyNext() {
      quiet = true;
      if (!failed) {
        assertThat(db.check().throwIfBad().problems()).isEmpty();
      }
      db.close();
      try (Database next = Database.open(FILE, disk.options(options()))) {
        verify(next);
        next.update(tx -> putAll(tx, 10));
        assertThat(copy.verify(next, "f")).isEqualTo(acknowledged + 1);
        assertThat(next.changes("drops").stat().bytes()).isLessThanOrEqualTo(64 << 10);
        assertThat(next.check().throwIfBad().problems()).isEmpty();
      }
    }

    @Override
    public void close() {
      quiet = true;
      disk.kill();
      disk.close();
    }
  }

  /** When the feed is what fills the disk, acknowledging is the way out, and needs no room. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFullDisk(boolean told) {
    SimulatedDisk disk = new SimulatedDisk(4 << 20);
    disk.fullAt(256 << 10, told);
    try (Database db = Database.open(FILE, disk.options(options()))) {
      Feed feed = db.createFeed("f", FeedOptions.of(TABLE).withMaxBytes(0));
      FeedCopy copy = new FeedCopy(db, feed);
      long commits = 0;
      for (int full = 0; full < 3; ) {
        try {
          int length = 100 + (int) (commits % 7);
          db.update(tx -> putAll(tx, length));
          commits++;
        } catch (DatabaseFullException e) {
          full++;
        }
        assertThat(copy.verify(db, "f")).isEqualTo(commits);
      }
      assertThat(commits).isPositive();
      assertThatExceptionOfType(DatabaseFullException.class)
          .isThrownBy(() -> db.update(tx -> putAll(tx, 1000)));
      assertThat(db.check().throwIfBad().problems()).isEmpty();
      try (ReadTxn tx = db.beginRead()) {
        feed.acknowledge(FeedPosition.of(tx));
      }
      assertThat(feed.stat().commits()).isZero();
      db.sync();
      for (int i = 0; i < 3; i++) {
        db.update(tx -> tx.deleteRange(TABLE, Range.lessThan(KEYS / 2)));
        db.update(tx -> putAll(tx, 20));
      }
      assertThat(feed.stat().commits()).isEqualTo(6);
      assertThat(db.check().throwIfBad().problems()).isEmpty();
    } finally {
      disk.close();
    }
  }
}
