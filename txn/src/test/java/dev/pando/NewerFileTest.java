package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.btree.KeyBuffer;
import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.Features;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.commit.TransactionIds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newer build has written, and how transaction ids are spent and end. */
class NewerFileTest extends DatabaseTestBase {
  private static final int PAGE = 512;

  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private interface Change {
    void to(MemorySegment file, Meta newest, int slot);
  }

  /** A file as a crash leaves it: its newest commit's pages may not have been on disk. */
  private Path crashed() throws IOException {
    Path copy = directory().resolve("copy.pando");
    Database db = open(Options.defaults().withPageSize(PAGE));
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    db.update(tx -> tx.put(WORDS, "two", "2"));
    Files.copy(file(), copy);
    return copy;
  }

  private static void change(Path path, Change change) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    MemorySegment file = MemorySegment.ofArray(bytes);
    int newest = -1;
    Meta meta = null;
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      Meta found = Meta.decode(file.asSlice((long) slot * PAGE, PAGE), slot);
      if (found != null && (meta == null || found.txnId() > meta.txnId())) {
        meta = found;
        newest = slot;
      }
    }
    assertThat(meta).isNotNull();
    change.to(file, meta, newest);
    Files.write(path, bytes);
  }

  private static void write(MemorySegment file, Meta meta, int slot) {
    MemorySegment page = MemorySegment.ofArray(new byte[PAGE]);
    meta.encode(page, 0, slot);
    MemorySegment.copy(page, 0, file, (long) slot * PAGE, PAGE);
  }

  private static void assertRefused(Path path, String says) throws IOException {
    byte[] before = Files.readAllBytes(path);
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> Database.open(path))
        .withMessageContaining(says);
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  // ---- what is not known

  /** Recovery took it for a torn commit, went back, and let it be overwritten. */
  @ParameterizedTest
  @ValueSource(ints = {5, 7, 200})
  void aPageOfAnUnknownType(int type) throws IOException {
    Path path = crashed();
    retypeCatalog(path, type);
    assertRefused(path, "a page of type " + type);
  }

  /** Gives the newest catalog's page another type, with a valid checksum. */
  private static void retypeCatalog(Path path, int type) throws IOException {
    change(
        path,
        (file, meta, slot) -> {
          long base = meta.catalog().pgno() * PAGE;
          file.set(ValueLayout.JAVA_BYTE, base + PageHeader.TYPE, (byte) type);
          PageHeader.seal(file, base, PAGE);
        });
  }

  /** The write of the page was lost, where the commit log had been. */
  @Test
  void aRecordOfTheLogIsNoNewerPage() throws IOException {
    Path path = crashed();
    retypeCatalog(path, PageHeader.LOG);
    try (Database db = Database.open(path)) {
      assertThat(db.openReport().passedOver()).hasSize(1);
      assertThat(db.openReport().passedOver().getFirst()).contains("page type 6");
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aPageWithAnUnknownFlag() throws IOException {
    Path path = crashed();
    change(
        path,
        (file, meta, slot) -> {
          long base = meta.catalog().pgno() * PAGE;
          file.set(ValueLayout.JAVA_BYTE, base + PageHeader.FLAGS, (byte) 2);
          PageHeader.seal(file, base, PAGE);
        });
    assertRefused(path, "flags 0x2");
  }

  @ParameterizedTest
  @ValueSource(ints = {253, 254, 255})
  void aValueOfAnUnknownKind(int tag) throws IOException {
    Path path = crashed();
    change(
        path,
        (file, meta, slot) -> {
          long base = meta.catalog().pgno() * PAGE; // a leaf with the entries of two tables
          long cell = base + PAGE - PageHeader.cellBytes(file, base);
          file.set(ValueLayout.JAVA_BYTE, cell + 1, (byte) tag);
          PageHeader.seal(file, base, PAGE);
        });
    assertRefused(path, "a value of kind " + tag);
  }

  @Test
  void aFeatureThatReadingDoesNotNeed() throws IOException {
    Path path = crashed();
    change(
        path,
        (file, meta, slot) -> {
          long trailer = (slot + 1L) * PAGE - MetaLayout.TRAILER_SIZE;
          file.set(U64, trailer + MetaLayout.READ_ONLY_COMPATIBLE, 4);
          PageHeader.seal(file, (long) slot * PAGE, PAGE);
        });
    assertRefused(path, "which this version can only read");
    Database db = open(path, Options.defaults().withReadOnly(true));
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(WORDS, "two"))).isEqualTo("2");
  }

  /** An increment is half applied, and the build that can go on is a newer one. */
  @Test
  void aFeatureOfAFollower() throws IOException {
    Path backup = directory().resolve("backup.pando");
    Path copy = directory().resolve("follower.pando");
    Database db = open(Options.defaults().withPageSize(PAGE));
    db.put(NAMES, 1L, "one");
    BackupReport _ = db.backup(backup, BackupForm.PAGES, (_, _) -> {});
    Follower.create(backup, copy).close();
    change(
        copy,
        (file, meta, slot) -> {
          long trailer = (slot + 1L) * PAGE - MetaLayout.TRAILER_SIZE;
          file.set(U64, trailer + MetaLayout.INCOMPATIBLE, Features.APPLYING);
          file.set(U64, trailer + MetaLayout.READ_ONLY_COMPATIBLE, Features.FOLLOWER | 4);
          PageHeader.seal(file, (long) slot * PAGE, PAGE);
        });
    byte[] before = Files.readAllBytes(copy);
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> Follower.open(copy))
        .withMessageContaining("which this version can only read");
    assertThat(Files.readAllBytes(copy)).isEqualTo(before);
  }

  /** An entry of the catalog that older builds are to leave alone. */
  @Test
  void anEntryThatIsCarriedAlong() {
    byte[] key = {(byte) 0x80, 'x'};
    byte[] value = {1, 2, 3};
    Database db = open(Options.defaults().withPageSize(PAGE));
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(WORDS, "a", "b");
      KeyBuffer unknown = new KeyBuffer(CatalogEntry.MAX_KEY);
      unknown.set(key);
      assertThat(tx.catalog().tree().put(unknown, MemorySegment.ofArray(value), 0, value.length))
          .isTrue();
      tx.commit();
    }
    assertThat(db.stat().tables()).isEqualTo(2);
    for (int i = 0; i < 40; i++) {
      String table = "table" + i;
      db.update(tx -> tx.put(Table.of(table, Codec.u64(), Codec.u64()), 1L, 1L));
    }
    NamedSnapshot _ = db.snapshots().create("kept");
    db.compact();
    closeChecked(db);
    Database again = open();
    assertThat(again.openReport().passedOver()).isEmpty();
    assertThat(again.stat().tables()).isEqualTo(42);
    try (ReadTxn tx = again.beginRead()) {
      assertThat(tx.tables()).hasSize(42);
      KeyBuffer unknown = new KeyBuffer(CatalogEntry.MAX_KEY);
      unknown.set(key);
      dev.pando.btree.Slice found = new dev.pando.btree.Slice();
      assertThat(tx.snapshot().catalog().get(unknown, found)).isTrue();
      assertThat(found.toArray()).isEqualTo(value);
    }
  }

  // ---- transaction ids

  /** All three metas became invalid, after commits that were acknowledged. */
  @Test
  void idsEndWithAnErrorAndReadingGoesOn() throws IOException {
    Path path = crashed();
    change(
        path,
        (file, meta, slot) -> {
          long txn = Meta.LAST_TXN - 4;
          write(file, meta.withIds(txn, meta.durableTxn(), txn), slot);
        });
    Database db = open(path, Options.defaults());
    long last = 0;
    try {
      for (int i = 0; i < 10; i++) {
        long key = i;
        last = db.updateAndGet(tx -> tx.put(NAMES, key, "x") ? key : key);
      }
      throw new AssertionError("there are ids beyond the last one");
    } catch (DatabaseFullException e) {
      assertThat(e).hasMessageContaining("transaction ids are used");
    }
    assertThat(last).isPositive();
    long newest = last;
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, newest))).isEqualTo("x");
    closeChecked(db);
    Database again = open(path, Options.defaults());
    assertThat(again.<String, RuntimeException>view(tx -> tx.get(NAMES, newest))).isEqualTo("x");
    assertThatExceptionOfType(DatabaseFullException.class)
        .isThrownBy(() -> again.update(tx -> tx.put(NAMES, 99L, "x")));
  }

  /** Each session that wrote took 65,536. */
  @Test
  void aSessionSpendsFewIds() throws IOException {
    long before = 0;
    for (int session = 0; session < 5; session++) {
      try (Database db = Database.open(file(), Options.defaults().withPageSize(PAGE))) {
        long key = session;
        db.update(tx -> tx.put(NAMES, key, "x"));
        long txn = db.stat().txnId();
        assertThat(txn).isLessThan(before + 10);
        before = txn;
        CheckReport _ = db.check().throwIfBad();
      }
    }
    Path path = crashed(); // one that is cut short spends what its last meta allows
    try (Database db = Database.open(path)) {
      long found = db.stat().txnId();
      db.update(tx -> tx.put(NAMES, 1L, "y"));
      assertThat(db.stat().txnId() - found)
          .isBetween(TransactionIds.RANGE, TransactionIds.RANGE + 10);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** Many commits between two syncs raise the limit in larger and larger steps. */
  @Test
  void manyCommitsThatAreNotSynced() {
    Options options =
        Options.defaults().withPageSize(PAGE).withSyncInterval(java.time.Duration.ofHours(1));
    Database db = open(options);
    for (int i = 0; i < 5_000; i++) {
      long key = i;
      db.update(Durability.ASYNC, tx -> tx.put(NAMES, key % 50, "x" + key));
    }
    closeChecked(db);
    Database again = open();
    assertThat(again.<String, RuntimeException>view(tx -> tx.get(NAMES, 49L))).isEqualTo("x4999");
    again.update(tx -> tx.put(NAMES, 49L, "y"));
  }
}
