package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.FollowerBlockedException;
import dev.pando.error.RecoveryNeededException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process of a follower dies while it applies an increment, and another one goes on reading.
 */
@Tag("proof")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FollowerProcessesTest extends FollowerTestBase {
  private static final int NOBODY = 65534;

  /**
   * The syncs are those of opening, of the free pages, of the side file, of the mark, of the other
   * pages and of the meta. The next follower completes what the dead one has begun, and readers
   * that wait go on.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6})
  void diesAtASync(int sync) throws IOException {
    Database source = open();
    rounds(source, 5);
    Follower first = follow(source);
    final long base = first.position().txnId();
    rounds(source, 10);
    Path increment = directory().resolve("increment");
    Files.write(increment, increment(source, first));
    closeChecked(first);
    try (PeerJvm reader = PeerJvm.start();
        PeerJvm dying = PeerJvm.start()) {
      reader.expect("opened", "open-readonly " + path());
      dying.expect("opened", "open-follower-dying " + path() + " sync " + sync);
      dying.tell("apply " + increment);
      assertThat(dying.answer()).isNull();
      reader.tell("hold waits");
      Follower next = follower(Follower.open(path()));
      assertThat(reader.answer()).isIn("holds " + base, "holds " + source.stat().txnId());
      assertThat(reader.ask("held-round waits")).isIn("5", "15");
      reader.expect("freed", "free waits");
      assertThat(next.database().view(SoakRounds::verify)).isIn(5L, 15L);
      rounds(source, 2);
      catchUp(source, next);
      assertSame(source, next.database());
      reader.ask("hold new");
      reader.expect("17", "held-round new");
      reader.expect("freed", "free new");
      reader.expect("sound", "check");
    }
  }

  /**
   * Readers that wait for a dead follower do not keep each other, or the end of their database,
   * waiting: the end comes before their patience is over.
   */
  @Test
  void waitingReadersDoNotDelayTheEnd() throws Exception {
    Database source = open();
    rounds(source, 5);
    Follower first = follow(source);
    rounds(source, 10);
    Path increment = directory().resolve("increment");
    Files.write(increment, increment(source, first));
    closeChecked(first);
    Database reader = open(path(), Options.defaults().withReadOnly(true));
    try (PeerJvm dying = PeerJvm.start()) {
      dying.expect("opened", "open-follower-dying " + path() + " sync 5");
      dying.tell("apply " + increment);
      assertThat(dying.answer()).isNull();
    }
    List<CompletableFuture<Long>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(
          CompletableFuture.supplyAsync(
              () -> reader.view(SoakRounds::verify),
              task -> Thread.ofPlatform().daemon().start(task)));
    }
    while (reader.metrics().readers() < waiting.size()) {
      Thread.onSpinWait();
    }
    reader.close();
    for (CompletableFuture<Long> each : waiting) {
      assertThatThrownBy(each::get).hasCauseInstanceOf(IllegalStateException.class);
    }
    Follower next = follower(Follower.open(path()));
    assertThat(next.database().<Long, RuntimeException>view(SoakRounds::verify)).isIn(5L, 15L);
  }

  /** A process that opens the file does not wait for a dead follower: the next one can enter. */
  @Test
  void anOpenerIsRefusedIfTheFollowerIsDead() throws IOException {
    Database source = open();
    rounds(source, 5);
    Follower first = follow(source);
    rounds(source, 10);
    Path increment = directory().resolve("increment");
    Files.write(increment, increment(source, first));
    closeChecked(first);
    try (PeerJvm reader = PeerJvm.start();
        PeerJvm dying = PeerJvm.start()) {
      reader.expect("opened", "open-readonly " + path());
      dying.expect("opened", "open-follower-dying " + path() + " sync 5");
      dying.tell("apply " + increment);
      assertThat(dying.answer()).isNull();
      assertThatThrownBy(() -> Database.open(path(), Options.defaults().withReadOnly(true)))
          .isInstanceOf(RecoveryNeededException.class)
          .hasMessageContaining("Follower.open");
      Follower next = follower(Follower.open(path()));
      assertThat(next.database().<Long, RuntimeException>view(SoakRounds::verify)).isEqualTo(15);
      assertSame(source, next.database());
    }
  }

  /** A process of another user cannot write the lock file, so it is not known what it reads. */
  @Test
  void aReaderThatIsNotListed() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv"))
            && (Integer) Files.getAttribute(directory(), "unix:uid") == 0,
        "skipped: needs root and setpriv");
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Database source = open();
    rounds(source, 5);
    Follower follower = follow(source);
    try (PeerJvm stranger = PeerJvm.startAs(NOBODY)) {
      stranger.expect("opened", "open-readonly " + path());
      stranger.ask("hold old");
      rounds(source, 10);
      byte[] increment = increment(source, follower);
      assertThatThrownBy(() -> follower.apply(channel(increment), Duration.ZERO, SILENT))
          .isInstanceOfSatisfying(
              FollowerBlockedException.class, e -> assertThat(e.pid()).isEqualTo(-1))
          .hasMessageContaining("cannot write the lock file");
      stranger.expect("5", "held-round old");
      stranger.expect("closed", "close");
      follower.apply(channel(increment), Duration.ZERO, SILENT);
    }
    assertSame(source, follower.database());
  }

  private static void rounds(Database source, int count) {
    for (int i = 0; i < count; i++) {
      source.update(tx -> SoakRounds.write(tx));
    }
  }
}
