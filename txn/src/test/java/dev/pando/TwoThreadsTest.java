package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two threads in one transaction: one of them gets an exception, and nothing wrong is committed.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class TwoThreadsTest extends DatabaseTestBase {
  private static final Table<byte[], byte[]> RAW = Table.of("raw", Codec.bytes(), Codec.bytes());
  private static final byte[] KEY = {7};

  /** A thread inside a call of a transaction, until it is let go. */
  private static final class Inside {
    private final CountDownLatch go = new CountDownLatch(1);
    private final FutureTask<Integer> call;
    private final Thread thread;

    Inside(ReadTxn tx) throws InterruptedException {
      CountDownLatch inside = new CountDownLatch(1);
      RawTable table = tx.raw(RAW);
      call = new FutureTask<>(() -> table.read(KEY, segment -> stay(segment, inside)));
      thread = Thread.ofPlatform().name("inside").start(call);
      inside.await();
    }

    private int stay(MemorySegment segment, CountDownLatch inside) {
      inside.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return (int) segment.byteSize();
    }

    /** Lets the call go on when another thread waits for its end. */
    void leaveWhenAwaited(Thread waiting) {
      Thread _ =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (waiting.getState() != Thread.State.TIMED_WAITING) {
                      LockSupport.parkNanos(100_000);
                    }
                    go.countDown();
                  });
    }

    int result() throws InterruptedException, ExecutionException {
      go.countDown();
      return call.get();
    }

    Throwable failure() throws InterruptedException {
      go.countDown();
      thread.join();
      try {
        throw new AssertionError("returned " + call.get());
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }
  }

  private static void fill(WriteTxn tx) {
    for (byte i = 0; i < 20; i++) {
      boolean _ = tx.put(RAW, new byte[] {i}, new byte[i]);
    }
  }

  private Database filled() {
    Database db = open();
    db.update(TwoThreadsTest::fill);
    return db;
  }

  private static Map<String, Consumer<ReadTxn>> reads(ReadTxn tx) {
    RawTable raw = tx.raw(RAW);
    RawCursor cursor = raw.cursor();
    Scan<byte[], byte[]> scan = tx.scan(RAW);
    var entries = scan.iterator();
    var inLeaf = scan.iterator();
    assertThat(inLeaf.next()).isNotNull();
    assertThat(cursor.first()).isTrue();
    Map<String, Consumer<ReadTxn>> all = new LinkedHashMap<>();
    all.put("get", t -> t.get(RAW, KEY));
    all.put("getAll", t -> t.getAll(RAW, List.of(KEY)));
    all.put("contains", t -> t.contains(RAW, KEY));
    all.put("count", t -> t.count(RAW));
    all.put("count of a range", t -> t.count(RAW, Range.all()));
    all.put("first", t -> t.first(RAW));
    all.put("ceiling", t -> t.ceiling(RAW, KEY));
    all.put("scan", t -> t.scan(RAW));
    all.put("iterator", t -> scan.iterator());
    all.put("hasNext", t -> entries.hasNext());
    all.put("next", t -> entries.next());
    all.put("hasNext in a leaf", t -> inLeaf.hasNext());
    all.put("next in a leaf", t -> inLeaf.next());
    all.put("forEach", t -> scan.forEach(entry -> {}));
    all.put("forEachKeyValue", t -> scan.forEachKeyValue((key, value) -> {}));
    all.put("tables", ReadTxn::tables);
    all.put("stat", t -> t.stat("raw"));
    all.put("raw", t -> t.raw(RAW));
    all.put("raw get", t -> raw.get(KEY));
    all.put("raw view", t -> raw.get(KEY, new View()));
    all.put("raw getAll", t -> raw.getAll(new byte[][] {KEY}, new View[] {new View()}));
    all.put("raw read", t -> raw.read(KEY, MemorySegment::byteSize));
    all.put("raw contains", t -> raw.contains(KEY));
    all.put("raw count", t -> raw.count());
    all.put("raw cursor", t -> raw.cursor());
    all.put("cursor next", t -> cursor.next());
    all.put("cursor seek", t -> cursor.seek(KEY));
    all.put("cursor entry", t -> cursor.entry(new View(), new View()));
    all.put("cursor key", t -> cursor.key(new View()));
    all.put("cursor forEach", t -> cursor.forEach((key, value) -> false));
    all.put("raw forEach", t -> raw.forEach((key, value) -> true));
    return all;
  }

  private static void refuses(String what, Runnable call) {
    assertThatThrownBy(call::run)
        .as(what)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thread inside #")
        .hasMessageContaining(Caller.name(Thread.currentThread()));
  }

  @Test
  void everyReadSeesAnotherThreadInACall() throws Exception {
    Database db = filled();
    try (ReadTxn tx = db.beginRead()) {
      Map<String, Consumer<ReadTxn>> reads = reads(tx);
      Inside other = new Inside(tx);
      reads.forEach((what, read) -> refuses(what, () -> read.accept(tx)));
      assertThat(other.result()).as("the first one is right").isEqualTo(7);
      reads.forEach((what, read) -> read.accept(tx));
    }
  }

  @Test
  void aWriteTransactionWithTwoThreadsIsLost() throws Exception {
    Database db = filled();
    Map<String, Consumer<WriteTxn>> writes = new LinkedHashMap<>();
    writes.put("put", t -> t.put(RAW, KEY, KEY));
    writes.put("putIfAbsent", t -> t.putIfAbsent(RAW, KEY, KEY));
    writes.put("append", t -> t.append(RAW, new byte[] {99}, KEY));
    writes.put("delete", t -> t.delete(RAW, KEY));
    writes.put("clear", t -> t.clear(RAW));
    writes.put("drop", t -> t.drop("raw"));
    writes.put("rename", t -> t.rename("raw", "other"));
    writes.put("savepoint", WriteTxn::savepoint);
    writes.put("commit", WriteTxn::commit);
    writes.put("get", t -> t.get(RAW, KEY));
    writes.put("raw put", t -> t.raw("raw").put(KEY, KEY));
    writes.put("raw append", t -> t.raw("raw").append(new byte[] {99}, KEY));
    writes.put("raw delete", t -> t.raw("raw").delete(KEY));
    for (Map.Entry<String, Consumer<WriteTxn>> write : writes.entrySet()) {
      try (WriteTxn tx = db.beginWrite()) {
        boolean _ = tx.put(RAW, KEY, new byte[7]);
        boolean _ = tx.put(NAMES, 1L, "lost");
        Savepoint before = tx.savepoint();
        Inside other = new Inside(tx);
        refuses(write.getKey(), () -> write.getValue().accept(tx));
        assertThat(other.result()).isEqualTo(7);
        refuses("put afterwards", () -> tx.put(NAMES, 1L, "x"));
        refuses("rollback afterwards", () -> tx.rollbackTo(before));
        refuses("commit afterwards", tx::commit);
      }
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isZero();
    db.update(tx -> tx.put(NAMES, 1L, "the turn is free"));
  }

  @Test
  void movingBetweenThreadsIsFree() throws Exception {
    Database db = filled();
    try (ReadTxn read = db.beginRead();
        WriteTxn write = db.beginWrite()) {
      Map<String, Consumer<ReadTxn>> reads = reads(read);
      for (int i = 0; i < 6; i++) {
        FutureTask<Object> task =
            new FutureTask<>(
                () -> {
                  reads.forEach((_, step) -> step.accept(read));
                  return write.put(NAMES, 1L, "moved");
                });
        if (i % 3 == 0) {
          task.run();
        } else {
          Thread _ = Thread.startVirtualThread(task);
        }
        Object _ = task.get();
      }
      write.commit();
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(1);
  }

  @Test
  void aParallelStreamInsideAnUpdateChangesNothing() {
    Database db = filled();
    boolean refused = false;
    for (int round = 0; round < 50 && !refused; round++) { // as a rule the first one
      try {
        db.update(
            tx ->
                LongStream.range(0, 2000).parallel().forEach(i -> tx.put(NAMES, i, "value " + i)));
        assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(2000);
        db.update(tx -> tx.clear(NAMES));
      } catch (IllegalStateException e) {
        refused = true;
        assertThat(e.toString()).contains("is in a call of a transaction that");
      }
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isZero();
    db.update(tx -> tx.put(NAMES, 1L, "the turn is free"));
  }

  @Test
  void anUpdateWaitsForAThreadThatItLeftBehind() throws Exception {
    Database db = filled();
    Inside[] other = new Inside[1];
    refuses(
        "update",
        () ->
            db.update(
                tx -> {
                  boolean _ = tx.put(NAMES, 1L, "lost");
                  other[0] = insideOf(tx);
                  other[0].leaveWhenAwaited(Thread.currentThread());
                }));
    assertThat(other[0].result()).isEqualTo(7);
    db.update(tx -> assertThat(tx.count(NAMES)).isZero());
  }

  private static Inside insideOf(ReadTxn tx) {
    try {
      return new Inside(tx);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClosedTransactionKeepsTheTurnUntilTheOtherThreadLeaves() throws Exception {
    Database db = filled();
    WriteTxn tx = db.beginWrite();
    boolean _ = tx.put(NAMES, 1L, "lost");
    Inside other = new Inside(tx);
    tx.close();
    assertThat(db.tryBeginWrite(Duration.ZERO)).isNull();
    Integer _ = other.result();
    try (WriteTxn next = db.tryBeginWrite(Duration.ofSeconds(30))) {
      assertThat(next).isNotNull();
      assertThat(next.count(NAMES)).isZero();
    }
    assertThatThrownBy(() -> tx.put(NAMES, 1L, "x")).hasMessageContaining("has ended");
  }

  @Test
  void aReaderThatIsClosedByAnotherThreadThrows() throws Exception {
    Database db = filled();
    ReadTxn tx = db.beginRead();
    Inside other = new Inside(tx);
    other.leaveWhenAwaited(Thread.currentThread());
    tx.close();
    assertThat(other.failure())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void aTransactionDoesNotEndInsideItsOwnCall() {
    Database db = filled();
    try (WriteTxn tx = db.beginWrite()) {
      assertThatThrownBy(() -> tx.raw(RAW).read(KEY, segment -> end(tx::commit)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("from within a call");
      assertThatThrownBy(() -> tx.raw(RAW).read(KEY, segment -> end(tx::close)))
          .hasMessageContaining("from within a call");
      boolean _ = tx.put(NAMES, 1L, "there");
      tx.commit();
    }
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.raw(RAW).read(KEY, segment -> end(tx::close)))
          .hasMessageContaining("from within a call");
      assertThat(tx.get(NAMES, 1L)).isEqualTo("there");
    }
  }

  private static Object end(Runnable end) {
    end.run();
    return end;
  }
}
