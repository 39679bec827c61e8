package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.ReadOnlyException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Everything that can be given to a database by mistake, and what it answers. */
final class BadInputTest extends DatabaseTestBase {
  private static final int ROUNDS = 3;

  /** A closed database with three commits, of which each wrote another value. */
  private byte[] sample(int pageSize) throws IOException {
    try (Database db = open(Options.defaults().withPageSize(pageSize))) {
      for (int round = 0; round < ROUNDS; round++) {
        String value = "round " + round;
        db.update(
            tx -> {
              for (long i = 0; i < 300; i++) {
                tx.put(NAMES, i, value);
              }
            });
      }
      closeChecked(db);
    }
    return Files.readAllBytes(file());
  }

  private void assertRefused(Class<? extends Throwable> type, String... parts) {
    assertThatThrownBy(() -> Database.open(file()))
        .isInstanceOf(type)
        .hasMessageContaining(file().toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void aFileThatIsNoDatabase() throws IOException {
    Files.write(file(), "Dear diary, today I wrote a database.\n".repeat(500).getBytes(UTF_8));
    assertRefused(UnsupportedFormatException.class, "not a Pando database", "format version 1");
    assertThat(directory()).isDirectoryNotContaining("glob:**lock");
    Files.write(file(), new byte[] {1, 2, 3});
    assertRefused(UnsupportedFormatException.class, "a file of 3 bytes");
  }

  @Test
  void anotherFormatVersion() throws IOException {
    byte[] bytes = sample(4096);
    for (int slot = 0; slot < 3; slot++) {
      long base = slot * 4096L;
      MemorySegment file = MemorySegment.ofArray(bytes);
      bytes[(int) base + MetaLayout.FORMAT_VERSION] = 2;
      PageHeader.seal(file, base, 4096);
    }
    Files.write(file(), bytes);
    assertRefused(
        UnsupportedFormatException.class, "Pando format version 2", "Pando format version 1");
  }

  @Test
  void anotherPageSize() throws IOException {
    byte[] _ = sample(4096);
    assertThatThrownBy(() -> Database.open(file(), Options.defaults().withPageSize(8192)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("page size=8192", "the database has 4096");
    assertThatThrownBy(() -> Options.defaults().withPageSize(5000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("page size=5000", "power of two");
    assertThat(open(Options.defaults()).stat().pageSize()).isEqualTo(4096);
  }

  @Test
  void aFileCutShortAtAnyLengthIsAnErrorOrAnOlderWholeState() throws IOException {
    try (Database db = open(Options.defaults().withPageSize(512))) {
      for (long round = 0; round < ROUNDS; round++) {
        long first = 300 * round;
        db.update(
            tx -> {
              for (long i = first; i < first + 300; i++) {
                tx.put(NAMES, i, "name " + i);
              }
            });
      }
      closeChecked(db);
    }
    byte[] whole = Files.readAllBytes(file());
    int opened = 0;
    for (int length = 0; length < whole.length; length += length < 4096 ? 61 : 509) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      try (Database db = Database.open(file())) {
        opened++;
        assertThat(db.openReport().passedOver()).isNotEmpty();
        assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isIn(300L, 600L);
        CheckReport _ = db.check().throwIfBad();
      } catch (StorageException e) {
        assertThat(e).isInstanceOfAny(UnsupportedFormatException.class, CorruptFileException.class);
        assertThat(e).hasMessageContaining(file().toString());
      }
    }
    assertThat(opened).isPositive();
  }

  /** The one value that all keys have. */
  private static String valueOfAll(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      String all = null;
      for (Entry<Long, String> entry : tx.scan(NAMES)) {
        assertThat(entry.value()).isEqualTo(all == null ? entry.value() : all);
        all = entry.value();
      }
      return all == null ? "nothing" : all;
    }
  }

  @Test
  void oneDamagedMetaOpensOnAnother() throws IOException {
    byte[] whole = sample(4096);
    for (int slot = 0; slot < 3; slot++) {
      byte[] bytes = whole.clone();
      bytes[slot * 4096 + 100] ^= 0x10;
      Files.write(file(), bytes);
      try (Database db = Database.open(file())) {
        assertThat(db.openReport().passedOver()).hasSize(1);
        assertThat(db.openReport().toString()).contains("meta slot " + slot, "checksum");
        assertThat(valueOfAll(db)).isIn("round 1", "round 2");
        CheckReport _ = db.check().throwIfBad();
        db.update(tx -> tx.put(NAMES, 1000L, "new"));
        closeChecked(db);
      }
    }
  }

  @Test
  void aMissingFileOrDirectory() {
    assertThatThrownBy(() -> Database.open(file(), Options.defaults().withReadOnly(true)))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContainingAll("no such file", "for reading only does not create it");
    assertThatThrownBy(() -> Database.open(file(), Options.defaults().withCreateIfMissing(false)))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContainingAll("no such file", "the options say not to create it");
    assertThat(directory()).isEmptyDirectory();
    assertThatThrownBy(() -> Database.open(directory().resolve("no/such/dir.pando")))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("no such file or directory");
  }

  @Test
  void noWritePermission() throws Exception {
    byte[] _ = sample(4096);
    assumeTrue(run("chattr", "+i", file().toString()), "skipped: needs root and chattr");
    try {
      assertRefused(StorageIoException.class, "cannot open");
      try (Database db = open(Options.defaults().withReadOnly(true))) {
        assertThat(valueOfAll(db)).isEqualTo("round 2");
        closeChecked(db);
      }
    } finally {
      assertThat(run("chattr", "-i", file().toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void writingToADatabaseOpenForReading() throws IOException {
    byte[] _ = sample(4096);
    Database db = open(Options.defaults().withReadOnly(true));
    assertThatThrownBy(() -> db.update(tx -> tx.put(NAMES, 1L, "x")))
        .isInstanceOf(ReadOnlyException.class)
        .hasMessageContaining("open for reading only");
  }

  @Test
  void keysTooLongOrNull() {
    Database db = open();
    assertInUpdate(
        db,
        IllegalArgumentException.class,
        tx -> tx.put(WORDS, "x".repeat(2001), "x"),
        "table words",
        "key length=2001",
        "0 to 2000");
    assertInUpdate(
        db,
        IllegalArgumentException.class,
        tx -> tx.raw("words").put(new byte[3000], new byte[1]),
        "key length=3000");
    assertInUpdate(db, NullPointerException.class, tx -> tx.put(WORDS, null, "x"), "key is null");
    assertInUpdate(db, NullPointerException.class, tx -> tx.put(WORDS, "x", null), "value is null");
    assertInUpdate(db, NullPointerException.class, tx -> tx.delete(WORDS, null), "key is null");
    assertInUpdate(db, NullPointerException.class, tx -> tx.get(WORDS, null), "key is null");
    db.update(tx -> tx.put(WORDS, "x".repeat(2000), "longest"));
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(WORDS, "x".repeat(2000))))
        .isEqualTo("longest");
  }

  /** The mistake is reported, and the transaction goes on. */
  private static void assertInUpdate(
      Database db, Class<? extends Throwable> type, Consumer<WriteTxn> mistake, String... parts) {
    try (WriteTxn tx = db.beginWrite()) {
      assertThatThrownBy(() -> mistake.accept(tx))
          .isInstanceOf(type)
          .hasMessageContainingAll(parts);
      boolean _ = tx.put(NAMES, 1L, "after a mistake");
      tx.commit();
    }
  }

  @Test
  void aValueTooLarge() throws IOException {
    Database db = open();
    long size = 1L << 31;
    Path sparse = directory().resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(size);
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(sparse, StandardOpenOption.READ)) {
      MemorySegment value = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      MemorySegment key = MemorySegment.ofArray(new byte[] {1});
      assertInUpdate(
          db,
          IllegalArgumentException.class,
          tx -> tx.raw("blobs").put(key, value),
          "value length=2147483648",
          "at most 2147483647");
    }
  }

  @Test
  void otherCodecsThanTheTableWasWrittenWith() {
    Database db = open();
    db.update(tx -> tx.put(WORDS, "a", "b"));
    Table<Long, String> wrongKeys = Table.of("words", Codec.u64(), Codec.utf8());
    Table<String, byte[]> wrongValues = Table.of("words", Codec.utf8(), Codec.bytes());
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.get(wrongKeys, 1L))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("table words", "keys", "codec utf8", "not u64");
    }
    assertInUpdate(
        db,
        IllegalArgumentException.class,
        tx -> tx.put(wrongValues, "a", new byte[1]),
        "values",
        "codec utf8",
        "not bytes");
  }

  @Test
  void aFinishedTransaction() {
    Database db = open();
    ReadTxn read = db.beginRead();
    read.close();
    read.close();
    assertThatThrownBy(() -> read.get(NAMES, 1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("has ended", "read transaction");
    WriteTxn write = db.beginWrite();
    boolean _ = write.put(NAMES, 1L, "x");
    write.commit();
    assertThatThrownBy(() -> write.put(NAMES, 1L, "y"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("has ended", "write transaction");
    assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> write.scan(NAMES)).isInstanceOf(IllegalStateException.class);
    write.close();
    assertThatThrownBy(() -> read.raw("x").put(new byte[1], new byte[1]))
        .isInstanceOf(IllegalStateException.class);
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.raw("x").put(new byte[1], new byte[1]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot write");
    }
  }

  @Test
  void whatComesFromATransactionAfterItsEnd() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    ReadTxn tx = db.beginRead();
    RawCursor cursor = tx.raw(NAMES).cursor();
    assertThat(cursor.first()).isTrue();
    View view = new View();
    assertThatThrownBy(view::length)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shows nothing");
    cursor.value(view);
    assertThat(view.toArray()).isEqualTo("x".getBytes(UTF_8));
    Iterator<Entry<Long, String>> entries = tx.scan(NAMES).iterator();
    assertThat(entries.hasNext()).isTrue();
    RawTable raw = tx.raw("names");
    tx.close();
    assertThatThrownBy(cursor::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> cursor.key(view)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(view::length)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(entries::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> raw.get(new byte[8])).isInstanceOf(IllegalStateException.class);
    cursor.close();
  }

  @Test
  void aViewAfterAWriteOfItsTransaction() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "x");
          View view = new View();
          assertThat(tx.raw(NAMES).get(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, view)).isTrue();
          assertThat(view.length()).isEqualTo(1);
          tx.put(NAMES, 2L, "y");
          assertThatThrownBy(view::length)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has written since");
        });
  }

  @Test
  void aClosedDatabase() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    closeChecked(db);
    db.close();
    assertThatThrownBy(db::beginRead)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("database is closed", file().toString());
    assertThatThrownBy(db::beginWrite)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("database is closed");
    assertThatThrownBy(db::check).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(db::stat).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theSameDatabaseTwice() {
    Database db = open();
    assertThatThrownBy(() -> Database.open(file()))
        .isInstanceOf(DatabaseLockedException.class)
        .hasMessageContaining(file().toString());
    db.update(tx -> tx.put(NAMES, 1L, "still works"));
  }

  @Test
  void updateInsideUpdate() {
    Database db = open();
    assertThatThrownBy(() -> db.update(tx -> db.update(inner -> inner.put(NAMES, 1L, "x"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("inside update", "wait for itself");
    assertThatThrownBy(() -> db.update(WriteTxn::commit))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("update commits when");
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "new");
          assertThat(db.<String, RuntimeException>view(old -> old.get(NAMES, 1L))).isNull();
        });
    db.<Object, RuntimeException>view(
        tx -> {
          db.update(writer -> writer.put(NAMES, 1L, "newer"));
          assertThat(tx.get(NAMES, 1L)).isEqualTo("new");
          return "";
        });
  }

  @Test
  void theSizeLimit() {
    Database db = open(Options.defaults().withMaxSize(256 << 10));
    db.update(tx -> tx.put(BLOBS, 1L, new byte[100_000]));
    assertThatThrownBy(() -> db.update(tx -> tx.put(BLOBS, 2L, new byte[200_000])))
        .isInstanceOf(DatabaseFullException.class)
        .hasMessageContainingAll("the limit is 262144 bytes", file().toString());
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(BLOBS))).isEqualTo(1);
    db.update(tx -> tx.put(BLOBS, 2L, new byte[1000]));
    assertThat(db.stat().fileBytes()).isLessThanOrEqualTo(256 << 10);
  }

  @Test
  void aFullDisk() throws Exception {
    Path mount = Files.createDirectory(directory().resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount.toString()),
        "skipped: needs root");
    try (Database db = open(mount.resolve("full.pando"), Options.defaults())) {
      fillDisk(mount, db);
      closeChecked(db);
    } finally {
      assertThat(run("umount", "-l", mount.toString())).isTrue();
    }
  }

  private static void fillDisk(Path mount, Database db) throws IOException {
    db.update(tx -> tx.put(NAMES, 1L, "before"));
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      for (long i = 0; i < 100; i++) {
                        tx.put(BLOBS, i, new byte[60_000]);
                      }
                    }))
        .isInstanceOf(DatabaseFullException.class)
        .hasMessageContainingAll("No space left", "make room");
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("before");
    assertThatThrownBy(() -> db.update(tx -> tx.put(BLOBS, 1L, new byte[3 << 20])))
        .isInstanceOf(DatabaseFullException.class);
    db.update(tx -> tx.put(NAMES, 2L, "small writes work"));
    Path ballast = mount.resolve("ballast");
    Files.write(ballast, new byte[1_500_000]);
    assertThatThrownBy(() -> db.update(tx -> tx.put(BLOBS, 1L, new byte[1_000_000])))
        .isInstanceOf(DatabaseFullException.class);
    Files.delete(ballast);
    db.update(tx -> tx.put(BLOBS, 1L, new byte[1_000_000]));
    assertThat(db.<byte[], RuntimeException>view(tx -> tx.get(BLOBS, 1L))).hasSize(1_000_000);
  }
}
