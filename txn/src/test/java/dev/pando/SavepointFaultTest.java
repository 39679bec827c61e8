package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Transactions of many small pieces of work with a savepoint around each, as closures share one, in
 * which operations of the disk fail here and there. A piece that fails is undone alone, and the
 * others are committed.
 */
@Tag("scaled")
final class SavepointFaultTest {
  private static final Path FILE = Path.of("/simulated/savepoints.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final int PROGRAMS = 750;

  private Random random = new Random();
  private TreeMap<Long, byte[]> acknowledged = new TreeMap<>();
  private boolean failing;
  private int failures;
  private int undone;
  private int commits;

  @ParameterizedTest(name = "no room: {0}")
  @CsvSource({"false", "true"})
  void aPieceThatFailsIsUndoneAlone(boolean noRoom) {
    Figures figures = new Figures("savepoints under failures, no room: " + noRoom, PROGRAMS);
    for (long i = 0; i < (Figures.replays() ? 1 : figures.wanted()); i++) {
      random = new Random(figures.seed(i));
      acknowledged = new TreeMap<>();
      try {
        program(noRoom);
      } catch (Throwable e) {
        throw Figures.failed(figures.seed(i), e);
      }
    }
    System.out.println(
        "SavepointFaultTest %d failures, %d pieces undone, %d commits"
            .formatted(failures, undone, commits));
    if (!Figures.replays()) {
      assertThat(undone).isGreaterThan((int) figures.wanted());
      assertThat(commits).isGreaterThan((int) figures.wanted());
    }
    figures.reached(figures.wanted());
  }

  private static Options options(SimulatedDisk disk) {
    return disk.options(
        Options.defaults()
            .withPageSize(512)
            .withGrowthStep(4096)
            .withSpillLimit(64 << 10)
            .withCloseTimeout(java.time.Duration.ZERO));
  }

  private void program(boolean noRoom) {
    SimulatedDisk disk = new SimulatedDisk(2 << 20);
    disk.onCall(
        (call, file, offset, bytes) -> {
          boolean fits = call == Call.WRITE || call == Call.GROW;
          if (fits && failing && random.nextInt(4) == 0) {
            failures++;
            throw noRoom
                ? new DatabaseFullException("no room to " + call, null)
                : new StorageIoException("cannot " + call, null);
          }
        });
    try (Database db = Database.open(FILE, options(disk))) {
      for (int i = 0; i < 5; i++) {
        transaction(db);
        assertHolds(db, acknowledged);
        CheckReport _ = db.check().throwIfBad();
      }
    }
    try (Database db = Database.open(FILE, options(disk))) {
      assertHolds(db, acknowledged);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private void transaction(Database db) {
    TreeMap<Long, byte[]> model = new TreeMap<>(acknowledged);
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = 0; i < 12; i++) {
        TreeMap<Long, byte[]> before = new TreeMap<>(model);
        Savepoint savepoint = tx.savepoint();
        failing = random.nextInt(3) == 0;
        try {
          piece(tx, model);
          tx.release(savepoint);
        } catch (StorageException e) {
          assertThat(e).isNotInstanceOf(DatabaseFailedException.class);
          failing = false;
          undone++;
          tx.rollbackTo(savepoint);
          model = before;
          assertSees(tx, model);
        }
        failing = false;
      }
      tx.commit();
      commits++;
      acknowledged = model;
    }
  }

  private void piece(WriteTxn tx, TreeMap<Long, byte[]> model) {
    int size = random.nextInt(3) == 0 ? 150 : 5;
    for (int i = 0; i < size; i++) {
      long key = random.nextInt(300);
      if (random.nextInt(3) == 0) {
        boolean _ = tx.delete(TABLE, key);
        model.remove(key);
        continue;
      }
      int kind = random.nextInt(100);
      int longest = kind == 0 ? 80_000 : kind < 10 ? 4000 : 300;
      byte[] value = new byte[random.nextInt(longest)];
      random.nextBytes(value);
      boolean _ = tx.put(TABLE, key, value);
      model.put(key, value);
    }
  }

  private static void assertHolds(Database db, TreeMap<Long, byte[]> wanted) {
    try (ReadTxn tx = db.beginRead()) {
      assertSees(tx, wanted);
    }
  }

  private static void assertSees(ReadTxn tx, TreeMap<Long, byte[]> wanted) {
    assertThat(tx.count(TABLE)).isEqualTo(wanted.size());
    for (Entry<Long, byte[]> entry : tx.scan(TABLE)) {
      assertThat(entry.value()).isEqualTo(wanted.get(entry.key()));
    }
  }
}
