package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.ExpectedTables;
import dev.pando.crash.Figures;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.Random;
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
  private static final String TABLE = "t";
  private static final int PROGRAMS = 750;

  private Random random = new Random();
  private ExpectedTables<Long> acknowledged = none();
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
      acknowledged = none();
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

  private static ExpectedTables<Long> none() {
    return new ExpectedTables<>(Codec.u64());
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
    ExpectedTables<Long> model = acknowledged.copy();
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = 0; i < 12; i++) {
        ExpectedTables<Long> before = model.copy();
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
          model.assertSeenBy(tx);
        }
        failing = false;
      }
      tx.commit();
      commits++;
      acknowledged = model;
    }
  }

  private void piece(WriteTxn tx, ExpectedTables<Long> model) {
    int size = random.nextInt(3) == 0 ? 150 : 5;
    for (int i = 0; i < size; i++) {
      long key = random.nextInt(300);
      if (random.nextInt(3) == 0) {
        model.delete(tx, TABLE, key);
        continue;
      }
      int kind = random.nextInt(100);
      int longest = kind == 0 ? 80_000 : kind < 10 ? 4000 : 300;
      byte[] value = new byte[random.nextInt(longest)];
      random.nextBytes(value);
      model.put(tx, TABLE, key, value);
    }
  }

  private static void assertHolds(Database db, ExpectedTables<Long> wanted) {
    try (ReadTxn tx = db.beginRead()) {
      wanted.assertSeenBy(tx);
    }
  }
}
