package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A script of commits in which the k-th operation of the disk fails, for every k until none does:
 * once, or from then on for ever. After it the database is opened again on what the disk has.
 */
final class FaultTest {
  private static final Path FILE = Path.of("/sim/fault.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final long CAPACITY = 1 << 20;
  private static final int COMMITS = 12;

  private TreeMap<Long, byte[]> acknowledged = new TreeMap<>();

  /** The commit whose fate is not known, if any. */
  private TreeMap<Long, byte[]> doubtful = acknowledged;

  private int failures;

  @ParameterizedTest(name = "no room: {0}, for ever: {1}")
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void everyFailureLeavesWhatWasAcknowledged(boolean noRoom, boolean forEver) {
    int k = 0;
    do {
      k++;
      failures = 0;
      acknowledged = new TreeMap<>();
      doubtful = acknowledged;
      try {
        fail(k, noRoom, forEver);
      } catch (Throwable e) {
        throw new AssertionError("failing operation " + k, e);
      }
    } while (failures > 0);
    System.out.println("FaultTest " + (k - 1) + " failing operations");
    assertThat(k).isGreaterThan(50);
  }

  private static Options options(SimStorage storage) {
    return Options.defaults()
        .withPageSize(512)
        .withGrowthStep(4096)
        .withSpillLimit(256 << 10)
        .withCloseTimeout(java.time.Duration.ZERO)
        .withStorage(storage);
  }

  private void fail(int k, boolean noRoom, boolean forEver) {
    SimStorage storage = new SimStorage(CAPACITY);
    int[] left = {k};
    storage.hook =
        (operation, file) -> {
          boolean fits = !noRoom || operation.equals("write") || operation.equals("grow");
          if (fits && (--left[0] == 0 || (forEver && left[0] < 0))) {
            failures++;
            throw noRoom
                ? new DatabaseFullException("no room to " + operation, null)
                : new StorageIoException("cannot " + operation, null);
          }
        };
    run(storage);
    storage.hook = (operation, file) -> {};
    if (storage.exists(FILE)) {
      verify(storage);
    }
  }

  private void run(SimStorage storage) {
    try (Database db = Database.open(FILE, options(storage))) {
      Random random = new Random(5);
      for (int i = 0; i < COMMITS; i++) {
        transaction(db, random, i);
      }
    } catch (StorageException e) {
      assertThat(failures).isPositive();
    }
  }

  private void transaction(Database db, Random random, int n) {
    TreeMap<Long, byte[]> model = new TreeMap<>(acknowledged);
    boolean committing = false;
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = 0; i < (n == 6 ? 1500 : 20); i++) {
        long key = random.nextInt(200);
        byte[] value = new byte[n == 3 && i == 7 ? 70_000 : random.nextInt(300)];
        random.nextBytes(value);
        boolean _ = tx.put(TABLE, key, value);
        model.put(key, value);
      }
      committing = true;
      tx.commit();
      acknowledged = model;
      doubtful = model;
    } catch (DatabaseFailedException e) {
      if (committing) {
        doubtful = model;
      }
      assertReadersGoOn(db);
    } catch (DatabaseFullException | StorageIoException e) {
      assertReadersGoOn(db);
    }
  }

  /** The state before is still there, unless reading is what fails. */
  private void assertReadersGoOn(Database db) {
    assertSame(content(db), acknowledged);
  }

  private void verify(SimStorage storage) {
    Database db = Database.open(FILE, options(storage));
    TreeMap<Long, byte[]> found = content(db);
    if (!same(found, acknowledged)) {
      assertSame(found, doubtful);
    }
    CheckReport _ = db.check().throwIfBad();
    db.update(tx -> tx.put(TABLE, 1L, new byte[10]));
    db.update(tx -> tx.put(TABLE, 2L, new byte[10]));
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  private static TreeMap<Long, byte[]> content(Database db) {
    TreeMap<Long, byte[]> found = new TreeMap<>();
    try (ReadTxn tx = db.beginRead()) {
      for (Entry<Long, byte[]> entry : tx.scan(TABLE)) {
        found.put(entry.key(), entry.value());
      }
    }
    return found;
  }

  private static void assertSame(TreeMap<Long, byte[]> a, TreeMap<Long, byte[]> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    assertThat(same(a, b)).isTrue();
  }

  private static boolean same(TreeMap<Long, byte[]> a, TreeMap<Long, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(e -> java.util.Arrays.equals(e.getValue(), b.get(e.getKey())));
  }
}
