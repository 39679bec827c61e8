package dev.pando.examples.lmdbjava;

import static dev.pando.examples.lmdbjava.Bytes.all;
import static dev.pando.examples.lmdbjava.Bytes.hex;
import static dev.pando.examples.lmdbjava.Bytes.of;
import static dev.pando.examples.lmdbjava.Bytes.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.examples.lmdbjava.programs.Filled;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Cursor;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/** Each row of the README's table of what differs from lmdbjava and LMDB. */
class DifferencesTest {
  @TempDir Path dir;
  private Env<ByteBuffer> env;

  @BeforeEach
  void open() {
    env = Env.create().setMapSize(16 << 20).setMaxDbs(9).open(dir.toFile(), EnvFlags.MDB_NOSYNC);
  }

  @AfterEach
  void check() {
    env.close();
    try (Database db = Database.open(dir.resolve("data.mdb"))) {
      assertThat(db.check().ok()).isTrue();
    }
  }

  @Test
  void theFileIsOneOfPando() {
    env.openDbi("plain", DbiFlags.MDB_CREATE).put(of("key"), of("value"));
    Dbi<ByteBuffer> many = env.openDbi("many", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    many.put(of("a\0b"), of("2"));
    many.put(of("a\0b"), of("1"));
    env.close();
    try (Database db = Database.open(dir.resolve("data.mdb"));
        ReadTxn tx = db.beginRead()) {
      Table<String, String> plain = Table.of("plain", Codec.utf8(), Codec.utf8());
      assertThat(tx.raw("plain").get("key".getBytes())).isEqualTo("value".getBytes());
      assertThatThrownBy(() -> tx.get(plain, "key")).hasMessageContaining("bytes");
      MultiTable<byte[], byte[]> pairs = MultiTable.of("many", Codec.bytes(), Codec.bytes());
      assertThat(tx.values(pairs, "a\0b".getBytes()))
          .containsExactly("1".getBytes(), "2".getBytes());
      assertThat(tx.tables()).containsExactly("lmdb.dbis", "lmdb.main", "many", "plain");
    }
  }

  @Test
  void filesOfLmdbAreRefusedAndLmdbRefusesThese() throws Exception {
    Path real = Files.createDirectory(dir.resolve("real"));
    BothLibraries.runReal(Filled.class, real, 0);
    assertThat(real.resolve("data.mdb")).exists();
    assertThatThrownBy(() -> Env.create().open(real.toFile()))
        .isInstanceOf(Env.FileInvalidException.class);
    env.openDbi("t", DbiFlags.MDB_CREATE).put(of(1), of(2));
    env.close();
    assertThatThrownBy(() -> BothLibraries.runReal(Filled.class, dir, 0))
        .hasRootCauseMessage("File is not a valid LMDB file (-30793)");
  }

  @Test
  void aTableCannotBeOrderedByAnyComparator() {
    Comparator<ByteBuffer> byLength = Comparator.comparing(ByteBuffer::remaining);
    assertThatThrownBy(() -> env.openDbi("t", byLength, true, DbiFlags.MDB_CREATE))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("encode keys");
    assertThat(env.openDbi("t", byLength, false, DbiFlags.MDB_CREATE)).isNotNull();
  }

  @Test
  void theOrderOfATableIsStored() {
    Dbi<ByteBuffer> signed = env.openDbi("t", null, true, DbiFlags.MDB_CREATE);
    signed.put(of(1), of(1));
    signed.put(of(0x80), of(2));
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(all(env.openDbi("t").iterate(txn))).isEqualTo("80=02 01=01");
    }
    Dbi<ByteBuffer> plain = env.openDbi("u", DbiFlags.MDB_CREATE);
    assertThatThrownBy(() -> env.openDbi("u", null, true))
        .isInstanceOf(Dbi.IncompatibleException.class);
    plain.put(of(1), of(1));
  }

  @Test
  void aSecondWriterOfAThreadIsAnErrorWhereLmdbWaitsForever() {
    try (Txn<ByteBuffer> _ = env.txnWrite()) {
      assertThatThrownBy(env::txnWrite)
          .isInstanceOf(Txn.BadException.class)
          .cause()
          .hasMessageContaining("thread");
    }
  }

  @Test
  void theSameFileTwiceInOneProcessIsAnError() {
    assertThatThrownBy(() -> Env.create().open(dir.toFile()))
        .isInstanceOf(LmdbNativeException.class)
        .hasMessageContaining("EBUSY");
  }

  @Test
  void whatIsShownIsReadOnlyAndMayBeOnTheHeap() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
    dbi.put(of(1), of(2));
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      ByteBuffer shown = dbi.get(txn, of(1));
      assertThat(shown.isDirect()).isTrue();
      assertThatThrownBy(() -> shown.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
      dbi.put(txn, of(3), of(4));
      ByteBuffer changed = dbi.get(txn, of(3));
      assertThat(changed.isDirect()).isFalse();
      assertThat(dbi.put(txn, of(5), changed)).isTrue();
      assertThat(dbi.put(txn, changed, changed)).isTrue();
    }
  }

  @Test
  void valuesOfAnotherSizeAreRefused() {
    Dbi<ByteBuffer> dbi =
        env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT, DbiFlags.MDB_DUPFIXED);
    dbi.put(of(1), of(1, 2));
    dbi.put(of(1), of(1, 3));
    assertThatThrownBy(() -> dbi.put(of(1), of(1))).isInstanceOf(Dbi.BadValueSizeException.class);
    dbi.put(of(2), of(1));
  }

  @Test
  void anEmptyValueStaysWhenItsKeyGetsASecondOne() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    dbi.put(of(1), zeros(0));
    dbi.put(of(1), of(7));
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(all(dbi.iterate(txn))).isEqualTo("01= 01=07");
    }
  }

  @Test
  void removalsInTablesOfManyValuesShowEachEntryOnce() {
    long seed = System.nanoTime();
    System.out.printf("  removals of many values: seed %d%n", seed);
    Random random = new Random(seed);
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    TreeSet<String> left = new TreeSet<>();
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      for (int i = 0; i < 500; i++) {
        int key = random.nextInt(100);
        int value = random.nextInt(200);
        dbi.put(txn, of(key), of(value));
        left.add("%02x=%02x".formatted(key, value));
      }
      try (Cursor<ByteBuffer> other = dbi.openCursor(txn);
          CursorIterable<ByteBuffer> range = dbi.iterate(txn)) {
        Iterator<CursorIterable.KeyVal<ByteBuffer>> all = range.iterator();
        for (String expected : new TreeSet<>(left)) {
          CursorIterable.KeyVal<ByteBuffer> each = all.next();
          assertThat(hex(each.key()) + "=" + hex(each.val())).isEqualTo(expected);
          if (random.nextBoolean()) {
            all.remove();
            left.remove(expected);
          } else if (random.nextBoolean()) {
            assertThat(other.last()).isTrue();
          }
        }
        assertThat(all.hasNext()).isFalse();
      }
      assertThat(all(dbi.iterate(txn))).isEqualTo(String.join(" ", left));
      assertThat(dbi.stat(txn).entries).isEqualTo(left.size());
    }
  }

  @Test
  void anEntryThatIsPutAfterTheEndIsSeen() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      dbi.put(txn, of(1), of(1));
      assertThat(cursor.last()).isTrue();
      assertThat(cursor.next()).isFalse();
      dbi.put(txn, of(1), of(2));
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.count()).isEqualTo(2);
      dbi.put(txn, of(1), of(3));
      assertThat(cursor.count()).isEqualTo(3);
    }
  }

  @Test
  void aCursorStaysOnItsValueWhenItsKeyGetsAnother() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      dbi.put(txn, of(1), of(5));
      dbi.put(txn, of(2), of(2));
      assertThat(cursor.first()).isTrue();
      dbi.put(txn, of(1), of(3));
      assertThat(cursor.next()).isTrue();
      assertThat(hex(cursor.key())).isEqualTo("02");
    }
  }

  @Test
  void anotherTransactionMayNotBeOpenWhenTheMapSizeChanges() {
    try (Txn<ByteBuffer> _ = env.txnRead()) {
      assertThatThrownBy(() -> env.setMapSize(1 << 20))
          .isInstanceOf(LmdbNativeException.ConstantDerivedException.class);
    }
    env.setMapSize(32 << 20);
    assertThat(env.info().mapSize).isEqualTo(32 << 20);
  }

  @Test
  void theRecordOfATableIsAnother() {
    env.openDbi("t", DbiFlags.MDB_CREATE);
    Dbi<ByteBuffer> main = env.openDbi((byte[]) null);
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(hex(main.get(txn, of("t")))).isEqualTo("0000000000");
    }
  }

  @Test
  void theLockFileHasAnotherName() {
    File[] files = dir.toFile().listFiles();
    assertThat(files).extracting(File::getName).contains("data.mdb", "data.mdb-lock");
    assertThat(dir.resolve("lock.mdb")).doesNotExist();
  }

  @Test
  void onlyOneTransactionSeesACloseOfTheEnvironment() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
    Txn<ByteBuffer> txn = env.txnWrite();
    dbi.put(txn, of(1), of(1));
    env.close();
    assertThatThrownBy(txn::commit).isInstanceOf(Env.AlreadyClosedException.class);
    try (Env<ByteBuffer> again = Env.create().setMaxDbs(9).open(dir.toFile());
        Txn<ByteBuffer> read = again.txnRead()) {
      Dbi<ByteBuffer> there = again.openDbi(read, "t".getBytes(), null, false);
      assertThat(there.get(read, of(1))).isNull();
    }
  }

  @Test
  void aReplacedValueIsAtItsPlace() {
    Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      for (int i = 1; i < 5; i++) {
        dbi.put(txn, of(1), of(i));
      }
      assertThat(cursor.first()).isTrue();
      assertThat(cursor.put(of(1), of(9), PutFlags.MDB_CURRENT)).isTrue();
      assertThat(cursor.seek(SeekOp.MDB_GET_CURRENT)).isTrue();
      assertThat(hex(cursor.val())).isEqualTo("09");
      assertThat(all(dbi.iterate(txn))).isEqualTo("01=02 01=03 01=04 01=09");
    }
  }

  @Test
  void flagsWithoutAnEffectAreTaken() throws Exception {
    Path other = Files.createDirectory(dir.resolve("other"));
    try (Env<ByteBuffer> flagged =
        Env.create()
            .open(
                other.toFile(),
                EnvFlags.MDB_FIXEDMAP,
                EnvFlags.MDB_NOLOCK,
                EnvFlags.MDB_NORDAHEAD,
                EnvFlags.MDB_NOMEMINIT)) {
      flagged.openDbi("t", DbiFlags.MDB_CREATE).put(of(1), of(1));
    }
  }
}
