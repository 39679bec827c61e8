package dev.pando.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.crash.Figures;
import dev.pando.damage.Probe.Outcome;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.testkit.SimulatedDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of which a part is missing, empty, in the wrong place, or as it was before: what is read
 * then is right, or an older whole commit if the newest meta is gone, or an error that names file
 * and page. A page as it was before is found because each reference carries its page's birth.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("proof")
final class TornFileTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 64;
  private static final int SECTOR = 512;

  /** Prime, so that each case is met once. */
  private static final long STRIDE = 1_000_003;

  private static final RichFile FILE = RichFile.make(PAGE, PAGES);

  @TempDir Path directory;

  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final SimulatedDisk disk = new SimulatedDisk(2L * PAGES * PAGE);
  private final Probe probe = new Probe(FILE, RichFile.PATH, disk.options(Options.defaults()));

  private Path path() {
    return directory.resolve("torn.pando");
  }

  /** A case: it changes the image so that its number alone says how. */
  private interface Damage {
    void apply(byte[] image, int number);
  }

  /** Numbers follow the seeds, so that each is met once, and a single seed names its own. */
  private void all(String what, int cases, Damage damage) {
    some(Figures.ofAll(what, cases), what, cases, damage);
  }

  /** At a scale below 1 those that follow a random one, on a stride that meets all pages. */
  private void some(Figures figures, String what, int cases, Damage damage) {
    long count = Figures.replays() ? 1 : figures.wanted();
    for (long i = 0; i < count; i++) {
      long seed = figures.seed(i);
      int number = (int) Math.floorMod(seed * STRIDE, (long) cases);
      byte[] image = FILE.image().clone();
      try {
        damage.apply(image, number);
        disk.put(RichFile.PATH, image);
        outcomes.merge(
            probe.judge(differing(image, FILE.image()), zeros(image), number), 1, Integer::sum);
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    System.out.println(what + ": " + outcomes);
    figures.reached(count);
  }

  private void pairs(String what, Damage damage) {
    some(new Figures(what, PAGES * PAGES), what, PAGES * PAGES, damage);
  }

  private static Set<Integer> zeros(byte[] image) {
    Set<Integer> all = new HashSet<>();
    for (int page = 0; page < PAGES; page++) {
      all.add(page);
    }
    all.removeAll(differing(image, new byte[PAGES * PAGE]));
    return all;
  }

  private static Set<Integer> differing(byte[] image, byte[] other) {
    Set<Integer> pages = new HashSet<>();
    for (int page = 0; page < PAGES; page++) {
      int from = page * PAGE;
      if (!Arrays.equals(image, from, from + PAGE, other, from, from + PAGE)) {
        pages.add(page);
      }
    }
    return pages;
  }

  private static void copy(byte[] from, int fromPage, byte[] to, int toPage) {
    System.arraycopy(from, fromPage * PAGE, to, toPage * PAGE, PAGE);
  }

  @Test
  void aPageOfZeros() {
    all(
        "pages of zeros",
        PAGES,
        (image, page) -> Arrays.fill(image, page * PAGE, (page + 1) * PAGE, (byte) 0));
  }

  @Test
  void aSectorOfZeros() {
    all(
        "sectors of zeros",
        PAGES * PAGE / SECTOR,
        (image, sector) -> Arrays.fill(image, sector * SECTOR, (sector + 1) * SECTOR, (byte) 0));
  }

  @Test
  @Tag("scaled")
  void twoPagesSwapped() {
    pairs(
        "pairs of pages swapped",
        (image, number) -> {
          copy(FILE.image(), number / PAGES, image, number % PAGES);
          copy(FILE.image(), number % PAGES, image, number / PAGES);
        });
  }

  @Test
  @Tag("scaled")
  void aPageWrittenOverAnother() {
    pairs(
        "pages written over others",
        (image, number) -> copy(FILE.image(), number / PAGES, image, number % PAGES));
  }

  /** Lost writes: the same page as it was after any commit before. Metas have their own test. */
  @Test
  void aPageAsItWasBefore() {
    int ages = FILE.olderImages().size();
    all(
        "pages as they were before",
        ages * PAGES,
        (image, number) -> {
          int page = number % PAGES;
          if (page >= PageHeader.META_SLOTS) {
            copy(FILE.olderImages().get(number / PAGES), page, image, page);
          }
        });
    if (!Figures.replays()) {
      assertThat(outcomes.get(Outcome.FOUND)).as("lost writes that were found").isGreaterThan(20);
    }
  }

  /** All writes of pages since a commit lost, and only the metas' are there. */
  @Test
  void allPagesAsTheyWereBefore() {
    all(
        "all pages as they were before",
        FILE.olderImages().size(),
        (image, age) ->
            System.arraycopy(
                FILE.olderImages().get(age),
                PageHeader.META_SLOTS * PAGE,
                image,
                PageHeader.META_SLOTS * PAGE,
                (PAGES - PageHeader.META_SLOTS) * PAGE));
  }

  /**
   * A meta as it was before is a valid meta. If it stands in the newest one's place, the commit
   * before is opened, whole: nothing in the file tells that there was another one.
   */
  @Test
  void aMetaAsItWasBefore() {
    int newest = PageWalk.newestSlot(FILE.image(), PAGE);
    long before = FILE.states().keySet().stream().sorted().skip(1).findFirst().orElseThrow();
    for (byte[] older : FILE.olderImages()) {
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        byte[] image = FILE.image().clone();
        copy(older, slot, image, slot);
        disk.put(RichFile.PATH, image);
        long txnId = probe.whole();
        if (slot == newest) {
          assertThat(txnId).isEqualTo(before);
        } else {
          assertThat(txnId).isGreaterThan(before);
        }
      }
    }
  }

  /**
   * After a usual close two metas name the newest state: then a lost write of one loses nothing.
   */
  @Test
  void aMetaOfAClosedFileAsItWasBefore() {
    Options options = disk.options(Options.defaults());
    disk.put(RichFile.PATH, FILE.image());
    byte[] older;
    long committed;
    try (Database db = Database.open(RichFile.PATH, options)) {
      db.update(tx -> tx.drop("empty"));
      older = disk.content(RichFile.PATH);
      db.update(tx -> tx.drop("deep"));
      committed = db.openReport().txnId();
    }
    byte[] closed = disk.content(RichFile.PATH);
    for (byte[] from : new byte[][] {older, FILE.image()}) {
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        byte[] image = closed.clone();
        copy(from, slot, image, slot);
        disk.put(RichFile.PATH, image);
        try (Database db = Database.open(RichFile.PATH, options)) {
          assertThat(db.openReport().txnId()).isGreaterThan(committed);
          assertThat(db.check().throwIfBad().tables()).isEqualTo(FILE.newest().tables().size() - 2);
        }
      }
    }
  }

  @Test
  void cutAtAnySector() throws IOException {
    int cases = PAGES * PAGE / SECTOR - 1; // one of 0 bytes becomes a database
    Figures figures = Figures.ofAll("files cut at a sector", cases);
    Probe real = new Probe(FILE, path(), Options.defaults());
    long count = Figures.replays() ? 1 : figures.wanted();
    for (long i = 0; i < count; i++) {
      long seed = figures.seed(i);
      int length = (1 + (int) Math.floorMod(seed, (long) cases)) * SECTOR;
      try {
        Files.write(path(), Arrays.copyOf(FILE.image(), length));
        assertThat(real.refused()).isEqualTo(Outcome.REFUSED);
        assertThat(path()).hasBinaryContent(Arrays.copyOf(FILE.image(), length));
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    figures.reached(count);
  }

  private void refused(Class<? extends StorageException> type, byte[] image, String... parts)
      throws IOException {
    Files.write(path(), image);
    assertThatThrownBy(() -> Database.open(path()))
        .isInstanceOf(type)
        .hasMessageContaining(path().toString())
        .hasMessageContainingAll(parts);
    assertThat(path()).as("left as it was").hasBinaryContent(image);
  }

  private static byte[] withMetas(Consumer<MemorySegment> change) {
    byte[] image = FILE.image().clone();
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      MemorySegment meta = MemorySegment.ofArray(image).asSlice((long) slot * PAGE, PAGE);
      change.accept(meta);
      PageHeader.seal(meta, 0, PAGE);
    }
    return image;
  }

  private static void reverse(MemorySegment meta, int field, int bytes) {
    byte[] number = meta.asSlice(field, bytes).toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < bytes; i++) {
      meta.set(ValueLayout.JAVA_BYTE, field + i, number[bytes - 1 - i]);
    }
  }

  @Test
  void anotherPageSizeInAllMetas() throws IOException {
    for (int size = PageHeader.MIN_PAGE_SIZE; size <= PageHeader.MAX_PAGE_SIZE; size *= 2) {
      if (size != PAGE) {
        int other = size;
        byte[] image =
            withMetas(
                meta ->
                    meta.set(
                        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                        MetaLayout.PAGE_SIZE,
                        other));
        refused(CorruptFileException.class, image, "no meta slot is valid");
      }
    }
  }

  @Test
  void anotherByteOrder() throws IOException {
    byte[] image =
        withMetas(
            meta -> {
              reverse(meta, MetaLayout.MAGIC, Long.BYTES);
              reverse(meta, MetaLayout.FORMAT_VERSION, Integer.BYTES);
              reverse(meta, MetaLayout.PAGE_SIZE, Integer.BYTES);
            });
    refused(UnsupportedFormatException.class, image, "big-endian");
  }

  @Test
  void allMetasBad() throws IOException {
    byte[] image = FILE.image().clone();
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      image[slot * PAGE + MetaLayout.RUNS] ^= 1;
    }
    refused(CorruptFileException.class, image, "no meta slot is valid", "checksum", "restore");
    Arrays.fill(image, 0, PageHeader.META_SLOTS * PAGE, (byte) 0);
    refused(UnsupportedFormatException.class, image, "not a Pando database");
  }

  @Test
  void ofOneByteOrADirectory() throws IOException {
    refused(UnsupportedFormatException.class, new byte[1], "a file of 1 bytes");
    Files.delete(path());
    Path _ = Files.createDirectory(path());
    assertThatThrownBy(() -> Database.open(path()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContainingAll(path().toString(), "is a directory");
  }
}
