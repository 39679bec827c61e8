package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.LogLayout;
import dev.pando.pager.LogReader;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageFile;
import dev.pando.pager.Storage;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Commits that are durable by a record in the commit log, and what a power cut leaves of them. */
final class CommitLogTest {
  private static final Path FILE = Path.of("/simulated/log.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final Table<String, String> OTHER = Table.of("o", Codec.utf8(), Codec.utf8());

  private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
  private final List<Call> calls = new ArrayList<>();
  private final Options options =
      Options.defaults()
          .withPageSize(512)
          .withLogSize(16 << 10)
          .withCloseTimeout(Duration.ZERO)
          .withSyncInterval(null);

  private Database open() {
    return Database.open(FILE, disk.options(options));
  }

  private void listen(Database db) {
    assertThat(db.openReport()).isNotNull();
    disk.onCall((call, file, offset, bytes) -> calls.add(call));
  }

  /** The disk as a power cut leaves it at which nothing reached it that was not synced. */
  private SimulatedDisk afterPowerCut() {
    List<SimulatedDisk> kept = new ArrayList<>();
    disk.powerCuts(1)
        .exhaustingUpTo(0, 0)
        .forEach(
            (kind, left) -> {
              if (kind.equals("nothing") || kind.startsWith("subset 0 of ")) {
                SimulatedDisk copy = new SimulatedDisk(4 << 20);
                copy.put(FILE, left.content(FILE));
                kept.add(copy);
              }
            });
    return kept.getFirst();
  }

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
  void aPowerCutLeavesWhatTheLogHas() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    db.update(
        tx -> {
          boolean _ = tx.put(TABLE, 1L, new byte[100]);
          boolean _ = tx.put(OTHER, "a", "b");
          boolean _ = tx.put(OTHER, "c", "d");
        });
    db.update(
        tx -> {
          boolean _ = tx.delete(OTHER, "a");
          boolean _ = tx.delete(TABLE, 77L);
          boolean _ = tx.put(TABLE, 0L, new byte[0]);
        });
    try (SimulatedDisk left = afterPowerCut()) {
      Options readOnly = left.options(options.withReadOnly(true));
      assertThat(readOnly.logIgnored()).isFalse();
      assertThat(readOnly.logSize()).isEqualTo(16 << 10);
      assertThatThrownBy(() -> Database.open(FILE, readOnly))
          .isInstanceOf(RecoveryNeededException.class)
          .hasMessageContaining("withLogIgnored");
      try (Database older = Database.open(FILE, left.options(readOnly.withLogIgnored(true)))) {
        assertThat(older.count(TABLE)).isEqualTo(1);
      }
      try (Database next = Database.open(FILE, left.options(options))) {
        assertThat(next.count(TABLE)).isEqualTo(2);
        assertThat(next.get(TABLE, 0L)).isEmpty();
        assertThat(next.get(TABLE, 1L)).hasSize(100);
        assertThat(next.get(OTHER, "a")).isNull();
        assertThat(next.get(OTHER, "c")).isEqualTo("d");
        CheckReport _ = next.check().throwIfBad();
      }
      try (Database again = Database.open(FILE, left.options(options.withReadOnly(true)))) {
        assertThat(again.count(TABLE)).isEqualTo(2);
      }
    }
    db.close();
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

  /**
   * The record was there before the append was refused: replaying stored what was never committed.
   */
  @Test
  void aRefusedAppendIsNotInTheRecord() {
    Database db = open();
    db.update(
        tx -> {
          boolean _ = tx.put(TABLE, 5L, new byte[5]);
          boolean _ = tx.put(OTHER, "a", "b");
        });
    db.update(
        tx -> {
          assertThatThrownBy(() -> tx.append(TABLE, 5L, new byte[6]))
              .isInstanceOf(IllegalArgumentException.class);
          boolean _ = tx.put(OTHER, "c", "d");
        });
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.get(TABLE, 5L)).hasSize(5);
      assertThat(next.get(OTHER, "c")).isEqualTo("d");
      CheckReport _ = next.check().throwIfBad();
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  /** A writer that was not alone did not replay, and its claim dropped the log. */
  @Test
  void aWriterReplaysBesideAReaderThatHasLeftTheLogOut() {
    Database db = open();
    for (long key = 0; key < 5; key++) {
      boolean _ = db.put(TABLE, key, new byte[10]);
    }
    try (SimulatedDisk left = afterPowerCut()) {
      Options readOnly = options.withReadOnly(true);
      Options ignoring = left.options(readOnly.withLogIgnored(true));
      try (Database reader = Database.open(FILE, ignoring)) {
        assertThat(reader.count(TABLE)).isEqualTo(1);
        Options third = left.options(readOnly);
        assertThatThrownBy(() -> Database.open(FILE, third))
            .isInstanceOf(RecoveryNeededException.class);
        try (ReadTxn older = reader.beginRead();
            Database writer = Database.open(FILE, left.options(options))) {
          assertThat(writer.openReport().replayed()).isEqualTo(4);
          assertThat(writer.openReport()).asString().contains("replayed 4 commits");
          assertThat(writer.count(TABLE)).isEqualTo(5);
          assertThat(reader.count(TABLE)).isEqualTo(5);
          assertThat(older.count(TABLE)).isEqualTo(1);
          CheckReport _ = writer.check().throwIfBad();
        }
      }
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void replayingNeedsRoomAndCanBeTriedAgain() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    for (long key = 0; key < 12; key++) {
      boolean _ = db.put(TABLE, key, new byte[300]);
    }
    try (SimulatedDisk left = afterPowerCut()) {
      left.fullAt(left.content(FILE).length, true);
      for (int i = 0; i < 3; i++) {
        Options full = left.options(options);
        assertThatThrownBy(() -> Database.open(FILE, full))
            .isInstanceOf(DatabaseFullException.class);
      }
      left.fullAt(Long.MAX_VALUE, true);
      try (Database next = Database.open(FILE, left.options(options))) {
        assertThat(next.count(TABLE)).isEqualTo(12);
        CheckReport _ = next.check().throwIfBad();
      }
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  /** The claim of a replay that failed was taken for one that has settled everything. */
  @Test
  void aFailedReplayBesideAReaderLosesNothing() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    for (long key = 0; key < 12; key++) {
      boolean _ = db.put(TABLE, key, new byte[300]);
    }
    try (SimulatedDisk left = afterPowerCut()) {
      Options ignoring = left.options(options.withReadOnly(true).withLogIgnored(true));
      try (Database reader = Database.open(FILE, ignoring)) {
        left.fullAt(left.content(FILE).length, true);
        Options full = left.options(options);
        assertThatThrownBy(() -> Database.open(FILE, full))
            .isInstanceOf(DatabaseFullException.class);
        left.fullAt(Long.MAX_VALUE, true);
        try (Database next = Database.open(FILE, left.options(options))) {
          assertThat(next.count(TABLE)).isEqualTo(12);
          boolean _ = next.put(TABLE, 99L, new byte[300]);
          assertThat(reader.count(TABLE)).isEqualTo(13);
          CheckReport _ = next.check().throwIfBad();
        }
      }
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
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

  /** Records with valid checksums whose content cannot be. */
  @Test
  void craftedRecordsAreRefused() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    boolean _ = db.put(TABLE, 1L, new byte[10]);
    int changes = LogLayout.CHANGES;
    int name = changes + 1 + 2; // after the kind of the change, and the length of the name
    Map<String, Consumer<byte[]>> crafts =
        Map.of(
            "kind of change",
            record -> record[changes] = 9,
            "names no table",
            record -> record[changes] = LogLayout.DELETE,
            "bytes left",
            record -> PageBytes.put16(record, changes + 1, 0xFFFF),
            "empty name",
            record -> {
              PageBytes.put16(record, changes + 1, 0);
              System.arraycopy(record, name + 1, record, name, 400);
            },
            "not UTF-8",
            record -> record[name] = (byte) 0xFF,
            "table: ",
            record -> record[name + 1 + 2] = 'x');
    crafts.forEach(
        (says, craft) -> {
          try (SimulatedDisk left = afterPowerCut()) {
            byte[] content = left.content(FILE);
            craft(left, content, craft);
            left.put(FILE, content);
            Options crafted = left.options(options);
            assertThatThrownBy(() -> Database.open(FILE, crafted))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("commit log")
                .hasMessageContaining(says);
            Options readOnly = left.options(options.withReadOnly(true).withLogIgnored(true));
            try (Database older = Database.open(FILE, readOnly)) {
              assertThat(older.count(TABLE)).isEqualTo(1);
              CheckReport _ = older.check().throwIfBad();
            }
          }
        });
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  private static void craft(SimulatedDisk left, byte[] content, Consumer<byte[]> craft) {
    try (PageFile file = ((Storage) left.process()).open(FILE, false)) {
      Meta meta = MetaSlots.read(file).valid().getFirst().meta();
      int at = (int) (meta.log().pgno() * 512 + meta.log().next());
      byte[] record = Arrays.copyOfRange(content, at, at + 512);
      int length = (int) PageBytes.u32(record, LogLayout.LENGTH);
      long txnId = PageBytes.u64(record, LogLayout.TXN);
      craft.accept(record);
      UUID incarnation = meta.lineage().incarnation();
      LogReader.seal(record, length, txnId, meta.log().after(), incarnation);
      System.arraycopy(record, 0, content, at, 512);
    }
  }

  /** What a disk may not do: each test of a program should notice such a disk. */
  @Test
  void aDiskThatLiesLosesCommits() {
    Database db = open();
    boolean _ = db.put(TABLE, 0L, new byte[10]);
    disk.lieAboutRanges(true);
    boolean _ = db.put(TABLE, 1L, new byte[10]);
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.count(TABLE)).isEqualTo(1);
      CheckReport _ = next.check().throwIfBad();
    }
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

  @Test
  void aClosedDatabaseHasNothingInItsLogAlone() {
    try (Database db = open()) {
      for (long i = 0; i < 5; i++) {
        boolean _ = db.put(TABLE, i, new byte[10]);
      }
    }
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options.withReadOnly(true)))) {
      assertThat(next.count(TABLE)).isEqualTo(5);
      CheckReport _ = next.check().throwIfBad();
    }
  }
}
