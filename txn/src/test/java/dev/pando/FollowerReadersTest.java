package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.FollowerBlockedException;
import dev.pando.error.FollowerFileException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers of a follower, in threads and in another process, while increments are applied. */
@Tag("proof")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FollowerReadersTest extends FollowerTestBase {
  private static void rounds(Database source, int count) {
    for (int i = 0; i < count; i++) {
      source.update(tx -> SoakRounds.write(tx));
    }
  }

  /** Readers of an increment of one commit need not end: it overwrites nothing that they show. */
  @Test
  void staysIfNothingIsOverwritten() {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    for (int i = 0; i < 5; i++) {
      try (ReadTxn tx = follower.database().beginRead()) {
        rounds(source, 1);
        follower.apply(channel(increment(source, follower)), Duration.ZERO, SILENT);
        assertThat(SoakRounds.verify(tx)).isEqualTo(5 + i);
      }
    }
    assertSame(source, follower.database());
  }

  @Test
  void isEndedAfterThePatience() {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    rounds(source, 10);
    try (ReadTxn old = follower.database().beginRead()) {
      assertThat(SoakRounds.verify(old)).isEqualTo(5);
      follower.apply(channel(increment(source, follower)), Duration.ofMillis(1), SILENT);
      assertThatIllegalStateException().isThrownBy(() -> SoakRounds.verify(old));
    }
    assertThat(follower.database().view(SoakRounds::verify)).isEqualTo(15);
  }

  @Test
  void isWaitedFor() throws Exception {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    rounds(source, 10);
    CompletableFuture<Follower.Position> applied;
    try (ReadTxn old = follower.database().beginRead()) {
      byte[] increment = increment(source, follower);
      applied = CompletableFuture.supplyAsync(() -> follower.apply(channel(increment)));
      for (int i = 0; i < 20; i++) {
        assertThat(SoakRounds.verify(old)).isEqualTo(5);
        assertThat(follower.database().view(SoakRounds::verify)).isEqualTo(5); // new ones begin
      }
      assertThat(applied).isNotDone();
    }
    assertThat(applied.get().txnId()).isEqualTo(source.stat().txnId());
    assertThat(follower.database().view(SoakRounds::verify)).isEqualTo(15);
  }

  /** The patience is also that of readers that begin while others are waited for, and of forks. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isWaitedForWhenItHasBegunLater(boolean forked) throws Exception {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    ReadTxn first = follower.database().beginRead();
    FutureTask<Follower.Position> applied =
        new FutureTask<>(() -> follower.apply(channel(increment)));
    Thread applying = Thread.ofPlatform().daemon().start(applied);
    while (applying.getState() != Thread.State.TIMED_WAITING) { // for the first one
      Thread.onSpinWait();
    }
    try (ReadTxn later = forked ? first.fork() : follower.database().beginRead()) {
      first.close();
      long begin = System.nanoTime();
      do { // longer than new readers are made to wait
        assertThat(SoakRounds.verify(later)).isEqualTo(5);
      } while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(3));
      assertThat(applied.isDone()).isFalse();
    }
    assertThat(applied.get().txnId()).isEqualTo(source.stat().txnId());
    assertSame(source, follower.database());
  }

  /** The engine's own readers are not ended: such as those of a backup. */
  @Test
  void aBackupBlocks() {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    List<Throwable> thrown = new ArrayList<>();
    BackupReport report =
        follower
            .database()
            .backup(
                directory().resolve("backup.pando"),
                BackupForm.PAGES,
                (done, total) -> {
                  if (thrown.isEmpty()) {
                    try {
                      follower.apply(channel(increment), Duration.ZERO, SILENT);
                    } catch (FollowerBlockedException e) {
                      thrown.add(e);
                    }
                  }
                });
    assertThat(thrown).hasSize(1);
    assertThat(report.txnId()).isEqualTo(follower.position().txnId());
    assertThat(follower.lag().transactions()).isPositive();
    follower.apply(channel(increment), Duration.ZERO, SILENT);
    assertSame(source, follower.database());
  }

  @Test
  void oneOfAnotherProcessIsNamed() throws IOException {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    long first = follower.position().txnId();
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", "open-readonly " + path());
      peer.expect("holds " + first, "hold old");
      rounds(source, 10);
      byte[] increment = increment(source, follower);
      assertThatThrownBy(() -> follower.apply(channel(increment), Duration.ZERO, SILENT))
          .isInstanceOfSatisfying(
              FollowerBlockedException.class,
              e -> {
                assertThat(e.pid()).isEqualTo(peer.pid());
                assertThat(e.txnId()).isEqualTo(first);
              })
          .hasMessageContaining("process " + peer.pid());
      peer.expect("5", "held-round old");
      assertThat(follower.database().view(SoakRounds::verify)).isEqualTo(5);
      peer.expect("freed", "free old");
      follower.apply(channel(increment), Duration.ZERO, SILENT);
      peer.expect("holds " + source.stat().txnId(), "hold new");
      peer.expect("15", "held-round new");
      peer.expect("sound", "check");
      peer.expect("freed", "free new");
    }
  }

  /** A process that is killed with a reader holds nothing up. */
  @Test
  void oneOfADeadProcessIsForgotten() throws IOException {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", "open-readonly " + path());
      peer.ask("hold old");
      peer.kill();
    }
    rounds(source, 10);
    follower.apply(channel(increment(source, follower)));
    assertSame(source, follower.database());
  }

  /** A reader of a named snapshot that the source has dropped. */
  @Test
  void ofADroppedSnapshotIsProtected() {
    Database source = open();
    rounds(source, 5);
    source.snapshots().create("five");
    Follower follower = follow(source);
    rounds(source, 3);
    catchUp(source, follower);
    try (ReadTxn five = follower.database().snapshots().open("five")) {
      source.snapshots().drop("five");
      catchUp(source, follower);
      assertThat(SoakRounds.verify(five)).isEqualTo(5);
      rounds(source, 10);
      byte[] increment = increment(source, follower);
      follower.apply(channel(increment), Duration.ZERO, SILENT);
      assertThatIllegalStateException().isThrownBy(() -> SoakRounds.verify(five));
    }
    assertSame(source, follower.database());
  }

  /** Threads and another process read all the time, and see whole rounds, never fewer. */
  @Test
  void seeWholeCommitsAlone() throws Exception {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    AtomicBoolean ends = new AtomicBoolean();
    try (PeerJvm peer = PeerJvm.start();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      peer.expect("opened", "open-readonly " + path());
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> readRounds(follower.database(), ends)));
      }
      readers.add(threads.submit(() -> readRounds(peer, ends)));
      try {
        for (int i = 0; i < 40; i++) {
          rounds(source, 1 + i % 4);
          catchUp(source, follower);
        }
      } finally {
        ends.set(true);
      }
      for (Future<Long> reader : readers) {
        assertThat(reader.get()).isGreaterThan(5);
      }
    }
    assertSame(source, follower.database());
  }

  private static long readRounds(Database db, AtomicBoolean ends) {
    long last = 0;
    while (!ends.get()) {
      long round = db.view(SoakRounds::verify);
      assertThat(round).isGreaterThanOrEqualTo(last);
      last = round;
    }
    return db.view(SoakRounds::verify);
  }

  private static long readRounds(PeerJvm peer, AtomicBoolean ends) throws IOException {
    long last = 0;
    while (!ends.get()) {
      assertThat(peer.ask("hold now")).startsWith("holds ");
      long round = Long.parseLong(peer.ask("held-round now"));
      assertThat(round).isGreaterThanOrEqualTo(last);
      last = round;
      peer.expect("freed", "free now");
    }
    return last;
  }

  /** Of two processes, one applies increments; the next one can when it is gone. */
  @Test
  void oneProcessFollows() throws IOException {
    Database source = open();
    rounds(source, 5);
    closeChecked(follow(source));
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", "open-follower " + path());
      assertThatThrownBy(() -> Follower.open(path()))
          .isInstanceOf(DatabaseLockedException.class)
          .hasMessageContaining("as a follower");
      assertThatThrownBy(() -> Database.open(path())).isInstanceOf(FollowerFileException.class);
      assertSame(source, open(path(), Options.defaults().withReadOnly(true)));
      peer.kill();
    }
  }

  /** {@link Database#awaitCommit} reports a commit when readers see it. */
  @Test
  void areWoken() throws Exception {
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    long first = follower.position().txnId();
    CompletableFuture<Long> seen =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                long _ = follower.database().awaitCommit(first, Duration.ofMinutes(2));
                return follower.database().view(SoakRounds::verify);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    rounds(source, 10);
    catchUp(source, follower);
    assertThat(seen.get()).isEqualTo(15);
  }

  /** The disk fails while pages are overwritten: readers get errors, no mixture. */
  @Test
  void getNoMixtureAfterAFailure() {
    Database source = open();
    rounds(source, 5);
    closeChecked(follow(source));
    HookedStorage storage = new HookedStorage();
    Follower follower =
        Follower.open(
            path(),
            Options.defaults().withStorage(storage.files()).withCloseTimeout(Duration.ZERO));
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    int[] syncs = new int[1];
    storage.beforeSync =
        () -> {
          if (++syncs[0] == 4) { // those before are of free pages, the side file and the mark
            throw new StorageIoException("the disk fails", null);
          }
        };
    assertThatThrownBy(() -> follower.apply(channel(increment)))
        .hasStackTraceContaining("the disk fails");
    storage.beforeSync = () -> {};
    assertThatThrownBy(() -> follower.database().view(SoakRounds::verify))
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("open it again");
    assertThatThrownBy(() -> follower.apply(channel(increment)))
        .isInstanceOf(DatabaseFailedException.class);
    follower.close();
    assertThatThrownBy(() -> Database.open(path(), Options.defaults().withReadOnly(true)))
        .isInstanceOf(RecoveryNeededException.class)
        .hasMessageContainingAll(path().toString(), "Follower.open");
    Follower again = follower(Follower.open(path()));
    assertThat(again.database().view(SoakRounds::verify)).isEqualTo(15);
    catchUp(source, again);
    assertSame(source, again.database());
  }
}
