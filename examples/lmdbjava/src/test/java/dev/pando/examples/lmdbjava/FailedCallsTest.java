package dev.pando.examples.lmdbjava;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.ByteBufProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.LmdbNativeException.ConstantDerivedException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** A call that fails keeps no lock, no slot and no buffer, and the next call works. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a lock that is kept
class FailedCallsTest {
  private static final byte[] KEY = {1};
  private static final byte[] VALUE = {2};

  @TempDir Path dir;
  private final FaultyProxy proxy = new FaultyProxy();
  private Path home;
  private Env<byte[]> env;
  private Dbi<byte[]> dbi;

  @BeforeEach
  void open() throws IOException {
    home = Files.createDirectory(dir.resolve("home"));
    open(EnvFlags.MDB_NOSYNC);
    dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
  }

  private void open(EnvFlags... flags) {
    env =
        Env.create(proxy)
            .setMapSize(16 << 20)
            .setMaxDbs(2)
            .setMaxReaders(1)
            .open(home.toFile(), flags);
  }

  private void openWithSlotsOfTransactions() {
    env.close();
    open(EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NOTLS);
    dbi = env.openDbi("t");
  }

  @AfterEach
  void check() {
    env.close();
    assertThat(proxy.inUse).isZero();
    try (Database db = Database.open(home.resolve("data.mdb"))) {
      assertThat(db.check().ok()).isTrue();
    }
  }

  /** Another thread must be able to write, and no transaction may count as open. */
  private void nothingIsHeld() throws InterruptedException, ExecutionException {
    FutureTask<Void> writes = new FutureTask<>(() -> dbi.put(KEY, VALUE), null);
    new Thread(writes).start();
    writes.get();
    env.setMapSize(16 << 20);
  }

  // ---- the map size

  @Test
  void aNegativeMapSizeIsRefused() {
    assertThatThrownBy(() -> env.setMapSize(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> env.setMapSize(-10L << 30))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("map size=-10737418240, allowed 0 or more");
    assertThat(env.info().mapSize).isEqualTo(16 << 20);
  }

  @Test
  void anEnvironmentWhoseMapSizeCannotBeSetNamesTheReasonAndRecovers() throws IOException {
    dbi.put(KEY, VALUE);
    Path moved = dir.resolve("moved");
    Files.move(home, moved);
    assertThatThrownBy(() -> env.setMapSize(32 << 20))
        .hasStackTraceContaining(home.resolve("data.mdb").toString());
    assertThatThrownBy(env::txnRead).hasStackTraceContaining(home.resolve("data.mdb").toString());
    assertThatThrownBy(env::info).isNotInstanceOf(Txn.BadException.class);
    Files.createDirectory(home);
    assertThatThrownBy(env::txnRead).isInstanceOf(LmdbNativeException.class);
    assertThat(home).as("no other file takes its place").isEmptyDirectory();
    Files.delete(home);
    Files.move(moved, home);
    assertThat(env.info().mapSize).isEqualTo(16 << 20);
    try (Txn<byte[]> txn = env.txnRead()) {
      assertThat(dbi.get(txn, KEY)).isEqualTo(VALUE);
    }
    env.setMapSize(32 << 20);
    assertThat(env.info().mapSize).isEqualTo(32 << 20);
  }

  @Test
  void anEnvironmentWhoseMapSizeCouldNotBeSetCanBeClosed() throws IOException {
    Path moved = dir.resolve("moved");
    Files.move(home, moved);
    assertThatThrownBy(() -> env.setMapSize(32 << 20)).isInstanceOf(LmdbNativeException.class);
    env.close();
    assertThatThrownBy(env::txnRead).isInstanceOf(Env.AlreadyClosedException.class);
    Files.move(moved, home);
  }

  @Test
  void aChangeOfTheMapSizeCutsNoCallOff() throws Exception {
    for (int i = 0; i < 100; i++) {
      dbi.put(new byte[] {1, (byte) i}, new byte[20_000]);
    }
    AtomicBoolean isOver = new AtomicBoolean();
    List<FutureTask<Void>> calls = new ArrayList<>();
    int[] copies = {0};
    calls.add(repeated(isOver, () -> env.copy(newDirectory("copy" + copies[0]++))));
    calls.add(repeated(isOver, () -> env.sync(true)));
    calls.add(repeated(isOver, () -> assertThat(env.getDbiNames()).hasSize(1)));
    calls.add(repeated(isOver, () -> assertThat(env.info().maxReaders).isEqualTo(1)));
    for (int i = 0; i < 50; i++) {
      try {
        env.setMapSize((16L + i) << 20);
      } catch (ConstantDerivedException e) {
        assertThat(e.getResultCode()).as("EINVAL, as with a transaction").isEqualTo(22);
      }
    }
    isOver.set(true);
    for (FutureTask<Void> each : calls) {
      each.get();
    }
    env.setMapSize(16 << 20);
  }

  private static FutureTask<Void> repeated(AtomicBoolean isOver, Runnable call) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              do {
                call.run();
              } while (!isOver.get());
            },
            null);
    new Thread(task).start();
    return task;
  }

  private File newDirectory(String name) {
    File made = dir.resolve(name).toFile();
    assertThat(made.mkdir()).isTrue();
    return made;
  }

  // ---- transactions that do not begin or end

  @Test
  void aTransactionWithoutBuffersHoldsNothing() throws Exception {
    for (int allocations = 0; allocations < 2; allocations++) {
      proxy.allocationsLeft = allocations;
      assertThatThrownBy(env::txnWrite).hasMessage("no buffer");
      proxy.allocationsLeft = allocations;
      assertThatThrownBy(env::txnRead).hasMessage("no buffer");
      assertThat(proxy.inUse).isZero();
      env.txnRead().close();
      nothingIsHeld();
    }
  }

  @Test
  void aNestedTransactionWithoutBuffersIsNotThere() {
    try (Txn<byte[]> outer = env.txnWrite()) {
      proxy.allocationsLeft = 1;
      assertThatThrownBy(() -> env.txn(outer)).hasMessage("no buffer");
      dbi.put(outer, KEY, VALUE);
      outer.commit();
    }
  }

  @Test
  void aTransactionThatDoesNotBeginHasNoBuffers() {
    try (Txn<byte[]> _ = env.txnRead()) {
      int before = proxy.inUse;
      assertThatThrownBy(env::txnRead).isInstanceOf(Txn.BadReaderLockException.class);
      assertThat(proxy.inUse).isEqualTo(before);
    }
    try (Txn<byte[]> outer = env.txnWrite();
        Txn<byte[]> _ = env.txn(outer)) {
      int before = proxy.inUse;
      assertThatThrownBy(env::txnWrite).isInstanceOf(Txn.BadException.class);
      assertThatThrownBy(() -> env.txn(outer)).isInstanceOf(Txn.BadException.class);
      assertThat(proxy.inUse).isEqualTo(before);
    }
  }

  @Test
  void aTransactionThatBeginsOnAFullStackHoldsNothing() throws Exception {
    env.txnWrite().close(); // so that no class is loaded there
    overflows(env::txnWrite);
    nothingIsHeld();
  }

  @Test
  void aTransactionThatCannotEndOnAFullStackEndsAtItsClose() throws Exception {
    try (Txn<byte[]> first = env.txnWrite()) {
      first.abort(); // so that no class is loaded there
    }
    try (Txn<byte[]> txn = env.txnWrite()) {
      overflows(txn::abort);
    }
    nothingIsHeld();
  }

  private int framesUp;
  private boolean hasOverflowed;

  private void overflows(Runnable call) {
    assertThat(fillStack(call, 1, 2, 3, 4, 5, 6, 7, 8)).isEqualTo(36);
    assertThat(hasOverflowed).isTrue();
  }

  /**
   * Makes a call some frames above the end of the stack. There the engine refuses to begin or end a
   * transaction, and the frames of this library have room.
   */
  private long fillStack(
      Runnable call, long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      long _ = fillStack(call, b, c, d, e, f, g, h, a);
    } catch (StackOverflowError end) {
      framesUp = 0;
    }
    if (++framesUp == 14) {
      try {
        call.run();
      } catch (StackOverflowError tooLittle) {
        hasOverflowed = true;
      }
    }
    return a + b + c + d + e + f + g + h;
  }

  @Test
  void aTransactionEndsWhoseBuffersAreNotDeallocated() throws Exception {
    Txn<byte[]> txn = env.txnWrite();
    byte[] _ = dbi.reserve(txn, KEY, 5);
    proxy.failsToDeallocate = true;
    assertThatThrownBy(txn::commit).hasMessage("not deallocated");
    assertThatThrownBy(txn::close).hasMessage("not deallocated");
    proxy.failsToDeallocate = false;
    nothingIsHeld();
  }

  @Test
  void aTransactionEndsWhoseNestedOneFails() throws Exception {
    Txn<byte[]> outer = env.txnWrite();
    Txn<byte[]> inner = env.txn(outer);
    byte[] _ = dbi.reserve(inner, KEY, 5);
    proxy.failsToDeallocate = true;
    assertThatThrownBy(outer::close).hasMessage("not deallocated");
    proxy.failsToDeallocate = false;
    inner.close();
    nothingIsHeld();
  }

  @Test
  void aReservationThatTheProgramReleasesKeepsNoLock() throws Exception {
    File other = newDirectory("netty");
    try (Env<ByteBuf> netty = Env.create(ByteBufProxy.PROXY_NETTY).open(other)) {
      Dbi<ByteBuf> table = netty.openDbi("t", DbiFlags.MDB_CREATE);
      try (Txn<ByteBuf> txn = netty.txnWrite()) {
        ByteBuf key = Unpooled.wrappedBuffer(KEY);
        assertThat(table.reserve(txn, key, 1).release()).isTrue();
        assertThatThrownBy(txn::commit).isInstanceOf(RuntimeException.class);
      }
      netty.setMapSize(16 << 20);
    }
  }

  @Test
  void aReservationWithoutABufferStoresNothing() {
    try (Txn<byte[]> txn = env.txnWrite()) {
      proxy.failsToReserve = true;
      assertThatThrownBy(() -> dbi.reserve(txn, KEY, 5)).hasMessage("no room");
      proxy.failsToReserve = false;
      assertThat(dbi.get(txn, KEY)).isNull();
      dbi.put(txn, KEY, VALUE);
      int before = proxy.inUse;
      assertThatThrownBy(() -> dbi.reserve(txn, KEY, 5, PutFlags.MDB_NOOVERWRITE))
          .isInstanceOf(Dbi.KeyExistsException.class);
      assertThat(proxy.inUse).isEqualTo(before);
    }
  }

  // ---- cursors and tables

  @Test
  void aCursorWithoutBuffersIsNotThere() {
    try (Txn<byte[]> txn = env.txnWrite()) {
      proxy.allocationsLeft = 1;
      assertThatThrownBy(() -> dbi.openCursor(txn)).hasMessage("no buffer");
      assertThat(proxy.inUse).isEqualTo(2);
    }
  }

  @Test
  void aCursorIsClosedWhoseBuffersAreNotDeallocated() {
    try (Txn<byte[]> txn = env.txnWrite()) {
      Cursor<byte[]> cursor = dbi.openCursor(txn);
      proxy.failsToDeallocate = true;
      assertThatThrownBy(cursor::close).hasMessage("not deallocated");
      proxy.failsToDeallocate = false;
      assertThatThrownBy(cursor::first).isInstanceOf(Cursor.ClosedException.class);
      assertThat(proxy.inUse).isEqualTo(2);
    }
  }

  @Test
  void aTableThatIsRefusedDoesNotCountAsOpen() {
    byte[] name = {'u'};
    env.openDbi(name, DbiFlags.MDB_CREATE).close();
    try (Txn<byte[]> txn = env.txnWrite()) {
      assertThatThrownBy(() -> env.openDbi(txn, name, null, true))
          .isInstanceOf(Dbi.IncompatibleException.class);
      txn.commit();
    }
    assertThat(env.openDbi("another", DbiFlags.MDB_CREATE)).isNotNull();
  }

  // ---- the slots of readers

  @Test
  void aTransactionThatIsNotRenewedFreesItsSlotOnce() throws IOException {
    openWithSlotsOfTransactions();
    Txn<byte[]> read = env.txnRead();
    read.reset();
    Path moved = dir.resolve("moved");
    Files.move(home, moved);
    assertThatThrownBy(() -> env.setMapSize(32 << 20)).isInstanceOf(LmdbNativeException.class);
    assertThatThrownBy(read::renew).isInstanceOf(LmdbNativeException.class);
    Files.move(moved, home);
    read.close();
    onlyOneMayRead();
  }

  @Test
  void aTransactionIsRenewedAfterItFailed() throws IOException {
    openWithSlotsOfTransactions();
    try (Txn<byte[]> read = env.txnRead()) {
      read.reset();
      Path moved = dir.resolve("moved");
      Files.move(home, moved);
      assertThatThrownBy(() -> env.setMapSize(32 << 20)).isInstanceOf(LmdbNativeException.class);
      assertThatThrownBy(read::renew).isInstanceOf(LmdbNativeException.class);
      Files.move(moved, home);
      read.renew();
      assertThat(dbi.get(read, KEY)).isNull();
      assertThatThrownBy(env::txnRead).isInstanceOf(Env.ReadersFullException.class);
    }
    onlyOneMayRead();
  }

  private void onlyOneMayRead() {
    try (Txn<byte[]> _ = env.txnRead()) {
      assertThatThrownBy(env::txnRead).isInstanceOf(Env.ReadersFullException.class);
    }
  }

  @Test
  void aTransactionThatWasResetDoesNotFreeTheSlotOfAnother() {
    Txn<byte[]> reset = env.txnRead();
    reset.reset();
    try (Txn<byte[]> read = env.txnRead()) {
      reset.close();
      assertThatThrownBy(env::txnRead).isInstanceOf(Txn.BadReaderLockException.class);
      assertThat(read.isReadOnly()).isTrue();
    }
    env.txnRead().close();
  }
}
