package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            for (long i = 0; i < 20_000; i++) {
              tx.put(TABLE, i, new byte[100]);
            }
          });
      assertThat(operations).endsWith("write", "map", "sync", "write", "sync");
      long writes = operations.stream().filter("write"::equals).count();
      assertThat(writes).isLessThan(20);
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
      assertThat(operations.subList(0, 2)).containsExactly("write", "sync");
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
}
