package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.btree.Cursor;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.error.StorageException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.txn.space.FreeRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Databases of the released format versions open, read as they were written, and can be written.
 */
final class GoldenFileTest extends DatabaseTestBase {
  private static final String IF_THIS_FAILS =
      """
      A file that an earlier build wrote is not read as it was written. Users have such files, so
      do not write it anew. Either the change is a mistake, or it is a new format: then raise
      MetaLayout.VERSION, say in FORMAT.md what changed and that the old version is still read,
      keep this file and its test, and add a file of the new version beside it with
        mvn -pl txn -am test -Dtest=GoldenFileTest -Dsurefire.failIfNoSpecifiedTests=false \
      -Dpando.golden.write=DIRECTORY""";

  /** Opens a copy of a golden file. */
  private Database openGolden(Options options) {
    try {
      return open(options);
    } catch (StorageException e) {
      throw new AssertionError(IF_THIS_FAILS, e);
    }
  }

  private static void compare(Database db, int pageSize) {
    try {
      GoldenFile.compare(db, pageSize);
      assertThat(db.check().problems()).isEmpty();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(IF_THIS_FAILS, e);
    }
  }

  @Test
  void theCurrentVersionHasFiles() {
    for (int pageSize : new int[] {512, 4096}) {
      String name = "golden/" + GoldenFile.name(MetaLayout.VERSION, pageSize);
      assertThat(getClass().getResource(name)).as(IF_THIS_FAILS).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isReadAndNotChanged(int pageSize) throws IOException {
    GoldenFile.unpack(GoldenFile.VERSION, pageSize, file());
    byte[] before = Files.readAllBytes(file());
    Database db = openGolden(Options.defaults().withReadOnly(true));
    assertThat(db.openReport().passedOver()).isEmpty();
    compare(db, pageSize);
    closeChecked(db);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  /** The file is worth its name: it has what the format provides for. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void hasAllSlotsAndFreeSpaceOfAllKinds(int pageSize) throws IOException {
    GoldenFile.unpack(GoldenFile.VERSION, pageSize, file());
    Database db = openGolden(Options.defaults().withReadOnly(true));
    assertThat(db.check().notes()).isEmpty();
    byte[] bytes = Files.readAllBytes(file());
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      assertThat(bytes[slot * pageSize + PageHeader.TYPE]).isEqualTo(PageHeader.META);
    }
    try (ReadTxn tx = db.beginRead()) {
      Meta meta = tx.snapshot().meta();
      assertThat(meta.freeRuns()).anyMatch(FreeRun::free).anyMatch(run -> !run.free());
      List<Long> lengths = recordLengths(tx, meta);
      assertThat(lengths).contains((long) FreeRecord.BITMAP_BYTES);
      assertThat(lengths).anyMatch(length -> length < FreeRecord.BITMAP_BYTES);
      assertThat(tx.stat("fragments").depth()).isGreaterThan(1);
      assertThat(tx.stat("emptied").leafPages()).isZero();
    }
    assertThat(pagesOfLeaves(bytes, pageSize)).contains(1, 2, 3, 5);
  }

  private static Set<Integer> pagesOfLeaves(byte[] file, int pageSize) {
    Set<Integer> found = new HashSet<>();
    MemorySegment memory = MemorySegment.ofArray(file);
    for (int page = PageHeader.META_SLOTS * pageSize; page < file.length; page += pageSize) {
      if (PageHeader.type(memory, page) == PageHeader.LEAF
          && PageHeader.pgno(memory, page) == page / pageSize) {
        found.add(PageHeader.leafPages(memory, page));
      }
    }
    return found;
  }

  private static List<Long> recordLengths(ReadTxn tx, Meta meta) {
    List<Long> lengths = new ArrayList<>();
    Slice key = new Slice();
    Slice value = new Slice();
    try (Cursor cursor = new Tree(tx.snapshot().map(), meta.freeTree()).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        lengths.add(value.length);
      }
    }
    return lengths;
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isWritten(int pageSize) throws IOException {
    GoldenFile.unpack(GoldenFile.VERSION, pageSize, file());
    Database db = openGolden(Options.defaults());
    compare(db, pageSize);
    long pages = db.stat().pageCount();
    Random random = new Random(pageSize);
    for (int commit = 0; commit < 20; commit++) {
      db.update(
          tx -> {
            for (int i = 0; i < 20; i++) {
              tx.put(BLOBS, random.nextLong(100), new byte[random.nextInt(2 * pageSize)]);
              tx.delete(BLOBS, random.nextLong(100));
            }
          });
      assertThat(db.check().problems()).isEmpty();
    }
    // Leaves of several pages do not find enough neighbours among free pages that stand alone.
    assertThat(db.stat().pageCount()).as("free pages are used").isLessThan(pages + pages / 10);
    db.update(tx -> assertThat(tx.drop(BLOBS.name())).isTrue());
    compare(db, pageSize);
    closeChecked(db);
    compare(openGolden(Options.defaults()), pageSize);
  }

  /** Not a test: writes the files of this build's version. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  @EnabledIfSystemProperty(named = "pando.golden.write", matches = ".+")
  void write(int pageSize) throws IOException {
    assertThat(GoldenFile.VERSION).isEqualTo(MetaLayout.VERSION);
    GoldenFile.write(file(), pageSize);
    Path target = Path.of(System.getProperty("pando.golden.write"));
    GoldenFile.pack(file(), target.resolve(GoldenFile.name(GoldenFile.VERSION, pageSize)));
    openGolden(Options.defaults());
  }
}
