package dev.pando.damage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.PageHeader;
import dev.pando.pager.Storage;
import dev.pando.testkit.SimulatedDisk;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files in which all children of each branch are one page, on 40 levels, all checksums right. What
 * the engine does on its own account with such a tree ends with an error, and soon: opening, the
 * check, statistics, the list of tables, a commit, a compaction.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ManyTimesTest {
  private static final int PAGE = SeedFiles.PAGE;

  /** In {@link SeedFiles}. */
  private static final int ONE_TABLE = 0;

  private static final int WITH_A_FREE_TREE = 3;

  private static byte[] seed(int which) {
    return SeedFiles.all().get(which);
  }

  private static void undergo(byte[] image) {
    Ordeal ordeal = new Ordeal();
    ordeal.undergo(image);
    assertThat(ordeal.whole).isZero();
  }

  @Test
  void theCatalogHasNoEnd() {
    undergo(ManyTimes.catalog(seed(ONE_TABLE), PAGE));
  }

  /** To find how many tables there are, such entries are counted from the end. */
  @Test
  void aCatalogOfUnknownEntriesHasNoEnd() {
    byte[] image = seed(ONE_TABLE);
    rename(image, "tnodes", (byte) 0x80);
    undergo(ManyTimes.catalog(image, PAGE));
  }

  @Test
  void theListOfNamedSnapshotsHasNoEnd() {
    byte[] image = withOnlyASnapshot();
    undergo(ManyTimes.catalog(image, PAGE));
  }

  @Test
  void theFreeTreeHasNoEnd() {
    undergo(ManyTimes.freeTree(seed(WITH_A_FREE_TREE), PAGE));
  }

  /** What a program scans itself has as many entries as the program wants to see. */
  @Test
  void aTableHasNoEnd() {
    byte[] image = ManyTimes.table(seed(ONE_TABLE), PAGE);
    for (Consumer<Database> use :
        List.<Consumer<Database>>of(Database::compact, db -> db.update(tx -> tx.drop("nodes")))) {
      SimulatedDisk disk = new SimulatedDisk(4 << 20);
      disk.put(RichFile.PATH, image);
      try (Database db = Database.open(RichFile.PATH, disk.options(Options.defaults()))) {
        assertThat(db.check().ok()).isFalse();
        refuses(() -> use.accept(db));
      }
      disk.close();
    }
  }

  private static void refuses(ThrowingCallable use) {
    assertThatThrownBy(use).isInstanceOf(CorruptFileException.class);
  }

  private static byte[] withOnlyASnapshot() {
    SimulatedDisk disk = new SimulatedDisk(1 << 20);
    DatabaseFile.create((Storage) disk.process(), RichFile.PATH, PAGE, new UUID(5, 13));
    try (Database db =
        Database.open(RichFile.PATH, disk.options(Options.defaults()).withGrowthStep(PAGE))) {
      NamedSnapshot _ = db.snapshots().create("kept");
    }
    return disk.content(RichFile.PATH);
  }

  /** Replaces the first byte of a catalog key. */
  private static void rename(byte[] image, String key, byte first) {
    byte[] wanted = key.getBytes(US_ASCII);
    int found = 0;
    for (int at = (int) PageHeader.FIRST_PGNO * PAGE; at + wanted.length < image.length; at++) {
      if (Arrays.equals(image, at, at + wanted.length, wanted, 0, wanted.length)) {
        image[at] = first;
        found++;
      }
    }
    assertThat(found).isPositive();
  }
}
