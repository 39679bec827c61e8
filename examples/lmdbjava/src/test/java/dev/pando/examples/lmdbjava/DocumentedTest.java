package dev.pando.examples.lmdbjava;

import static dev.pando.examples.lmdbjava.Bytes.all;
import static dev.pando.examples.lmdbjava.Bytes.hex;
import static dev.pando.examples.lmdbjava.Bytes.of;
import static dev.pando.examples.lmdbjava.Bytes.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.MaskedFlag;
import org.lmdbjava.Meta;
import org.lmdbjava.PutFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.TargetName;
import org.lmdbjava.Txn;
import org.lmdbjava.Verifier;

/** What lmdbjava documents, where {@link SameProgramTest} does not compare it. */
class DocumentedTest {
  @TempDir Path dir;
  private Env<ByteBuffer> env;

  @BeforeEach
  void open() {
    env = Env.create().setMapSize(64 << 20).setMaxDbs(9).open(dir.toFile(), EnvFlags.MDB_NOSYNC);
  }

  @AfterEach
  void check() {
    env.close();
    try (Database db = Database.open(dir.resolve("data.mdb"))) {
      assertThat(db.check().ok()).isTrue();
    }
  }

  private void openAgain() {
    env.close();
    open();
  }

  private Dbi<ByteBuffer> create(DbiFlags... kind) {
    DbiFlags[] flags =
        Stream.concat(Stream.of(DbiFlags.MDB_CREATE), Stream.of(kind)).toArray(DbiFlags[]::new);
    return env.openDbi("t", flags);
  }

  private String entries(Dbi<ByteBuffer> dbi) {
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      return all(dbi.iterate(txn));
    }
  }

  @Test
  void flagsAndEntriesStayWhenTheEnvironmentIsOpenedAgain() {
    Dbi<ByteBuffer> dbi = create(DbiFlags.MDB_DUPSORT, DbiFlags.MDB_REVERSEKEY);
    dbi.put(of(1, 2), of(1));
    dbi.put(of(2, 1), of(2));
    dbi.put(of(2, 1), of(1));
    openAgain();
    Dbi<ByteBuffer> again = env.openDbi("t");
    assertThat(entries(again)).isEqualTo("0201=01 0201=02 0102=01");
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(again.listFlags(txn))
          .containsExactly(DbiFlags.MDB_REVERSEKEY, DbiFlags.MDB_DUPSORT);
    }
  }

  @Test
  void numbersAreInTheOrderOfTheirValues() {
    Dbi<ByteBuffer> dbi = create(DbiFlags.MDB_INTEGERKEY);
    for (long number : new long[] {256, 1, -1, 65_536, 255, 0}) {
      dbi.put(number(number), of(1));
    }
    try (Txn<ByteBuffer> txn = env.txnRead();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      for (long expected : new long[] {0, 1, 255, 256, 65_536, -1}) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key().order(ByteOrder.nativeOrder()).getLong()).isEqualTo(expected);
      }
      assertThat(cursor.get(number(257), GetOp.MDB_SET_RANGE)).isTrue();
      assertThat(cursor.key().order(ByteOrder.nativeOrder()).getLong()).isEqualTo(65_536);
    }
  }

  private static ByteBuffer number(long number) {
    return zeros(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(number).flip();
  }

  @Test
  void namesAreAnyBytes() {
    byte[][] names = {
      {(byte) 0xFF, 1},
      {0, 1},
      "lmdb.main".getBytes(StandardCharsets.UTF_8),
      new byte[300],
      "é".getBytes(StandardCharsets.UTF_8)
    };
    for (int i = 0; i < names.length; i++) {
      env.openDbi(names[i], DbiFlags.MDB_CREATE).put(of(1), of(i));
    }
    openAgain();
    for (int i = 0; i < names.length; i++) {
      assertThat(entries(env.openDbi(names[i]))).isEqualTo("01=0" + i);
    }
    assertThat(env.getDbiNames()).containsExactlyInAnyOrder(names);
    assertThatThrownBy(() -> env.openDbi(new byte[512], DbiFlags.MDB_CREATE))
        .isInstanceOf(Dbi.BadValueSizeException.class);
  }

  @Test
  void namesAreCopied() {
    byte[] name = {'a'};
    Dbi<ByteBuffer> dbi = env.openDbi(name, DbiFlags.MDB_CREATE);
    name[0] = 'b';
    dbi.getName()[0] = 'c';
    assertThat(dbi.getName()).isEqualTo(new byte[] {'a'});
  }

  @Test
  void theTableWithoutANameMayBeOfAnyKind() {
    Dbi<ByteBuffer> main = env.openDbi((byte[]) null, DbiFlags.MDB_DUPSORT);
    main.put(of(1), of(2));
    main.put(of(1), of(1));
    openAgain();
    assertThat(entries(env.openDbi((byte[]) null))).isEqualTo("01=01 01=02");
    assertThatThrownBy(() -> create()).isInstanceOf(Dbi.IncompatibleException.class);
    assertThatThrownBy(() -> env.openDbi("t")).isInstanceOf(Dbi.KeyNotFoundException.class);
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      env.openDbi(txn, null, null, false).drop(txn);
      txn.commit();
    }
    assertThat(env.stat().entries).isZero();
  }

  @Test
  void theTableWithoutANameKeepsItsEntriesAndItsOrder() {
    Dbi<ByteBuffer> main = env.openDbi((byte[]) null, null, true);
    main.put(of(1), of(1));
    main.put(of(0x80), of(2));
    openAgain();
    assertThat(entries(env.openDbi((byte[]) null))).isEqualTo("80=02 01=01");
    assertThatThrownBy(() -> env.openDbi((byte[]) null, DbiFlags.MDB_DUPSORT))
        .isInstanceOf(Dbi.IncompatibleException.class);
    assertThat(entries(env.openDbi((byte[]) null, DbiFlags.MDB_DUPFIXED))).contains("80=02");
  }

  @Test
  void droppingTheTableWithoutANameDropsAll() {
    Dbi<ByteBuffer> dbi = create();
    dbi.put(of(1), of(1));
    env.openDbi("u", DbiFlags.MDB_CREATE);
    Dbi<ByteBuffer> main = env.openDbi((byte[]) null);
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      main.drop(txn);
      txn.commit();
    }
    assertThat(env.getDbiNames()).isEmpty();
    assertThatThrownBy(() -> env.openDbi("t")).isInstanceOf(Dbi.KeyNotFoundException.class);
  }

  // ---- nested transactions

  @Test
  void cursorsOfTheParentComeBackWhenANestedTransactionEnds() {
    Dbi<ByteBuffer> dbi = create();
    try (Txn<ByteBuffer> outer = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(outer)) {
      for (int i = 0; i < 9; i++) {
        dbi.put(outer, of(i), of(i));
      }
      assertThat(cursor.get(of(4), GetOp.MDB_SET)).isTrue();
      try (Txn<ByteBuffer> inner = env.txn(outer)) {
        assertThat(dbi.delete(inner, of(4))).isTrue();
        assertThat(dbi.delete(inner, of(5))).isTrue();
        assertThatThrownBy(cursor::next).isInstanceOf(Txn.BadException.class);
      }
      assertThat(cursor.next()).isTrue();
      assertThat(hex(cursor.key())).isEqualTo("05");
      try (Txn<ByteBuffer> inner = env.txn(outer)) {
        assertThat(dbi.delete(inner, of(5))).isTrue();
        inner.commit();
      }
      assertThat(cursor.next()).isTrue();
      assertThat(hex(cursor.key())).isEqualTo("06");
    }
  }

  @Test
  void aCommitCommitsNestedTransactionsAndACloseRollsThemBack() {
    Dbi<ByteBuffer> dbi = create();
    Txn<ByteBuffer> outer = env.txnWrite();
    Txn<ByteBuffer> inner = env.txn(outer);
    dbi.put(inner, of(1), of(1));
    outer.commit();
    inner.close();
    outer.close();
    assertThat(entries(dbi)).isEqualTo("01=01");
    outer = env.txnWrite();
    inner = env.txn(outer);
    dbi.put(inner, of(2), of(1));
    outer.close();
    inner.close();
    assertThat(entries(dbi)).isEqualTo("01=01");
  }

  @Test
  void aTableOfANestedTransactionThatIsRolledBackIsGone() {
    try (Txn<ByteBuffer> outer = env.txnWrite()) {
      Dbi<ByteBuffer> dbi;
      try (Txn<ByteBuffer> inner = env.txn(outer)) {
        dbi = env.openDbi(inner, new byte[] {'n'}, null, false, DbiFlags.MDB_CREATE);
        dbi.put(inner, of(1), of(1));
      }
      assertThatThrownBy(() -> dbi.get(outer, of(1)))
          .isInstanceOf(LmdbNativeException.ConstantDerivedException.class);
      outer.commit();
    }
    assertThat(env.getDbiNames()).isEmpty();
  }

  // ---- what is reserved

  @Test
  void aReservedValueIsFilledUntilTheNextWrite() {
    Dbi<ByteBuffer> dbi = create();
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      ByteBuffer room = dbi.reserve(txn, of(1), 2);
      room.put((byte) 1);
      assertThat(hex(dbi.get(txn, of(1)))).isEqualTo("0100");
      room.put((byte) 2);
      assertThat(hex(dbi.get(txn, of(1)))).isEqualTo("0102");
      dbi.put(txn, of(2), of(2));
      room.put(0, (byte) 9);
      assertThat(hex(dbi.get(txn, of(1)))).isEqualTo("0102");
      try (Txn<ByteBuffer> inner = env.txn(txn)) {
        dbi.reserve(inner, of(1), 3).put((byte) 7);
      }
      assertThat(hex(dbi.get(txn, of(1)))).isEqualTo("0102");
      dbi.reserve(txn, of(3), 1).put((byte) 3);
      txn.commit();
    }
    assertThat(entries(dbi)).isEqualTo("01=0102 02=02 03=03");
  }

  @Test
  void arraysAreReservedToo() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    try (Env<byte[]> arrays = Env.create(ByteArrayProxy.PROXY_BA).open(other.toFile())) {
      Dbi<byte[]> dbi = arrays.openDbi("t", DbiFlags.MDB_CREATE);
      try (Txn<byte[]> txn = arrays.txnWrite()) {
        dbi.reserve(txn, new byte[] {1}, 2)[1] = 5;
        assertThat(dbi.get(txn, new byte[] {1})).isEqualTo(new byte[] {0, 5});
      }
    }
  }

  @Test
  void aTableOfManyValuesReservesNothing() {
    Dbi<ByteBuffer> dbi = create(DbiFlags.MDB_DUPSORT);
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      assertThatThrownBy(() -> dbi.reserve(txn, of(1), 1))
          .isInstanceOf(Dbi.IncompatibleException.class);
      assertThatThrownBy(() -> cursor.reserve(of(1), 1))
          .isInstanceOf(Dbi.IncompatibleException.class);
    }
  }

  // ---- many values

  @Test
  void aKeyMayHaveManyThousandValues() {
    Dbi<ByteBuffer> dbi = create(DbiFlags.MDB_DUPSORT);
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      for (int i = 0; i < 20_000; i++) {
        dbi.put(txn, of(1), of(i >> 8, i), PutFlags.MDB_APPENDDUP);
      }
      dbi.put(txn, of(0), of(1));
      dbi.put(txn, of(2), of(1));
      try (Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
        assertThat(cursor.get(of(1), GetOp.MDB_SET_KEY)).isTrue();
        assertThat(cursor.count()).isEqualTo(20_000);
        assertThat(cursor.seek(SeekOp.MDB_NEXT_NODUP)).isTrue();
        assertThat(hex(cursor.key())).isEqualTo("02");
        assertThat(cursor.seek(SeekOp.MDB_PREV_NODUP)).isTrue();
        assertThat(hex(cursor.val())).isEqualTo("4e1f");
        cursor.delete(PutFlags.MDB_NODUPDATA);
        assertThat(cursor.next()).isTrue();
        assertThat(hex(cursor.key())).isEqualTo("02");
      }
      txn.commit();
    }
    assertThat(entries(dbi)).isEqualTo("00=01 02=01");
  }

  @Test
  void aBackwardRangeBeginsAtTheFirstValueOfItsStart() {
    Dbi<ByteBuffer> dbi = create(DbiFlags.MDB_DUPSORT);
    for (int i = 0; i < 4; i++) {
      dbi.put(of(i / 2), of(i));
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(all(dbi.iterate(txn, KeyRange.atLeastBackward(of(1)))))
          .isEqualTo("01=02 00=01 00=00");
    }
  }

  // ---- files

  @Test
  void theModeRestrictsTheFile() throws IOException {
    Path file = dir.resolve("private");
    Env<ByteBuffer> own = Env.create().open(file.toFile(), 0600, EnvFlags.MDB_NOSUBDIR);
    own.close();
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void damageIsReported() throws IOException {
    Path file = dir.resolve("damaged");
    try (Env<ByteBuffer> own = Env.create().open(file.toFile(), EnvFlags.MDB_NOSUBDIR)) {
      own.openDbi("t", DbiFlags.MDB_CREATE).put(of(1), zeros(50_000));
    }
    byte[] damage = new byte[2_000];
    Arrays.fill(damage, (byte) 0x5A);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 3 * 4096; at < channel.size(); at += 4096) {
        channel.write(ByteBuffer.wrap(damage), at + 100);
      }
    }
    assertThatThrownBy(
            () -> {
              try (Env<ByteBuffer> own = Env.create().open(file.toFile(), EnvFlags.MDB_NOSUBDIR);
                  Txn<ByteBuffer> txn = own.txnRead()) {
                ByteBuffer value = own.openDbi(txn, new byte[] {'t'}, null, false).get(txn, of(1));
                throw new AssertionError("read " + value);
              }
            })
        .isInstanceOf(LmdbNativeException.PageCorruptedException.class)
        .hasCauseInstanceOf(dev.pando.error.CorruptFileException.class);
  }

  @Test
  void commitsThatDoNotWaitAreOnDiskAfterASync() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    try (Env<ByteBuffer> fast = Env.create().open(other.toFile(), EnvFlags.MDB_NOSYNC)) {
      fast.openDbi("t", DbiFlags.MDB_CREATE).put(of(1), of(1));
      fast.sync(true);
    }
    try (Database db = Database.open(other.resolve("data.mdb"))) {
      assertThat(db.openReport().passedOver()).isEmpty();
    }
  }

  @Test
  void threadsReadWhileOneWrites() throws InterruptedException {
    Dbi<ByteBuffer> dbi = create();
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicBoolean isTorn = new AtomicBoolean();
    Thread reader =
        new Thread(
            () -> {
              while (!isOver.get()) {
                try (Txn<ByteBuffer> txn = env.txnRead()) {
                  ByteBuffer one = dbi.get(txn, of(1));
                  ByteBuffer other = dbi.get(txn, of(2));
                  if (one == null ? other != null : !one.equals(other)) {
                    isTorn.set(true);
                  }
                }
              }
            });
    reader.start();
    for (int i = 0; i < 300; i++) {
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        dbi.put(txn, of(1), of(i, i >> 8));
        dbi.put(txn, of(2), of(i, i >> 8));
        txn.commit();
      }
    }
    isOver.set(true);
    reader.join();
    assertThat(isTorn).isFalse();
  }

  // ---- the small classes

  @Test
  void theVerifierVerifies() throws IOException {
    Path other = Files.createDirectory(dir.resolve("other"));
    try (Env<ByteBuffer> verified =
        Env.create()
            .setMapSize(64 << 20)
            .setMaxDbs(Verifier.DBI_COUNT)
            .open(other.toFile(), EnvFlags.MDB_NOSYNC)) {
      Verifier verifier = new Verifier(verified);
      assertThat(verifier.runFor(100, TimeUnit.MILLISECONDS)).isPositive();
      verifier = new Verifier(verified);
      assertThat(verifier.runFor(1, TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void masksCombineFlags() {
    assertThat(MaskedFlag.mask(DbiFlags.MDB_DUPSORT, null, DbiFlags.MDB_UNSIGNEDKEY))
        .isEqualTo(0x34);
    assertThat(MaskedFlag.mask(true, DbiFlags.MDB_DUPSORT, DbiFlags.MDB_UNSIGNEDKEY))
        .isEqualTo(0x04);
    assertThat(MaskedFlag.mask((DbiFlags[]) null)).isZero();
    assertThat(MaskedFlag.mask(true, (Stream<DbiFlags>) null)).isZero();
    assertThat(MaskedFlag.mask(Stream.of(EnvFlags.MDB_NOSYNC))).isEqualTo(0x10000);
    assertThat(MaskedFlag.isSet(0x30, DbiFlags.MDB_UNSIGNEDKEY)).isTrue();
    assertThat(MaskedFlag.isSet(0x20, DbiFlags.MDB_UNSIGNEDKEY)).isFalse();
  }

  @Test
  void codesAndVersionsAreKnown() {
    assertThat(Meta.error(-30798)).startsWith("MDB_NOTFOUND");
    assertThat(Meta.error(0)).isEqualTo("success");
    assertThat(Meta.error(-1)).contains("unknown");
    assertThat(Meta.version().major + "." + Meta.version().minor).isEqualTo("0.9");
    assertThat(TargetName.IS_EXTERNAL).isFalse();
    assertThat(List.of("Windows 11", "Linux").stream().map(TargetName::resolveExtension))
        .containsExactly("dll", "so");
    assertThat(ByteBufferProxy.PROXY_OPTIMAL).isSameAs(ByteBufferProxy.PROXY_SAFE);
    assertThat(new ByteBufferProxy.BufferMustBeDirectException()).hasMessageContaining("heap");
  }

  @Test
  void sizesAreShown() {
    Dbi<ByteBuffer> dbi = create();
    for (int i = 0; i < 50; i++) {
      dbi.put(of(i), zeros(10_000));
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      assertThat(dbi.stat(txn).overflowPages).isGreaterThanOrEqualTo(100);
      assertThat(dbi.stat(txn).toString()).contains("entries=50", "pageSize=4096");
      assertThat(env.info().toString()).contains("mapSize=67108864", "maxReaders=126");
      assertThat(env.info().lastTransactionId).isEqualTo(txn.getId());
    }
  }
}
