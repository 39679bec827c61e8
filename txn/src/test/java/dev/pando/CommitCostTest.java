package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a commit asks of the disk, in order: the protocol, step by step. */
final class CommitCostTest {
  private static final Path FILE = Path.of("/simulated/cost.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());

  private final SimulatedDisk disk = new SimulatedDisk(32 << 20);
  private final List<Call> calls = new ArrayList<>();

  private Database open() {
    Database db = Database.open(FILE, disk.options(Options.defaults().withLogSize(0)));
    disk.onCall((call, file, offset, bytes) -> calls.add(call));
    return db;
  }

  private void put(Database db, long key, int size) {
    calls.clear();
    db.update(tx -> tx.put(TABLE, key, new byte[size]));
  }

  @Test
  void onePutIsOneWriteOfPagesOneOfTheMetaAndOneSync() {
    try (Database db = open()) {
      for (long i = 0; i < 50; i++) {
        put(db, i % 7, 100);
      }
      assertThat(calls).containsExactly(Call.WRITE, Call.WRITE, Call.SYNC);
      calls.clear();
      db.update(tx -> assertThat(tx.get(TABLE, 1L)).hasSize(100));
      assertThat(calls).isEmpty();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void manyPagesAreSyncedBeforeTheMetaIsWritten() {
    try (Database db = open()) {
      calls.clear();
      db.update(
          tx -> {
            for (long i = 0; i < 80_000; i++) {
              tx.put(TABLE, i * 7919 % 80_000, new byte[100]); // in no order: none is written early
            }
          });
      assertThat(calls).endsWith(Call.WRITE, Call.MAP, Call.SYNC, Call.WRITE, Call.SYNC);
      long writes = calls.stream().filter(Call.WRITE::equals).count();
      assertThat(writes).isLessThan(100); // for 3,000 pages
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aLargeValueIsWrittenOnceAndSyncedFirst() {
    try (Database db = open()) {
      put(db, 1, 1 << 20);
      assertThat(calls).endsWith(Call.SYNC, Call.WRITE, Call.SYNC);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aProcessThatFindsAFileClaimsItFirst() {
    open().close();
    try (Database db = open()) {
      put(db, 1, 10);
      assertThat(calls.subList(0, 3)).containsExactly(Call.READ, Call.WRITE, Call.SYNC);
      assertThat(calls).endsWith(Call.WRITE, Call.MAP, Call.WRITE, Call.SYNC);
      long first = db.stat().txnId();
      put(db, 1, 10);
      assertThat(calls).containsExactly(Call.WRITE, Call.WRITE, Call.SYNC);
      assertThat(db.stat().txnId()).isEqualTo(first + 1);
    }
    calls.clear();
    open().close();
    assertThat(calls).as("a session that writes nothing").doesNotContain(Call.WRITE, Call.SYNC);
  }

  @Test
  void aCleanCloseSaysThatTheLastCommitIsOnDisk() {
    try (Database db = open()) {
      put(db, 1, 10);
      calls.clear();
    }
    assertThat(calls).startsWith(Call.WRITE, Call.SYNC).contains(Call.TRUNCATE);
  }

  /**
   * What scattered changes cost is the number of separate pieces that are written. The file is as
   * full as it gets: its free pages are what random overwriting leaves.
   */
  @Test
  void aCommitOfManyRandomPutsIsWrittenInFewPieces() {
    SimulatedDisk large = new SimulatedDisk(64 << 20);
    Options options = large.options(Options.defaults().withPageSize(512).withLogSize(0));
    Random random = new Random(1);
    try (Database db = Database.open(FILE, options)) {
      db.update(
          tx -> {
            for (long i = 0; i < 40_000; i++) {
              tx.put(TABLE, random.nextLong(), new byte[60]);
            }
          });
      List<Long> keys = db.view(tx -> tx.scan(TABLE).stream().map(Entry::key).toList());
      long live = db.stat().pageCount() - db.stat().freePages();
      long writes = 0;
      long written = 0;
      for (int commit = 0; commit < 100; commit++) {
        calls.clear();
        long[] bytes = new long[1];
        boolean counted = commit >= 60;
        large.onCall(
            (call, file, offset, count) -> {
              if (call == Call.WRITE) {
                calls.add(call);
              }
            });
        db.update(
            tx -> {
              for (int i = 0; i < 400; i++) {
                tx.put(TABLE, keys.get(random.nextInt(keys.size())), new byte[60]);
              }
              bytes[0] = tx.pages().dirtyBytes();
            });
        if (counted) {
          writes += calls.size();
          written += bytes[0] / 512;
        }
      }
      System.out.printf("CommitCostTest: %d pages in %d writes%n", written, writes);
      assertThat(writes).isLessThan(written * 2 / 5);
      assertThat(db.stat().pageCount()).isLessThan(live * 3 / 2);
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
