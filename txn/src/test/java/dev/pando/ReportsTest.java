package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The numbers that a database reports about itself, its tables and its snapshots. */
class ReportsTest extends DatabaseTestBase {
  private Database filled() {
    Database db = open();
    db.update(
        tx -> {
          for (long key = 0; key < 1000; key++) {
            tx.put(NAMES, key, "name " + key);
          }
          tx.put(BLOBS, 1L, new byte[100_000]);
        });
    return db;
  }

  @Test
  void ofATable() {
    Database db = filled();
    try (ReadTxn tx = db.beginRead()) {
      TableStat names = tx.stat("names");
      assertThat(names).isNotNull();
      assertThat(names.name()).isEqualTo("names");
      assertThat(names.entries()).isEqualTo(1000);
      assertThat(names.depth()).isEqualTo(2);
      assertThat(names.branchPages()).isEqualTo(1);
      assertThat(names.overflowPages()).isZero();
      assertThat(names.pages()).isEqualTo(1 + names.leafPages());
      TableStat blobs = tx.stat("blobs");
      assertThat(blobs).isNotNull();
      assertThat(blobs.overflowPages()).isBetween(25L, 26L);
      assertThat(blobs.branchPages()).isZero();
    }
  }

  @Test
  void ofACheck() {
    Database db = filled();
    CheckReport report = db.check();
    Stat stat = db.stat();
    assertThat(report.path()).isEqualTo(file());
    assertThat(report.entries()).isEqualTo(1001);
    assertThat(report.pages()).isEqualTo(stat.pageCount());
    assertThat(report.freePages()).isEqualTo(stat.freePages());
    assertThat(report.usedPages() + report.freePages()).isEqualTo(report.pages() - 3);
  }

  @Test
  void ofASnapshot() {
    Database db = filled();
    Instant before = Instant.now().minusMillis(1);
    db.snapshots().create("now");
    assertThat(db.snapshots().list().getFirst().created()).isBetween(before, Instant.now());
  }

  /** Each of several passes began at 0 again. */
  @Test
  void ofACompaction() {
    Database db = filled();
    db.update(tx -> tx.clear(BLOBS));
    List<Long> done = new ArrayList<>();
    Set<Long> total = new HashSet<>();
    db.compact(
        (part, all) -> {
          done.add(part);
          total.add(all);
        });
    assertThat(done).isSorted();
    assertThat(total).containsExactly(done.getLast());
  }
}
