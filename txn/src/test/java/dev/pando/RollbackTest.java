package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.error.StorageIoException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** {@link WriteTxn#rollback} ends a transaction without committing it. */
class RollbackTest extends DatabaseTestBase {
  private interface Use {
    void of(WriteTxn tx);
  }

  private static void refused(WriteTxn tx, String why, Use use) {
    assertThatThrownBy(() -> use.of(tx))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(why, "write transaction " + tx.txnId());
  }

  private static void allRefused(WriteTxn tx, String why) {
    refused(tx, why, t -> t.get(NAMES, 1L));
    refused(tx, why, t -> t.count(NAMES));
    refused(tx, why, t -> t.put(NAMES, 3L, "x"));
    refused(tx, why, t -> t.delete(NAMES, 1L));
    refused(tx, why, t -> t.clear("names"));
    refused(tx, why, t -> t.drop(NAMES));
    refused(tx, why, WriteTxn::savepoint);
    refused(tx, why, WriteTxn::commit);
    refused(tx, why, WriteTxn::rollback);
  }

  @Test
  void undoesAllAndLetsTheNextOneBegin() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "Ada"));
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(NAMES, 1L, "other");
      tx.put(BLOBS, 1L, new byte[100_000]);
      RawCursor cursor = tx.raw(NAMES).cursor();
      assertThat(cursor.first()).isTrue();
      tx.rollback();
      assertThat(tx.isOpen()).isFalse();
      db.update(next -> next.put(NAMES, 2L, "meanwhile")); // before close: the turn is free
      allRefused(tx, "the transaction was rolled back");
      assertThatThrownBy(cursor::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was rolled back");
    }
    assertThat(db.list(NAMES, Range.all()))
        .containsExactly(new Entry<>(1L, "Ada"), new Entry<>(2L, "meanwhile"));
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.tables()).containsExactly("names");
    }
  }

  @Test
  void closeAfterItDoesNothing() {
    Database db = open();
    WriteTxn tx = db.beginWrite();
    tx.put(NAMES, 1L, "x");
    tx.rollback();
    try (WriteTxn next = db.beginWrite()) {
      tx.close(); // does not end the next one
      tx.close();
      next.put(NAMES, 2L, "y");
      next.commit();
    }
    assertThat(db.count(NAMES)).isEqualTo(1);
    refused(tx, "was rolled back", t -> t.get(NAMES, 1L));
  }

  @Test
  void isRefusedAfterTheEnd() {
    Database db = open();
    WriteTxn committed = db.beginWrite();
    committed.put(NAMES, 1L, "x");
    committed.commit();
    refused(committed, "the transaction has ended", WriteTxn::rollback);
    assertThat(db.count(NAMES)).isEqualTo(1);
    WriteTxn closed = db.beginWrite();
    closed.close();
    refused(closed, "the transaction has ended", WriteTxn::rollback);
  }

  @Test
  void isRefusedInAnUpdateWhichGoesOn() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "x");
          assertThatThrownBy(tx::rollback)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContainingAll("update rolls back when its closure throws", "savepoint");
          tx.put(NAMES, 2L, "y");
        });
    assertThat(db.count(NAMES)).isEqualTo(2);
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 3L, "z");
                      tx.rollback();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("do not call rollback");
    assertThat(db.count(NAMES)).as("the exception has rolled it back").isEqualTo(2);
    AtomicReference<WriteTxn> kept = new AtomicReference<>();
    db.update(kept::set);
    refused(kept.get(), "the transaction has ended", WriteTxn::rollback);
  }

  @Test
  void endsSavepoints() {
    Database db = open();
    WriteTxn tx = db.beginWrite();
    tx.put(NAMES, 1L, "x");
    Savepoint before = tx.savepoint();
    tx.put(NAMES, 2L, "y");
    tx.rollback();
    refused(tx, "was rolled back", t -> t.rollbackTo(before));
    refused(tx, "was rolled back", t -> t.release(before));
    assertThat(db.count(NAMES)).isZero();
  }

  @Test
  void afterAFailedWrite() {
    HookedStorage storage = new HookedStorage();
    Database db = open(Options.defaults().withStorage(storage.files()).withSpillLimit(64 << 10));
    WriteTxn tx = db.beginWrite();
    storage.beforePages =
        () -> {
          throw new StorageIoException("planted", null);
        };
    assertThatThrownBy(
            () -> {
              for (long key = 0; key < 1000; key++) {
                tx.put(BLOBS, key, new byte[1000]);
              }
            })
        .isInstanceOf(RuntimeException.class);
    storage.beforePages = () -> {};
    tx.rollback();
    db.update(next -> next.put(NAMES, 1L, "x"));
    assertThat(db.count(BLOBS)).isZero();
  }

  @Test
  void byAnotherThread() {
    Database db = open();
    WriteTxn tx = db.beginWrite();
    tx.put(NAMES, 1L, "x");
    CompletableFuture.runAsync(tx::rollback).orTimeout(2, TimeUnit.MINUTES).join();
    db.update(next -> next.put(NAMES, 2L, "y"));
    refused(tx, "was rolled back", t -> t.get(NAMES, 1L));
    assertThat(db.count(NAMES)).isEqualTo(1);
  }

  /** Does something while it encodes. */
  private record Calling(Runnable call) implements Codec<Long> {
    @Override
    public String id() {
      return "calling";
    }

    @Override
    public void encode(Long value, Sink sink) {
      call.run();
      sink.putLongBE(value);
    }

    @Override
    public Long decode(Source source) {
      return source.getLongBE();
    }
  }

  @Test
  void notFromWithinACall() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      Table<Long, Long> table = Table.of("t", Codec.u64(), new Calling(tx::rollback));
      assertThatThrownBy(() -> tx.put(table, 1L, 1L))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("from within a call");
      tx.put(NAMES, 1L, "goes on");
      tx.commit();
    }
    assertThat(db.count(NAMES)).isEqualTo(1);
  }

  /** As with close: the transaction ends when that call does, and nothing of it is committed. */
  @Test
  void whileAnotherThreadIsInACall() throws Exception {
    Database db = open();
    WriteTxn tx = db.beginWrite();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Table<Long, Long> table =
        Table.of(
            "t",
            Codec.u64(),
            new Calling(
                () -> {
                  inside.countDown();
                  try {
                    assertThat(leave.await(2, TimeUnit.MINUTES)).isTrue();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }));
    CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> tx.put(table, 1L, 1L));
    assertThat(inside.await(2, TimeUnit.MINUTES)).isTrue();
    tx.rollback(); // waits a second
    leave.countDown();
    assertThatThrownBy(() -> other.get(2, TimeUnit.MINUTES))
        .hasCauseInstanceOf(IllegalStateException.class);
    db.update(next -> next.put(NAMES, 1L, "after"));
    assertThat(db.count("t")).isZero();
  }
}
