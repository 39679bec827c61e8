package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.FollowerBlockedException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk of a follower fails at one call, and others read the file meanwhile. */
@Tag("proof")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FollowerFailuresTest extends FollowerTestBase {
  private final HookedStorage storage = new HookedStorage();
  private Database source;
  private Follower follower;

  /** Whether pages of the increment have come. */
  private volatile boolean isReceiving;

  /** Whether a meta has been written since the hook was set. */
  private volatile boolean wroteMeta;

  @BeforeEach
  void makeFollower() {
    source = open();
    rounds(source, 5);
    closeChecked(follow(source));
    follower = openHooked();
  }

  private Follower openHooked() {
    return Follower.open(
        path(), Options.defaults().withStorage(storage.files()).withCloseTimeout(Duration.ZERO));
  }

  private static void rounds(Database db, int count) {
    for (int i = 0; i < count; i++) {
      db.update(tx -> SoakRounds.write(tx));
    }
  }

  private static StorageIoException failure() {
    return new StorageIoException("the disk fails", null);
  }

  /** Whether a meta of the follower is written: that of the increment has come before. */
  private boolean isMeta(ByteBuffer page) {
    return isReceiving
        && page.remaining() == 4096
        && page.get(page.position() + PageHeader.TYPE) == 1;
  }

  private void heal() {
    storage.beforeSync = () -> {};
    storage.atWrite = _ -> {};
    storage.beforeMap = () -> {};
    storage.beforeDelete = () -> {};
    storage.beforeTruncate = () -> {};
    isReceiving = false;
    storage.unlistedReaders = false;
  }

  private Follower.Position apply(byte[] increment) {
    return follower.apply(channel(increment), Duration.ZERO, (_, _) -> isReceiving = true);
  }

  private void failsToApply(byte[] increment) {
    assertThatThrownBy(() -> apply(increment)).hasStackTraceContaining("the disk fails");
    heal();
    follower.close();
  }

  private void completes(long round) {
    Follower again = follower(openHooked());
    assertThat(again.database().<Long, RuntimeException>view(SoakRounds::verify)).isEqualTo(round);
    catchUp(source, again);
    assertSame(source, again.database());
  }

  /** The mark may be on disk, or not; readers of the commit before it go on. */
  @Test
  void ofTheMark() throws IOException {
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    storage.atWrite = page -> wroteMeta |= isMeta(page);
    storage.beforeSync =
        () -> {
          if (wroteMeta) {
            throw failure();
          }
        };
    blocksWhileOthersRead(increment);
  }

  /** A reader without the lock file has come, so that the mark is to be removed. */
  @Test
  void ofTheRemovalOfTheMark() throws IOException {
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    leaveTheMark();
    blocksWhileOthersRead(increment);
  }

  private void blocksWhileOthersRead(byte[] increment) throws IOException {
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", "open-readonly " + path());
      failsToApply(increment);
      String holds = peer.ask("hold old");
      peer.expect("5", "held-round old");
      assertThatThrownBy(this::openHooked)
          .isInstanceOfSatisfying(
              FollowerBlockedException.class,
              e -> {
                assertThat(holds).isEqualTo("holds " + e.txnId());
                assertThat(e.pid()).isEqualTo(peer.pid());
              })
          .hasMessageContainingAll(path().toString(), "open the follower again");
      peer.expect("5", "held-round old");
      peer.expect(holds, "hold later");
      peer.expect("freed", "free-all");
      completes(15);
      peer.expect("holds " + source.stat().txnId(), "hold new");
      peer.expect("15", "held-round new");
      peer.expect("freed", "free-all");
      peer.expect("sound", "check");
    }
  }

  private void leaveTheMark() {
    storage.atWrite =
        page -> {
          if (wroteMeta && page.get(page.position() + PageHeader.TYPE) == 0) {
            throw failure();
          }
          wroteMeta |= isMeta(page);
          storage.unlistedReaders |= wroteMeta;
        };
  }

  /**
   * The commit is on disk, and the map of its pages cannot be made. If another increment were
   * applied, it would overwrite pages of this commit without a mark.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void ofTheMapAfterTheCommit(int commits) {
    rounds(source, commits - 1);
    source.update(tx -> tx.put(BLOBS, 1L, new byte[3 << 20]));
    rounds(source, commits == 1 ? 0 : 1);
    byte[] increment = increment(source, follower);
    storage.atWrite =
        page -> {
          if (isMeta(page)) {
            storage.beforeMap =
                () -> {
                  throw failure();
                };
          }
        };
    assertThatThrownBy(() -> apply(increment)).hasStackTraceContaining("the disk fails");
    heal();
    if (commits > 1) { // readers do not wait for a commit that this process never shows
      assertThatThrownBy(() -> follower.database().view(SoakRounds::verify))
          .isInstanceOf(DatabaseFailedException.class);
    }
    assertThatThrownBy(() -> follower.apply(channel(increment)))
        .isInstanceOf(DatabaseFailedException.class);
    follower.close();
    Follower again = follower(openHooked());
    assertSame(source, again.database());
  }

  /** What remains to be done after the commit is shown is no part of the increment. */
  @Test
  void afterTheIncrementIsApplied() {
    source.update(tx -> tx.put(BLOBS, 1L, new byte[20 << 20]));
    catchUp(source, follower);
    source.update(tx -> tx.drop(BLOBS));
    source.compact();
    byte[] increment = increment(source, follower);
    storage.atWrite =
        page -> {
          if (isMeta(page)) {
            storage.beforeDelete = FollowerFailuresTest::fail;
            storage.beforeTruncate = FollowerFailuresTest::fail;
          }
        };
    Follower.Position now = apply(increment);
    assertThat(now.txnId()).isEqualTo(source.stat().txnId());
    assertThat(follower.position()).isEqualTo(now);
    heal();
    rounds(source, 3);
    catchUp(source, follower(follower));
    assertSame(source, follower.database());
  }

  /** The failure of an increment is reported, not that of the deletion of its file. */
  @Test
  void whenItsFileCannotBeDeletedEither() {
    rounds(source, 1);
    byte[] increment = increment(source, follower);
    storage.beforeSync =
        () -> {
          storage.beforeDelete =
              () -> {
                throw new StorageIoException("no deletion", null);
              };
          throw failure();
        };
    failsToApply(increment);
    completes(5);
  }

  private static void fail() {
    throw failure();
  }

  /** A reader without the lock file that came after the last increment reads the newest commit. */
  @Test
  void noneIfAReaderWithoutTheLockFileHasJustCome() {
    for (int i = 0; i < 3; i++) {
      storage.unlistedReaders = true;
      rounds(source, 1);
      byte[] increment = increment(source, follower);
      assertThat(apply(increment).txnId()).isEqualTo(source.stat().txnId());
      rounds(source, 5);
      byte[] more = increment(source, follower);
      assertThatThrownBy(() -> apply(more)).isInstanceOf(FollowerBlockedException.class);
      storage.unlistedReaders = false;
      assertThat(apply(more).txnId()).isEqualTo(source.stat().txnId());
    }
    assertSame(source, follower(follower).database());
  }

  /** A process that is alone waits for readers without the lock file. */
  @Test
  void besideAReaderWithoutTheLockFile() {
    rounds(source, 10);
    byte[] increment = increment(source, follower);
    leaveTheMark();
    failsToApply(increment);
    storage.unlistedReaders = true;
    assertThatThrownBy(this::openHooked)
        .isInstanceOfSatisfying(
            FollowerBlockedException.class, e -> assertThat(e.pid()).isEqualTo(-1))
        .hasMessageContaining("not listed in the lock file");
    storage.unlistedReaders = false;
    completes(15);
  }
}
