package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.BackupMismatchException;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A follower takes the increment that follows its commit, and no other bytes. */
class FollowerRefusalsTest extends FollowerTestBase {
  private Path path(String name) {
    return directory().resolve(name);
  }

  private void refuses(Follower follower, byte[] increment, String why) {
    Follower.Position before = follower.position();
    assertThatThrownBy(() -> follower.apply(channel(increment)))
        .isInstanceOf(BackupMismatchException.class)
        .hasMessageContaining(why);
    assertThat(follower.position()).isEqualTo(before);
    assertThat(path("follower.pando-increment")).doesNotExist();
  }

  @Test
  void incrementsThatDoNotFollow() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    Follower second =
        follower(
            Follower.create(
                channel(full(source)), path("second.pando"), Options.defaults(), SILENT));
    churn(source, 3);
    byte[] first = increment(source, follower);
    follower.apply(channel(first));
    refuses(follower, first, "since transaction"); // the same one again
    churn(source, 3);
    byte[] next = increment(source, follower);
    refuses(second, next, "since transaction"); // one is missing
    byte[] both = increment(source, second);
    refuses(follower, both, "since transaction");
    follower.apply(channel(next));
    second.apply(channel(both));
    assertSame(source, follower.database());
    assertSame(source, second.database());
    Database other = open(path("other.pando"), Options.defaults());
    fill(other);
    Path path = path("third.pando");
    Follower third =
        follower(Follower.create(channel(full(other)), path, Options.defaults(), SILENT));
    churn(other, 1);
    refuses(follower, increment(other, third), "of incarnation");
  }

  /** The source went on from a backup: it has other content under the same transaction ids. */
  @Test
  void aSourceThatWasRestored() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    Path backup = path("backup.pando");
    source.backup(backup);
    churn(source, 2);
    closeChecked(source);
    Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING);
    Database again = open();
    churn(again, 2);
    assertThatThrownBy(() -> increment(again, follower))
        .isInstanceOf(BackupMismatchException.class)
        .hasMessageContaining("make a full backup");
    Path path = path("second.pando");
    Follower second =
        follower(Follower.create(channel(full(again)), path, Options.defaults(), SILENT));
    churn(again, 2);
    refuses(follower, increment(again, second), "restored from a backup");
    CheckReport _ = follower.database().check().throwIfBad();
  }

  /** Increments of other lengths, and with one bit that is another. */
  @Test
  void damage() {
    Database source = open(Options.defaults().withPageSize(512));
    source.put(NAMES, 1L, "one");
    Follower follower = follow(source);
    for (int i = 0; i < 10; i++) {
      source.put(NAMES, 1L, "two " + i);
    }
    byte[] good = increment(source, follower);
    for (int at = 0; at < good.length; at += at < 100 ? 1 : 7) {
      refusesDamaged(follower, Arrays.copyOf(good, at));
      byte[] changed = good.clone();
      changed[at] ^= (byte) (1 << at % 8);
      refusesDamaged(follower, changed);
    }
    refusesDamaged(follower, full(source));
    refusesDamaged(follower, new byte[1000]);
    assertThat(follower.database().get(NAMES, 1L)).isEqualTo("one");
    follower.apply(channel(good));
    assertSame(source, follower.database());
  }

  private void refusesDamaged(Follower follower, byte[] bytes) {
    assertThatThrownBy(() -> follower.apply(channel(bytes)))
        .isInstanceOf(StorageException.class)
        .isInstanceOfAny(CorruptFileException.class, UnsupportedFormatException.class)
        .hasMessageContaining("follower.pando");
    assertThat(path("follower.pando-increment")).doesNotExist();
  }

  @Test
  void aChannelThatFails() {
    Database source = open();
    fill(source);
    Follower follower = follow(source);
    churn(source, 2);
    byte[] good = increment(source, follower);
    assertThatThrownBy(() -> follower.apply(failing(good, good.length / 2)))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("the cable");
    assertThatThrownBy(
            () ->
                Follower.create(
                    failing(full(source), 100_000), path("new.pando"), Options.defaults(), SILENT))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("the cable");
    assertThat(path("new.pando")).doesNotExist();
    follower.apply(channel(good));
    assertSame(source, follower.database());
  }

  private static ReadableByteChannel failing(byte[] bytes, int most) {
    ByteBuffer left = ByteBuffer.wrap(bytes, 0, most);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        if (!left.hasRemaining()) {
          throw new IOException("the cable was cut");
        }
        int count = Math.min(Math.min(left.remaining(), target.remaining()), 1000);
        target.put(left.slice().limit(count));
        left.position(left.position() + count);
        return count;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void fullBackupsThatNothingCanFollow() throws IOException {
    Database source = open();
    fill(source);
    Path full = path("full.pando");
    source.backup(full);
    Path compact = path("compact.pando");
    source.backup(compact, BackupForm.COMPACT, SILENT);
    Path written = path("written.pando");
    Files.copy(full, written);
    Database copy = open(written, Options.defaults());
    copy.put(NAMES, 1L, "fork");
    closeChecked(copy);
    refusesFull(compact, BackupMismatchException.class, "it is compact");
    refusesFull(written, BackupMismatchException.class, "was written since");
    closeChecked(source);
    refusesFull(file(), BackupMismatchException.class, "no backup");
    Files.write(path("text"), new byte[5000]);
    refusesFull(path("text"), UnsupportedFormatException.class, "full backup");
    Files.write(path("short"), new byte[50]);
    refusesFull(path("short"), CorruptFileException.class, "it ends");
    assertThatThrownBy(() -> Follower.create(path("none"), path()))
        .isInstanceOf(StorageIoException.class);
    Files.write(path(), new byte[1]);
    assertThatThrownBy(() -> Follower.create(full, path()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("exists");
  }

  private void refusesFull(Path full, Class<? extends StorageException> type, String why) {
    assertThatThrownBy(() -> Follower.create(full, path()))
        .isInstanceOf(type)
        .hasMessageContaining(why);
    assertThat(path()).doesNotExist();
    assertThat(path("follower.pando-new")).doesNotExist();
  }

  @Test
  void aDamagedFullBackup() {
    Database source = open(Options.defaults().withPageSize(512));
    churn(source, 3);
    byte[] good = full(source);
    for (int at = 0; at < good.length; at += at < 512 ? 5 : 101) {
      byte[] changed = good.clone();
      changed[at] ^= 4;
      refusesFull(changed, "changed" + at);
      refusesFull(Arrays.copyOf(good, at), "short" + at);
    }
  }

  /** A bit of a free page, or of the rest of a page, changes nothing. */
  private void refusesFull(byte[] full, String name) {
    try {
      Options options = Options.defaults();
      closeChecked(Follower.create(channel(full), path(name), options, SILENT));
      assertThat(name).startsWith("changed");
    } catch (CorruptFileException | UnsupportedFormatException | BackupMismatchException e) {
      assertThat(path(name)).doesNotExist();
    }
  }
}
