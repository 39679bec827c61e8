package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.pager.LogLayout;
import dev.pando.pager.LogReader;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageFile;
import dev.pando.pager.Storage;
import dev.pando.testkit.SimulatedDisk;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a power cut leaves of commits that only the commit log has, and how it is replayed. */
final class LogReplayTest extends CommitLogTestBase {
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

  /** A small load is in the commit log, as its entries would be one by one. */
  @Test
  void aSortedLoadIsInTheRecord() {
    Database db = open();
    boolean _ = db.put(OTHER, "a", "b");
    db.update(
        tx -> {
          boolean _ = tx.put(TABLE, 3L, new byte[3]);
          assertThat(tx.loadSorted(OTHER, Map.of("c", "d").entrySet().iterator())).isEqualTo(1);
          boolean _ = tx.put(TABLE, 4L, new byte[4]);
        });
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.openReport().replayed()).isEqualTo(1);
      assertThat(next.get(OTHER, "c")).isEqualTo("d");
      assertThat(next.count(TABLE)).isEqualTo(2);
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
