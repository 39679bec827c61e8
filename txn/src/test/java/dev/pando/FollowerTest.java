package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.FollowerFileException;
import dev.pando.error.ReadOnlyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower has what its source has, and becomes a database of its own. */
@Tag("proof")
class FollowerTest extends FollowerTestBase {
  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65_536})
  void followsItsSource(int pageSize) {
    Database source = open(Options.defaults().withPageSize(pageSize));
    fill(source);
    Follower follower = follow(source);
    assertSame(source, follower.database());
    source.put(NAMES, 7L, "monday");
    source.snapshots().create("monday");
    step(source, follower);
    churn(source, 30);
    step(source, follower);
    source.update(tx -> tx.drop(BLOBS));
    source.update(tx -> tx.put(BLOBS, 2L, new byte[2_000_000]));
    step(source, follower);
    source.compact();
    step(source, follower);
    assertThat(source.snapshots().restore("monday")).isPositive();
    step(source, follower);
    assertThat(source.snapshots().drop("monday")).isTrue();
    churn(source, 5);
    step(source, follower);
    source.compact();
    step(source, follower);
    assertThat(follower).hasToString("follower " + path());
  }

  private void step(Database source, Follower follower) {
    catchUp(source, follower);
    assertSame(source, follower.database());
    CheckReport _ = follower.database().check().throwIfBad();
    assertThat(side()).doesNotExist();
  }

  private Path side() {
    return directory().resolve("follower.pando-increment");
  }

  @Test
  void goesOnAfterARestart() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    for (int i = 0; i < 4; i++) {
      churn(source, 20);
      catchUp(source, follower);
      Follower.Position last = follower.position();
      closeChecked(follower);
      follower = follower(Follower.open(path()));
      assertThat(follower.position()).isEqualTo(last);
      assertSame(source, follower.database());
    }
  }

  @Test
  void isMadeFromAFile() throws IOException {
    Database source = open();
    fill(source);
    Path full = directory().resolve("full.pando");
    BackupReport report = source.backup(full);
    List<Long> told = new ArrayList<>();
    Follower follower =
        follower(
            Follower.create(
                full, path(), Options.defaults(), (done, total) -> told.add(done - total)));
    assertThat(told).isSorted().endsWith(0L).hasSizeGreaterThan(2);
    assertThat(follower.position())
        .isEqualTo(new Follower.Position(report.source(), report.txnId()));
    churn(source, 3);
    catchUp(source, follower);
    assertSame(source, follower.database());
    Path other = directory().resolve("other.pando");
    Follower second = follower(Follower.create(full, other));
    churn(source, 3);
    catchUp(source, second);
    assertSame(source, second.database());
    assertThat(Files.size(other)).isPositive();
  }

  /** A channel has several increments, one after the other, and an empty one. */
  @Test
  void readsOneIncrementAtATime() throws IOException {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    Follower.Position position = follower.position();
    BackupReport last = null;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 4; i++) {
      churn(source, i == 2 ? 0 : 10);
      UUID incarnation = position.incarnation();
      long since = last == null ? position.txnId() : last.txnId();
      last =
          source.backupSince(
              incarnation, since, java.nio.channels.Channels.newChannel(all), SILENT);
    }
    all.write(new byte[] {42});
    List<Long> told = new ArrayList<>();
    try (var channel = channel(all.toByteArray())) {
      for (int i = 0; i < 4; i++) {
        position = follower.apply(channel, Duration.ZERO, (done, total) -> told.add(done - total));
        CheckReport _ = follower.database().check().throwIfBad();
      }
      assertThat(channel.read(java.nio.ByteBuffer.allocate(2))).isEqualTo(1);
    }
    assertThat(told).endsWith(0L);
    assertThat(position.txnId()).isEqualTo(source.stat().txnId());
    assertSame(source, follower.database());
  }

  @Test
  void onlyIncrementsChangeIt() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    Database copy = follower.database();
    assertThatThrownBy(() -> copy.put(NAMES, 1L, "x"))
        .isInstanceOf(ReadOnlyException.class)
        .hasMessageContaining("Follower.promote");
    assertThatThrownBy(copy::compact).isInstanceOf(ReadOnlyException.class);
    assertThatThrownBy(copy::sync).isInstanceOf(ReadOnlyException.class);
    assertThatThrownBy(() -> copy.snapshots().create("x")).isInstanceOf(ReadOnlyException.class);
    closeChecked(follower);
    assertThatThrownBy(() -> Database.open(path()))
        .isInstanceOf(FollowerFileException.class)
        .hasMessageContainingAll(path().toString(), "a follower's", "promote");
    Database reader = open(path(), Options.defaults().withReadOnly(true));
    assertSame(source, reader);
    closeChecked(reader);
    assertThatThrownBy(() -> Follower.open(directory().resolve("none.pando")))
        .isInstanceOf(dev.pando.error.StorageIoException.class);
    assertThatIllegalStateException().isThrownBy(follower::position);
    assertThatIllegalStateException().isThrownBy(() -> follower.apply(channel(new byte[0])));
    assertThatIllegalStateException().isThrownBy(follower::promote);
  }

  @Test
  void isPromoted() {
    Database source = open();
    fill(source);
    source.snapshots().create("kept");
    Follower follower = follow(source);
    churn(source, 20);
    catchUp(source, follower);
    churn(source, 20);
    byte[] later = increment(source, follower);
    Follower.Position position = follower.position();
    UUID incarnation = follower.promote();
    Database promoted = open(path(), Options.defaults());
    assertThat(promoted.backup(directory().resolve("backup.pando")).source())
        .isEqualTo(incarnation);
    promoted.put(NAMES, 7L, "of its own");
    closeChecked(promoted);
    assertThatThrownBy(() -> Follower.open(path()))
        .isInstanceOf(FollowerFileException.class)
        .hasMessageContainingAll(path().toString(), "no follower's");
    promoted = open(path(), Options.defaults());
    assertThat(promoted.get(NAMES, 7L)).isEqualTo("of its own");
    assertThat(promoted.snapshots().list()).hasSize(1);
    Database again = promoted;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(
            () ->
                again.backupSince(
                    position.incarnation(),
                    position.txnId(),
                    java.nio.channels.Channels.newChannel(out),
                    SILENT))
        .isInstanceOf(dev.pando.error.BackupMismatchException.class);
    Path second = directory().resolve("second.pando");
    Follower ofPromoted =
        follower(Follower.create(channel(full(promoted)), second, Options.defaults(), SILENT));
    assertThatThrownBy(() -> ofPromoted.apply(channel(later)))
        .isInstanceOf(dev.pando.error.BackupMismatchException.class)
        .hasMessageContaining("of incarnation");
    promoted.put(NAMES, 8L, "of its own");
    catchUp(promoted, ofPromoted);
    assertSame(promoted, ofPromoted.database());
  }

  /** At any moment: slots with an older mark are no hindrance. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void isPromotedAfter(int harmless) {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    churn(source, 20);
    catchUp(source, follower);
    for (int i = 0; i < harmless; i++) {
      churn(source, 1);
      catchUp(source, follower);
    }
    UUID _ = follower.promote();
    Database promoted = open(path(), Options.defaults());
    churn(promoted, 20);
    assertThat(promoted.count(NAMES)).isEqualTo(3000);
  }

  /** A follower is the source of another one; its backup is an ordinary database. */
  @Test
  void hasFollowersAndBackups() {
    Database source = open();
    fill(source);
    Follower first = follow(source);
    Path path = directory().resolve("second.pando");
    Follower second =
        follower(
            Follower.create(channel(full(first.database())), path, Options.defaults(), SILENT));
    for (int i = 0; i < 3; i++) {
      churn(source, 10);
      catchUp(source, first);
      catchUp(first.database(), second);
      assertSame(source, second.database());
    }
    Path backup = directory().resolve("backup.pando");
    BackupReport report = first.database().backup(backup);
    assertThat(report.source()).isNotEqualTo(first.position().incarnation());
    Path restored = directory().resolve("restored.pando");
    Database.restore(backup, restored);
    Database ordinary = open(restored, Options.defaults());
    ordinary.put(NAMES, 7L, "goes on");
  }

  @Test
  void tellsItsLag() throws IOException {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    assertThat(follower.lag()).isEqualTo(new Lag(0, null));
    churn(source, 5);
    follower.sourceIsAt(source.stat().txnId());
    assertThat(follower.lag()).isEqualTo(new Lag(5, null));
    long begin = System.nanoTime();
    catchUp(source, follower);
    Lag lag = follower.lag();
    assertThat(lag.transactions()).isZero();
    assertThat(lag.age()).isBetween(Duration.ZERO, Duration.ofNanos(System.nanoTime() - begin));
    churn(source, 1);
    byte[] pushed = increment(source, follower);
    follower.apply(channel(pushed));
    assertThat(follower.lag().transactions()).isZero();
    churn(source, 3);
    byte[] damaged = increment(source, follower);
    damaged[damaged.length - 1] ^= 1;
    assertThatThrownBy(() -> follower.apply(channel(damaged)))
        .isInstanceOf(dev.pando.error.CorruptFileException.class);
    assertThat(follower.lag().transactions()).isEqualTo(3);
    Duration before = follower.lag().age();
    follower.sourceIsAt(follower.position().txnId());
    assertThat(follower.lag().age()).isLessThan(before);
  }

  @Test
  void refusesOtherArguments() {
    Database source = open();
    Follower follower = follow(source);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> follower.apply(channel(new byte[0]), Duration.ofNanos(-1), SILENT))
        .withMessageContaining("patience");
    source.put(NAMES, 1L, "one");
    byte[] increment = increment(source, follower);
    assertThatThrownBy(
            () ->
                follower.apply(
                    channel(increment),
                    Duration.ofSeconds(Long.MAX_VALUE),
                    (_, _) -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
    assertThat(side()).doesNotExist();
    follower.apply(channel(increment), Duration.ofSeconds(Long.MAX_VALUE), SILENT);
    assertSame(source, follower.database());
  }

  /** The source's file has shrunk, and so does the copy. */
  @Test
  void shrinksAsItsSourceDoes() throws IOException {
    Database source = open();
    source.update(
        tx -> {
          for (long key = 0; key < 20; key++) {
            tx.put(BLOBS, key, new byte[1 << 20]);
          }
        });
    Follower follower = follow(source);
    long before = Files.size(path());
    source.update(tx -> tx.drop(BLOBS));
    source.compact();
    catchUp(source, follower);
    churn(source, 3);
    catchUp(source, follower);
    assertThat(Files.size(path())).isLessThan(before / 2);
    assertSame(source, follower.database());
  }

  /** The database is the follower's: its end waits for the increment. */
  @Test
  void theEndOfItsDatabaseWaits() throws Exception {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    churn(source, 20);
    Database copy = follower.database();
    Thread closing = Thread.ofPlatform().daemon().unstarted(copy::close);
    Follower.Position now =
        follower.apply(
            channel(increment(source, follower)),
            Duration.ZERO,
            (_, _) -> {
              if (closing.getState() == Thread.State.NEW) {
                closing.start();
                while (closing.getState() != Thread.State.BLOCKED && !copy.lifecycle().hasEnded()) {
                  Thread.onSpinWait();
                }
              }
            });
    assertThat(now.txnId()).isEqualTo(source.stat().txnId());
    closing.join();
    assertThat(copy.lifecycle().hasEnded()).isTrue();
    Follower again = follower(Follower.open(path()));
    assertThat(again.position()).isEqualTo(now);
    assertSame(source, again.database());
  }

  @Test
  void isClosedByItsProgress() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    Follower.Position before = follower.position();
    churn(source, 20);
    byte[] increment = increment(source, follower);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                follower.apply(
                    channel(increment), Duration.ZERO, (_, _) -> follower.database().close()));
    Follower again = follower(Follower.open(path()));
    assertThat(again.position()).isEqualTo(before);
    again.apply(channel(increment));
    assertSame(source, again.database());
  }
}
