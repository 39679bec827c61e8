package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.BackupForm;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.error.DatabaseFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * On file systems that are full, all pages are used but a few, with which everything can be
 * deleted, by the same process and by the next one, while others have taken the rest of the room.
 */
final class FullFileSystemTest {
  private static final Table<Long, byte[]> TABLE = Model.table("t");
  private static final long ROOM = 512 << 10;

  /** What runs on a mounted file system. */
  private interface OnMount {
    void run(Path mount) throws IOException;
  }

  @Test
  void tmpfs() throws IOException {
    onTmpfs(FullFileSystemTest::fillAndEmpty);
  }

  private static void onTmpfs(OnMount test) throws IOException {
    Commands.needRoot();
    Commands.need("mount", "mount");
    Path mount = Files.createTempDirectory("pando-tmpfs");
    try {
      Commands.run("mount", "-t", "tmpfs", "-o", "size=" + ROOM, "tmpfs", mount.toString());
      try {
        test.run(mount);
      } finally {
        Commands.run("umount", "-l", mount.toString());
      }
    } finally {
      Files.delete(mount);
    }
  }

  @ParameterizedTest
  @EnumSource(BackupForm.class)
  void aBackupThatDoesNotFitLeavesNothing(BackupForm form, @TempDir Path roomy) throws IOException {
    try (Database db = Database.open(roomy.resolve("source.pando"))) {
      db.update(tx -> tx.put(TABLE, 1L, new byte[2 * (int) ROOM]));
      onTmpfs(
          mount -> {
            assertThatThrownBy(() -> db.backup(mount.resolve("copy.pando"), form, (_, _) -> {}))
                .isInstanceOf(DatabaseFullException.class);
            assertThat(mount).isEmptyDirectory();
          });
      db.update(tx -> tx.put(TABLE, 2L, new byte[1]));
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void ext4() throws IOException {
    try (MountedImage image = new MountedImage("ext4", 16 << 20)) {
      takeRoom(image.root());
      fillAndEmpty(image.root());
    }
  }

  @Test
  void xfs() throws IOException {
    try (MountedImage image = new MountedImage("xfs", 320 << 20)) {
      takeRoom(image.root());
      fillAndEmpty(image.root());
    }
  }

  /** Leaves about {@link #ROOM} bytes. */
  private static void takeRoom(Path mount) throws IOException {
    Commands.need("fallocate", "util-linux");
    long bytes = mount.toFile().getUsableSpace() - ROOM;
    Commands.run("fallocate", "-l", Long.toString(bytes), mount.resolve("ballast").toString());
  }

  private static void fillAndEmpty(Path mount) throws IOException {
    for (Durability durability : Durability.values()) {
      fillAndEmpty(mount, durability, 1, 2000);
      fillAndEmpty(mount, durability, 3000, 20);
    }
  }

  private static void fillAndEmpty(Path mount, Durability durability, int batch, int length)
      throws IOException {
    long seed = System.nanoTime();
    System.out.printf("FullFileSystemTest: %s, %s, seed %d%n", mount, durability, seed);
    Path file = mount.resolve("full.pando");
    Options options = Options.defaults().withDurability(durability);
    Random random = new Random(seed);
    List<Long> keys;
    try (Database db = Database.open(file, options)) {
      List<Long> first = fill(db, random, batch, length);
      CheckReport _ = db.check().throwIfBad();
      empty(db, first, random, batch);
      CheckReport _ = db.check().throwIfBad();
      keys = fill(db, random, batch, length);
      // A file system may keep some of what was freed for itself.
      assertThat(keys.size()).as("puts, first %d", first.size()).isGreaterThan(first.size() / 4);
    }
    takeTheRest(mount.resolve("neighbour"));
    try (Database db = Database.open(file, options)) {
      emptyByLess(db, keys, batch);
      CheckReport _ = db.check().throwIfBad();
    }
    Files.deleteIfExists(mount.resolve("neighbour")); // there may have been no room for its name
    Files.delete(file);
    Files.deleteIfExists(mount.resolve("full.pando-lock"));
  }

  private static void takeTheRest(Path neighbour) throws IOException {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(neighbour)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static List<Long> fill(Database db, Random random, int batch, int length) {
    List<Long> keys = new ArrayList<>();
    for (int failures = 0; failures < 3; ) {
      List<Long> some = random.longs(batch).boxed().toList();
      try {
        db.update(tx -> some.forEach(key -> tx.put(TABLE, key, new byte[length])));
        keys.addAll(some);
        failures = 0;
      } catch (DatabaseFullException e) {
        assertThat(e).hasMessageContainingAll("make room", "delete data");
        failures++;
      }
    }
    assertThat(keys).isNotEmpty();
    return keys;
  }

  /**
   * As the exception advises: after opening, a database does not know how much its transactions
   * delete, and keeps only what small ones need.
   */
  private static void emptyByLess(Database db, List<Long> keys, int batch) {
    int most = batch;
    for (int at = 0; at < keys.size(); ) {
      List<Long> some = keys.subList(at, Math.min(at + most, keys.size()));
      try {
        db.update(tx -> some.forEach(key -> assertThat(tx.delete(TABLE, key)).isTrue()));
        at += some.size();
      } catch (DatabaseFullException e) {
        assertThat(e).hasMessageContaining("delete less at a time");
        assertThat(most).as("a single delete").isGreaterThan(1);
        most = Math.max(most / 4, 1);
      }
    }
  }

  private static void empty(Database db, List<Long> keys, Random random, int batch) {
    Collections.shuffle(keys, random);
    for (int at = 0; at < keys.size(); at += batch) {
      List<Long> some = keys.subList(at, Math.min(at + batch, keys.size()));
      db.update(tx -> some.forEach(key -> assertThat(tx.delete(TABLE, key)).isTrue()));
    }
  }
}
