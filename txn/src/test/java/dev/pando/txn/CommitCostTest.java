package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a commit asks of the disk, in order: the protocol, step by step. */
final class CommitCostTest {
  private static final Path FILE = Path.of("/sim/cost.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());

  private final SimStorage storage = new SimStorage(32 << 20);
  private final List<String> operations = new ArrayList<>();

  private Database open() {
    Database db = Database.open(FILE, Options.defaults().withStorage(storage));
    storage.hook = (operation, file) -> operations.add(operation);
    return db;
  }

  private void put(Database db, long key, int size) {
    operations.clear();
    db.update(tx -> tx.put(TABLE, key, new byte[size]));
  }

  @Test
  void onePutIsOneWriteOfPagesOneOfTheMetaAndOneSync() {
    try (Database db = open()) {
      for (long i = 0; i < 50; i++) {
        put(db, i % 7, 100);
      }
      assertThat(operations).containsExactly("write", "write", "sync");
      operations.clear();
      db.update(tx -> assertThat(tx.get(TABLE, 1L)).hasSize(100));
      assertThat(operations).isEmpty();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void manyPagesAreSyncedBeforeTheMetaIsWritten() {
    try (Database db = open()) {
      operations.clear();
      db.update(
          tx -> {
            for (long i = 0; i < 80_000; i++) {
              tx.put(TABLE, i * 7919 % 80_000, new byte[100]); // in no order: none is written early
            }
          });
      assertThat(operations).endsWith("write", "map", "sync", "write", "sync");
      long writes = operations.stream().filter("write"::equals).count();
      assertThat(writes).isLessThan(100); // for 3,000 pages
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aLargeValueIsWrittenOnceAndSyncedFirst() {
    try (Database db = open()) {
      put(db, 1, 1 << 20);
      assertThat(operations).endsWith("sync", "write", "sync");
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aProcessThatFindsAFileClaimsItFirst() {
    open().close();
    try (Database db = open()) {
      put(db, 1, 10);
      assertThat(operations.subList(0, 3)).containsExactly("read", "write", "sync");
      assertThat(operations).endsWith("write", "map", "write", "sync");
      long first = db.stat().txnId();
      put(db, 1, 10);
      assertThat(operations).containsExactly("write", "write", "sync");
      assertThat(db.stat().txnId()).isEqualTo(first + 1);
    }
    operations.clear();
    open().close();
    assertThat(operations).as("a session that writes nothing").doesNotContain("write", "sync");
  }

  @Test
  void aCleanCloseSaysThatTheLastCommitIsOnDisk() {
    try (Database db = open()) {
      put(db, 1, 10);
      operations.clear();
    }
    assertThat(operations).startsWith("write", "sync").contains("truncate");
  }

  /**
   * What scattered changes cost is the number of separate pieces that are written. The file is as
   * full as it gets: its free pages are what random overwriting leaves.
   */
  @Test
  void aCommitOfManyRandomPutsIsWrittenInFewPieces() {
    SimStorage large = new SimStorage(64 << 20);
    Options options = Options.defaults().withPageSize(512).withStorage(large);
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
        operations.clear();
        long[] bytes = new long[1];
        boolean counted = commit >= 60;
        large.hook =
            (operation, file) -> {
              if (operation.equals("write")) {
                operations.add(operation);
              }
            };
        db.update(
            tx -> {
              for (int i = 0; i < 400; i++) {
                tx.put(TABLE, keys.get(random.nextInt(keys.size())), new byte[60]);
              }
              bytes[0] = tx.pages().dirtyBytes();
            });
        if (counted) {
          writes += operations.size();
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
