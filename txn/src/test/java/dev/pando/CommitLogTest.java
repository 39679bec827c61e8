package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Commits that are durable by a record in the commit log: what is written, and when. */
final class CommitLogTest extends CommitLogTestBase {
  @Test
  void aSmallCommitWritesOneRecordAndSyncsNothingElse() {
    try (Database db = Database.open(FILE, disk.options(options.withLogSize(64 << 10)))) {
      for (long i = 0; i < 20; i++) {
        boolean _ = db.put(TABLE, i % 5, new byte[10]); // the first one makes the log
      }
      listen(db);
      boolean _ = db.put(TABLE, 2L, new byte[10]);
      assertThat(calls).containsExactly(Call.WRITE, Call.WRITE, Call.WRITE, Call.SYNC_RANGE);
      assertThat(db.stat().unsyncedCommits()).isZero();
      db.update(tx -> assertThat(tx.get(TABLE, 2L)).hasSize(10));
      assertThat(calls).hasSize(4);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void theLogGoesRoundAndRound() {
    long seed = new Random().nextLong();
    System.out.println("CommitLogTest: seed " + seed);
    goRound(new Random(seed));
  }

  /** For planted bugs: tells how the first rounds went. */
  static String search(long seed, int programs) {
    assertThat(programs).isPositive();
    try {
      new CommitLogTest().goRound(new Random(seed));
      return "nothing in 300 commits";
    } catch (Throwable e) {
      return "300 commits: " + e;
    }
  }

  private void goRound(Random random) {
    TreeMap<Long, byte[]> expected = new TreeMap<>();
    Database db = open();
    for (int i = 0; i < 300; i++) {
      long key = random.nextInt(100);
      byte[] value = new byte[random.nextInt(400)];
      random.nextBytes(value);
      boolean _ = db.put(TABLE, key, value);
      expected.put(key, value);
      if (i % 10 == 0) {
        try (SimulatedDisk left = afterPowerCut();
            Database next = Database.open(FILE, left.options(options))) {
          next.view(
              tx -> {
                assertThat(tx.count(TABLE)).isEqualTo(expected.size());
                expected.forEach((k, v) -> assertThat(tx.get(TABLE, k)).isEqualTo(v));
                return null;
              });
          CheckReport _ = next.check().throwIfBad();
        }
      }
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void whatASavepointUndoesIsNotInTheRecord() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    try (WriteTxn tx = db.beginWrite()) {
      boolean _ = tx.put(TABLE, 1L, new byte[1]);
      Savepoint before = tx.savepoint();
      boolean _ = tx.put(TABLE, 2L, new byte[2]);
      boolean _ = tx.put(OTHER, "x", "y");
      tx.rollbackTo(before);
      boolean _ = tx.put(TABLE, 3L, new byte[3]);
      tx.commit();
    }
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.count(TABLE)).isEqualTo(3);
      assertThat(next.get(TABLE, 2L)).isNull();
      assertThat(next.count(OTHER)).isZero();
      CheckReport _ = next.check().throwIfBad();
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void changesThatTheLogCannotHaveAreSynced() {
    try (Database db = open()) {
      boolean _ = db.put(TABLE, 0L, new byte[10]);
      listen(db);
      db.update(
          tx -> {
            boolean _ = tx.put(OTHER, "x", "y");
            tx.clear(TABLE);
          });
      assertThat(calls).contains(Call.SYNC).doesNotContain(Call.SYNC_RANGE);
      calls.clear();
      boolean _ = db.put(OTHER, "x", "z");
      assertThat(calls).contains(Call.SYNC_RANGE).doesNotContain(Call.SYNC);
      calls.clear();
      boolean _ = db.put(TABLE, 1L, new byte[20_000]); // more than a record may have
      assertThat(calls).contains(Call.SYNC).doesNotContain(Call.SYNC_RANGE);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aRecordThatCannotBeWrittenFailsTheDatabase() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC_RANGE) {
            throw new StorageIoException("planted", null);
          }
        });
    assertThatThrownBy(() -> db.put(TABLE, 1L, new byte[10]))
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("commit log");
    assertThatThrownBy(() -> db.put(TABLE, 1L, new byte[10]))
        .isInstanceOf(DatabaseFailedException.class);
    assertThat(db.count(TABLE)).isEqualTo(1);
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void withoutALogEachCommitIsSynced() {
    try (Database db = Database.open(FILE, disk.options(options.withLogSize(0)))) {
      for (long i = 0; i < 50; i++) {
        boolean _ = db.put(TABLE, i % 5, new byte[10]);
      }
      listen(db);
      boolean _ = db.put(TABLE, 2L, new byte[10]);
      assertThat(calls).containsExactly(Call.WRITE, Call.WRITE, Call.SYNC);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void batchesAreInTheRecordToo() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    listen(db);
    db.update(
        tx -> {
          Batch<Long, byte[]> batch = tx.batch(TABLE);
          batch.put(3L, new byte[3]);
          batch.put(2L, new byte[2]);
          boolean _ = tx.put(TABLE, 4L, new byte[4]); // makes the changes that wait
          batch.put(4L, new byte[5]);
          batch.delete(2L);
          assertThat(tx.get(TABLE, 3L)).hasSize(3);
        });
    assertThat(calls).contains(Call.SYNC_RANGE).doesNotContain(Call.SYNC);
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.count(TABLE)).isEqualTo(3);
      assertThat(next.get(TABLE, 4L)).hasSize(5);
      CheckReport _ = next.check().throwIfBad();
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  /** A copy has no log, and the named snapshots of the original do not see its pages. */
  @Test
  void copiesAndSnapshotsHaveNoLog() {
    Path copy = Path.of("/simulated/copy.pando");
    Database db = open();
    for (long key = 0; key < 5; key++) {
      boolean _ = db.put(TABLE, key, new byte[10]);
    }
    Object _ = db.snapshots().create("kept");
    for (long key = 5; key < 9; key++) {
      boolean _ = db.put(TABLE, key, new byte[10]);
    }
    CheckReport _ = db.check().throwIfBad();
    Object _ = db.backup(copy);
    try (Database read = Database.open(copy, disk.options(options.withReadOnly(true)))) {
      assertThat(read.count(TABLE)).isEqualTo(9);
      CheckReport _ = read.check().throwIfBad();
    }
    db.compact();
    boolean _ = db.put(TABLE, 9L, new byte[10]);
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void withoutALogSizeADatabaseLeavesItsLog() {
    open().close();
    try (Database db = open()) {
      boolean _ = db.put(TABLE, 0L, new byte[10]);
      boolean _ = db.put(TABLE, 1L, new byte[10]);
    }
    try (Database db = Database.open(FILE, disk.options(options.withLogSize(0)))) {
      boolean _ = db.put(TABLE, 2L, new byte[10]);
      listen(db);
      boolean _ = db.put(TABLE, 3L, new byte[10]);
      assertThat(calls).contains(Call.SYNC).doesNotContain(Call.SYNC_RANGE);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aDatabaseGetsALogAfterSomeSmallCommits() {
    try (Database db = Database.open(FILE, disk.options(Options.defaults().withPageSize(512)))) {
      listen(db);
      for (long i = 0; i < 30; i++) {
        boolean _ = db.put(TABLE, i, new byte[10]);
      }
      assertThat(calls).contains(Call.SYNC, Call.SYNC_RANGE);
      assertThat(db.stat().fileBytes()).isBetween(256L << 10, 400L << 10);
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
