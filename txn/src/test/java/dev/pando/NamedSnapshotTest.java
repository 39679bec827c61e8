package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamedSnapshotTest extends DatabaseTestBase {
  private static long sum(Database db, String snapshot) {
    try (ReadTxn tx = db.snapshots().open(snapshot)) {
      return Churn.sum(tx);
    }
  }

  private static long sum(Database db) {
    return db.<Long, RuntimeException>view(Churn::sum);
  }

  @Test
  void keepsAStateThroughChangesAndRestarts() {
    Database db = open();
    Churn.load(db);
    final long before = sum(db);
    final long loaded = db.stat().pageCount();
    NamedSnapshot made = db.snapshots().create("before");
    assertThat(made.pagesHeld()).isZero();
    Churn.run(db, 1, 5);
    assertThat(sum(db, "before")).isEqualTo(before);
    closeChecked(db);
    for (int round = 6; round < 12; round++) { // each process finds out what is held anew
      db = open();
      Churn.run(db, round, 1);
      assertThat(sum(db, "before")).isEqualTo(before);
      closeChecked(db);
    }
    db = open();
    assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
    List<NamedSnapshot> all = db.snapshots().list();
    assertThat(all).hasSize(1);
    assertThat(all.getFirst().name()).isEqualTo("before");
    assertThat(all.getFirst().txnId()).isEqualTo(made.txnId());
    assertThat(all.getFirst().created()).isEqualTo(made.created());
    assertThat(all.getFirst().pagesHeld()).isBetween(loaded / 2, loaded + 10);
    assertThat(db.snapshots().drop("before")).isTrue();
    long pages = db.stat().pageCount();
    Churn.run(db, 20, 5);
    assertThat(db.stat().pageCount()).as("its pages are reused").isLessThanOrEqualTo(pages);
  }

  /** Free pages at the end are cut off though the snapshot has them, free as well. */
  @Test
  void mayHaveMorePagesThanTheFileHasNow() {
    Database db = open();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[6 << 20]));
    db.update(tx -> tx.delete(BLOBS, 1L));
    for (int i = 0; i < 6; i++) {
      db.update(tx -> tx.put(NAMES, 1L, "x")); // to the front
    }
    Object _ = db.snapshots().create("longer");
    long then = db.stat().pageCount();
    for (int i = 0; i < 40; i++) {
      db.update(tx -> tx.put(NAMES, 1L, "y"));
    }
    assertThat(db.stat().pageCount()).isLessThan(then / 2);
    CheckReport _ = db.check().throwIfBad();
    try (ReadTxn tx = db.snapshots().open("longer")) {
      assertThat(tx.get(NAMES, 1L)).isEqualTo("x");
    }
  }

  @Test
  void severalOverlap() {
    Database db = open();
    Churn.load(db);
    long[] sums = new long[5];
    for (int i = 0; i < 5; i++) {
      sums[i] = sum(db);
      db.snapshots().create("s" + i);
      Churn.run(db, i + 1, 1);
      if (i % 2 == 1) {
        closeChecked(db);
        db = open();
      }
    }
    for (int i = 0; i < 5; i++) {
      assertThat(sum(db, "s" + i)).isEqualTo(sums[i]);
    }
    assertThat(db.snapshots().drop("s2")).isTrue();
    Churn.run(db, 9, 3);
    closeChecked(db);
    db = open();
    Churn.run(db, 12, 3);
    for (int i = 0; i < 5; i++) {
      if (i != 2) {
        assertThat(sum(db, "s" + i)).isEqualTo(sums[i]);
      }
    }
    assertThat(db.snapshots().list())
        .extracting(NamedSnapshot::name)
        .containsExactly("s0", "s1", "s3", "s4");
  }

  @Test
  void aReaderOutlivesItsSnapshot() {
    Database db = open();
    Churn.load(db);
    long before = sum(db);
    db.snapshots().create("short");
    Churn.run(db, 1, 1);
    try (ReadTxn tx = db.snapshots().open("short")) {
      assertThat(db.snapshots().drop("short")).isTrue();
      Churn.run(db, 2, 4);
      assertThat(Churn.sum(tx)).isEqualTo(before);
    }
    assertThatThrownBy(() -> db.snapshots().open("short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no snapshot of the name short");
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void namesAndTablesDoNotMix() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    db.snapshots().create("names");
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).containsExactly("names");
    assertThat(db.stat().tables()).isEqualTo(1);
    assertThatThrownBy(() -> db.snapshots().create("names"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is a snapshot of the name names already");
    assertThatThrownBy(() -> db.snapshots().create(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(db.snapshots().drop("other")).isFalse();
    db.update(tx -> tx.drop("names"));
    try (ReadTxn tx = db.snapshots().open("names")) {
      assertThat(tx.get(NAMES, 1L)).isEqualTo("x");
      assertThat(tx.tables()).containsExactly("names");
    }
    CheckReport report = db.check().throwIfBad();
    assertThat(report.tables()).isZero();
  }

  /**
   * To find a named snapshot the newest commit's catalog was read while an older one was pinned: a
   * process that was held up meanwhile read pages that others had reused.
   */
  @Test
  void whoLooksForOneReadsWhatIsPinned() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    NamedSnapshot _ = db.snapshots().create("a");
    long[] calls = new long[1];
    ReadTxn found =
        db.reading()
            .older(
                now -> {
                  long pins =
                      db.readers().stream().filter(reader -> reader.txnId() == now.txnId()).count();
                  assertThat(pins).as("readers of what is looked at").isEqualTo(1);
                  if (calls[0]++ < 3) {
                    db.update(tx -> tx.put(NAMES, 2L, "y"));
                  }
                  return now;
                },
                true);
    assertThat(found).isNotNull();
    found.close();
    assertThat(calls[0]).isEqualTo(4);
  }
}
