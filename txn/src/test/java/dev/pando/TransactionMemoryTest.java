package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.error.TransactionTooLargeException;
import dev.pando.pager.MemoryStorage;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The system gives less memory than the changed pages of a transaction take. */
@Timeout(120)
final class TransactionMemoryTest extends DatabaseTestBase {
  private static final long LIMIT = 8 << 20;

  /** Values of 2 KiB that take more than twice the memory. */
  private static final int MANY = 10_000;

  private static final byte[] VALUE = new byte[2048];

  /** The memory of writers is kept, so no more than this is ever given. */
  private Database limited(Options options) throws ReflectiveOperationException {
    Database db = open(options);
    Object slabs = field(field(field(db, "writer"), "memory"), "slabs");
    Field source = slabs.getClass().getDeclaredField("source");
    source.setAccessible(true);
    long[] left = {LIMIT};
    source.set(
        slabs,
        (MemoryStorage.Source)
            (arena, bytes, alignment) -> {
              left[0] -= bytes;
              if (left[0] < 0) {
                left[0] += bytes;
                throw new OutOfMemoryError("planted");
              }
              return arena.allocate(bytes, alignment);
            });
    boolean _ = db.put(BLOBS, -1L, VALUE);
    return db;
  }

  private static Object field(Object object, String name) throws ReflectiveOperationException {
    Field field = object.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }

  private static void fill(WriteTxn tx) {
    for (long key = 0; key < MANY; key++) {
      boolean _ = tx.put(BLOBS, key * 7919 % MANY, VALUE);
    }
  }

  @Test
  void anUpdateFailsAndTheNextOneDoesNot() throws ReflectiveOperationException {
    Database db = limited(Options.defaults());
    assertThatExceptionOfType(TransactionTooLargeException.class)
        .isThrownBy(() -> db.update(TransactionMemoryTest::fill))
        .withMessageContainingAll(
            db.path().toString(),
            "the changed pages of the transaction take ",
            "change less in a transaction",
            "Options.withSpillLimit, which is 268435456")
        .withCauseInstanceOf(OutOfMemoryError.class)
        .satisfies(
            e -> {
              assertThat(e.bytes()).isBetween(LIMIT / 4, LIMIT);
              assertThat(e).hasMessageContaining(" take " + e.bytes() + " bytes ");
            });
    boolean _ = db.put(BLOBS, -2L, VALUE);
    assertThat(db.count(BLOBS)).isEqualTo(2);
  }

  @Test
  void theTransactionCanOnlyBeClosed() throws ReflectiveOperationException {
    Database db = limited(Options.defaults());
    try (WriteTxn tx = db.beginWrite()) {
      assertThatExceptionOfType(TransactionTooLargeException.class).isThrownBy(() -> fill(tx));
      String failed = "an earlier write of this transaction failed: close it, and begin a new one";
      assertThatIllegalStateException()
          .isThrownBy(() -> tx.put(BLOBS, -2L, VALUE))
          .withMessage(failed);
      assertThatIllegalStateException().isThrownBy(tx::commit).withMessage(failed);
    }
    boolean _ = db.put(BLOBS, -3L, VALUE);
    assertThat(db.count(BLOBS)).isEqualTo(2);
  }

  @Test
  void aSavepointReleasesTheMemory() throws ReflectiveOperationException {
    Database db = limited(Options.defaults());
    try (WriteTxn tx = db.beginWrite()) {
      boolean _ = tx.put(BLOBS, -2L, VALUE);
      for (int round = 0; round < 3; round++) {
        Savepoint before = tx.savepoint();
        assertThatExceptionOfType(TransactionTooLargeException.class).isThrownBy(() -> fill(tx));
        tx.rollbackTo(before);
        tx.release(before);
      }
      boolean _ = tx.put(BLOBS, -3L, VALUE);
      tx.commit();
    }
    assertThat(db.count(BLOBS)).isEqualTo(3);
  }

  @Test
  void ofAGroupItFailsAlone() throws Exception {
    Database db = limited(Options.defaults());
    CompletableFuture<Boolean> first = db.updateAsync(tx -> tx.put(BLOBS, -2L, VALUE));
    CompletableFuture<Boolean> large =
        db.updateAsync(
            tx -> {
              fill(tx);
              return true;
            });
    CompletableFuture<Boolean> last = db.updateAsync(tx -> tx.put(BLOBS, -3L, VALUE));
    assertThat(first.get()).isTrue();
    assertThat(last.get()).isTrue();
    assertThat(large).failsWithin(Duration.ofSeconds(60));
    assertThat(large.exceptionNow()).isInstanceOf(TransactionTooLargeException.class);
    assertThat(db.count(BLOBS)).isEqualTo(3);
  }

  @Test
  void aSmallSpillLimitNeedsLittle() throws ReflectiveOperationException {
    Database db = limited(Options.defaults().withSpillLimit(2 << 20));
    db.update(TransactionMemoryTest::fill);
    assertThat(db.count(BLOBS)).isEqualTo(MANY + 1);
  }
}
