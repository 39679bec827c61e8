package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Large transactions in random order: how their pages are written, and when. */
final class LargeCommitTest extends DatabaseTestBase {
  private static final int VALUE = 2048;
  private final HookedStorage storage = new HookedStorage();
  private final List<Integer> writes = new ArrayList<>();
  private final AtomicLong written = new AtomicLong();

  /** Pages of zeros that were written between others. */
  private final AtomicLong zeroPages = new AtomicLong();

  private Options options(long spillLimit) {
    storage.atWrite =
        source -> {
          synchronized (writes) {
            writes.add(source.remaining());
          }
          written.addAndGet(source.remaining());
          zeroPages.addAndGet(zeroPages(source));
        };
    return Options.defaults()
        .withStorage(storage.files())
        .withLogSize(0)
        .withSpillLimit(spillLimit);
  }

  private static long zeroPages(ByteBuffer source) {
    byte[] page = new byte[4096];
    long zeros = 0;
    for (int at = source.position(); at + page.length <= source.limit(); at += page.length) {
      source.get(at, page);
      zeros += Arrays.equals(page, new byte[page.length]) ? 1 : 0;
    }
    return zeros;
  }

  private static byte[] value(long key) {
    byte[] value = new byte[VALUE];
    Arrays.fill(value, (byte) (key * 31 + 7));
    return value;
  }

  /** The keys below a power of two, in an order without a pattern of neighbours. */
  private static long scattered(long i, long count) {
    return (i * 0x9E3779B1L + 12345) & (count - 1);
  }

  private static void load(WriteTxn tx, long count) {
    for (long i = 0; i < count; i++) {
      long key = scattered(i, count);
      if (!tx.put(BLOBS, key, value(key))) {
        throw new AssertionError("two of key " + key);
      }
    }
  }

  private static void assertHolds(Database db, long count) {
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(BLOBS)).isEqualTo(count);
      for (long key = 0; key < count; key++) {
        if (!Arrays.equals(tx.get(BLOBS, key), value(key))) { // too many for AssertJ
          throw new AssertionError("another value of key " + key);
        }
      }
    }
  }

  private int writesOfALoad(long spillLimit) {
    Database db = open(directory().resolve(spillLimit + ".pando"), options(spillLimit));
    writes.clear();
    zeroPages.set(0);
    db.update(tx -> load(tx, 2048));
    int calls = writes.size();
    closeChecked(db);
    db = open(directory().resolve(spillLimit + ".pando"), options(spillLimit));
    assertHolds(db, 2048);
    return calls;
  }

  @Test
  void gapsOfALargeCommitAreWrittenWithItsPages() {
    int without = writesOfALoad(256 << 20); // 5 MiB are not large beside that
    assertThat(zeroPages).hasValue(0);
    int with = writesOfALoad(10 << 20);
    assertThat(zeroPages).hasPositiveValue();
    assertThat(with).isLessThan(without * 2 / 3);
  }

  @Test
  void gapsThatASnapshotSeesStayAsTheyAre() {
    Database db = open(options(2 << 20));
    db.update(tx -> load(tx, 2048));
    try (ReadTxn old = db.beginRead()) {
      for (int round = 1; round <= 5; round++) {
        int shift = round;
        db.update(
            tx -> {
              for (long i = 0; i < 1024; i++) {
                long key = scattered(i * 2 + shift, 2048);
                tx.put(BLOBS, key, value(key + shift));
              }
            });
        for (long key = 0; key < 2048; key++) {
          if (!Arrays.equals(old.get(BLOBS, key), value(key))) {
            throw new AssertionError("another value of key " + key + " after round " + round);
          }
        }
      }
    }
    assertThat(zeroPages).hasPositiveValue();
    CheckReport _ = db.check().throwIfBad();
  }

  @Test
  void aPartIsWrittenWhenThePagesAreTooMany() {
    long limit = 4 << 20;
    Database db = open(options(limit));
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(BLOBS, 1L << 40, value(0));
      written.set(0);
      for (long i = 0; written.get() == 0; i++) {
        tx.put(BLOBS, scattered(i, 1 << 16), value(i));
      }
      assertThat(written).hasValueBetween(limit / 8, limit / 2);
      tx.rollback();
    }
    db.update(tx -> load(tx, 8192)); // five times the limit
    assertHolds(db, 8192);
  }

  @Test
  void pagesAreSyncedWhileMoreAreWritten() {
    AtomicInteger early = new AtomicInteger();
    storage.beforeSync = () -> early.addAndGet(isEarly() ? 1 : 0);
    Database db = open(options(256 << 20));
    db.update(tx -> load(tx, 32_768)); // some 80 MiB
    assertThat(early).hasPositiveValue();
    assertHolds(db, 32_768);
  }

  @Test
  void aFailedEarlySyncFailsTheCommitAndAllLaterOnes() {
    Database db = open(options(256 << 20));
    db.update(tx -> load(tx, 16));
    storage.beforeSync =
        () -> {
          if (isEarly()) {
            throw new StorageIoException("cannot sync", null);
          }
        };
    assertThatThrownBy(() -> db.update(tx -> reload(tx, 32_768)))
        .isInstanceOf(DatabaseFailedException.class);
    assertThatThrownBy(() -> db.update(tx -> reload(tx, 1)))
        .isInstanceOf(DatabaseFailedException.class);
    assertHolds(db, 16);
  }

  private static void reload(WriteTxn tx, long count) {
    for (long i = 0; i < count; i++) {
      tx.put(BLOBS, scattered(i, 1 << 16), value(i));
    }
  }

  private static boolean isEarly() {
    return Thread.currentThread().getName().equals("pando-early-writer");
  }
}
