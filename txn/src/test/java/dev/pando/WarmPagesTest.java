package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.PageHeader;
import dev.pando.testkit.SimulatedDisk.Call;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Between two full syncs commits write the same pages again and again. */
class WarmPagesTest extends CommitLogTestBase {
  private static final int COMMITS = 100;

  /** Leaf, branch and catalog, in the base and in the commit before it, and some to spare. */
  private static final int MOST_PAGES = 10;

  private final Set<Long> written = new HashSet<>();

  private Database loaded() {
    Database db = Database.open(FILE, disk.options(options.withLogSize(256 << 10)));
    db.update(
        tx -> {
          for (long key = 0; key < 300; key++) {
            boolean _ = tx.put(TABLE, key, new byte[20]);
          }
        });
    db.update(tx -> tx.put(TABLE, 1L, new byte[20])); // makes the log
    long pages = PageHeader.FIRST_PGNO * 512L;
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.WRITE && file.equals(FILE) && offset >= pages) {
            for (long at = offset; at < offset + bytes; at += 512) {
              boolean _ = written.add(at / 512);
            }
          }
        });
    return db;
  }

  private static void commit(Database db, Durability durability) {
    for (int i = 0; i < COMMITS; i++) {
      byte[] value = new byte[20];
      value[0] = (byte) i;
      db.update(durability, tx -> tx.put(TABLE, 7L, value));
    }
  }

  @Test
  void withALog() {
    try (Database db = loaded()) {
      commit(db, Durability.SYNC);
      assertThat(written).hasSizeBetween(COMMITS + 3, COMMITS + MOST_PAGES); // each has a record
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void withoutWaiting() {
    try (Database db = loaded()) {
      commit(db, Durability.ASYNC);
      assertThat(written).hasSizeBetween(3, MOST_PAGES);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** A reader sees none of them change. */
  @Test
  void besideAReader() {
    try (Database db = loaded()) {
      commit(db, Durability.SYNC);
      try (ReadTxn tx = db.beginRead()) {
        byte[] before = tx.get(TABLE, 7L);
        commit(db, Durability.SYNC);
        assertThat(tx.get(TABLE, 7L)).isEqualTo(before);
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** All of them are found when there is no other room. */
  @Test
  void areTakenForAnything() {
    try (Database db = loaded()) {
      db.update(
          Durability.ASYNC,
          tx -> {
            for (long key = 1000; key < 2000; key++) {
              boolean _ = tx.put(TABLE, key, new byte[200]);
            }
          });
      long most = db.stat().pageCount();
      for (int i = 0; i < 20; i++) {
        db.update(
            Durability.ASYNC,
            tx -> {
              for (long key = 1000; key < 2000; key++) {
                boolean _ = tx.delete(TABLE, key);
              }
            });
        db.update(
            Durability.ASYNC,
            tx -> {
              for (long key = 1000; key < 2000; key++) {
                boolean _ = tx.put(TABLE, key, new byte[200]);
              }
            });
      }
      assertThat(db.stat().pageCount()).isLessThan(2 * most);
      db.compact();
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
