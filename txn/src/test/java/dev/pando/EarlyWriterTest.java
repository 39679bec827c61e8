package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageIoException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Large sorted loads, whose pages are written while the load goes on. */
@Tag("proof")
final class EarlyWriterTest extends DatabaseTestBase {
  private static final int RECORDS = 500_000;
  private static final String THREAD = "pando-early-writer";

  /** Calls of the file by the early writer. */
  private final AtomicInteger earlyWrites = new AtomicInteger();

  private final AtomicInteger earlySyncs = new AtomicInteger();
  private int failingWrite = Integer.MAX_VALUE;
  private int failingSync = Integer.MAX_VALUE;

  /** Counts the calls of the early writer, and fails where it should. */
  private Options options() {
    HookedStorage storage = new HookedStorage();
    storage.atWrite =
        source -> {
          if (isEarlyWriter() && earlyWrites.incrementAndGet() == failingWrite) {
            throw new DatabaseFullException("no room", null);
          }
        };
    storage.beforeSync =
        () -> {
          if (isEarlyWriter() && earlySyncs.incrementAndGet() == failingSync) {
            throw new StorageIoException("cannot sync", null);
          }
        };
    return Options.defaults().withStorage(storage.files());
  }

  private static boolean isEarlyWriter() {
    return Thread.currentThread().getName().equals(THREAD);
  }

  private static byte[] value(long key) {
    byte[] value = new byte[100];
    java.util.Arrays.fill(value, (byte) (key * 31));
    return value;
  }

  private static void load(WriteTxn tx, long from, long to) {
    for (long key = from; key < to; key++) {
      tx.append(BLOBS, key, value(key));
    }
  }

  @Test
  void theLoadIsWrittenWhileItGoesOn() {
    Database db = open(options());
    db.update(tx -> load(tx, 0, RECORDS));
    assertThat(earlyWrites).hasValueGreaterThan(20);
    assertThat(earlySyncs).hasValueGreaterThan(0);
    closeChecked(db);
    db = open(options());
    assertHolds(db, RECORDS);
  }

  private static void assertHolds(Database db, int records) {
    try (ReadTxn tx = db.beginRead()) {
      long next = 0;
      for (Entry<Long, byte[]> entry : tx.scan(BLOBS)) {
        // Not an assertion of AssertJ: there are half a million.
        if (entry.key() != next || !java.util.Arrays.equals(entry.value(), value(next))) {
          throw new AssertionError("key " + entry.key() + ", or another value of " + next);
        }
        next++;
      }
      assertThat(next).isEqualTo(records);
    }
  }

  @Test
  void pagesLeftBehindCanBeReadAndChangedInTheSameTransaction() {
    Database db = open(options());
    db.update(tx -> tx.put(BLOBS, 0L, value(0)));
    db.update(
        tx -> {
          try (RawCursor cursor = tx.raw(BLOBS).cursor()) {
            for (long key = 0; key < RECORDS; key++) {
              tx.put(BLOBS, key, value(key + 1));
              if (key == 50_000) {
                assertThat(cursor.first()).isTrue();
              }
              if (key % 1000 == 999) {
                assertThat(tx.get(BLOBS, key / 2)).isEqualTo(value(key / 2 + 1));
              }
              if (key > 50_000 && key % 10_000 == 0) {
                assertThat(cursor.next()).isTrue();
              }
            }
          }
          for (long key = 0; key < RECORDS; key += 7) {
            if (!tx.delete(BLOBS, key)) {
              throw new AssertionError("no key " + key);
            }
          }
          for (long key = 0; key < RECORDS; key++) {
            tx.put(BLOBS, key, value(key));
          }
        });
    closeChecked(db);
    db = open(options());
    assertHolds(db, RECORDS);
  }

  @Test
  void aRollBackLeavesNothingBehind() {
    Database db = open(options());
    db.update(tx -> load(tx, 0, 1000));
    final long before = db.stat().fileBytes();
    try (WriteTxn tx = db.beginWrite()) {
      load(tx, 1000, RECORDS);
    }
    assertThat(earlyWrites).hasValueGreaterThan(10);
    assertThat(db.stat().fileBytes()).isEqualTo(before);
    assertHolds(db, 1000);
    db.update(tx -> load(tx, 1000, 2000));
    assertHolds(db, 2000);
  }

  @Test
  void aFullDiskEndsTheTransactionOnly() {
    Database db = open(options());
    db.update(tx -> load(tx, 0, 1000));
    failingWrite = 5;
    assertThatThrownBy(() -> db.update(tx -> load(tx, 1000, RECORDS)))
        .isInstanceOf(DatabaseFullException.class)
        .hasMessageContaining("no room");
    assertHolds(db, 1000);
    db.update(tx -> load(tx, 1000, RECORDS));
    assertHolds(db, RECORDS);
  }

  /** The pages that could not be written are nowhere: whoever reads on must not commit. */
  @Test
  void aFailureThatAReadComesUponEndsTheTransactionAsWell() throws InterruptedException {
    Database db = open(options());
    db.update(tx -> load(tx, 0, 1000));
    failingWrite = 1;
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint savepoint = tx.savepoint();
      if (appendUntilEarlyWrites(tx)) {
        for (int i = 0; i < 2; i++) {
          assertThatThrownBy(() -> tx.get(BLOBS, 2000L)).isInstanceOf(DatabaseFullException.class);
        }
        tx.rollbackTo(savepoint);
        assertThatThrownBy(tx::commit).isInstanceOf(DatabaseFullException.class);
      }
    }
    assertHolds(db, 1000);
    db.update(tx -> load(tx, 1000, RECORDS));
    assertHolds(db, RECORDS);
  }

  /** False if an append came upon the failure: on a slow machine the early write comes late. */
  private boolean appendUntilEarlyWrites(WriteTxn tx) throws InterruptedException {
    try {
      for (long key = 1000; earlyWrites.get() == 0; key++) {
        tx.append(BLOBS, key, value(key));
        if (key % 1000 == 0) {
          Thread.sleep(1);
        }
      }
      return true;
    } catch (DatabaseFullException e) {
      assertThatThrownBy(tx::commit).isInstanceOf(IllegalStateException.class);
      return false;
    }
  }

  @Test
  void theThreadEndsWithTheTransaction() throws InterruptedException {
    Database db = open(options());
    db.update(tx -> load(tx, 0, RECORDS));
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(THREAD)) { // about to end
        assertThat(thread.join(java.time.Duration.ofMinutes(2))).isTrue();
      }
    }
  }

  @Test
  void aFailedSyncIsNeverForgotten() {
    Database db = open(options());
    db.update(tx -> load(tx, 0, 1000));
    failingSync = 1;
    assertThatThrownBy(() -> db.update(tx -> load(tx, 1000, RECORDS)))
        .isInstanceOf(DatabaseFailedException.class);
    assertThatThrownBy(() -> db.update(tx -> load(tx, 1000, 1001)))
        .isInstanceOf(DatabaseFailedException.class);
    assertHolds(db, 1000);
    closeChecked(db);
    assertHolds(open(options()), 1000);
  }
}
