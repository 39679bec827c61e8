package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.btree.KeyBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** {@link Snapshots#restore}: what is seen after it, and what it costs. */
class RestoreTest extends DatabaseTestBase {
  private static void fill(Database db, int from, int to, String value) {
    db.update(
        tx -> {
          for (long key = from; key < to; key++) {
            tx.put(NAMES, key, value + key);
          }
        });
  }

  private static String name(Database db, long key) {
    return db.<String, RuntimeException>view(tx -> tx.get(NAMES, key));
  }

  @Test
  void theTablesAreThoseOfTheSnapshot() {
    Database db = open();
    fill(db, 0, 2000, "old ");
    db.update(tx -> tx.put(BLOBS, 1L, new byte[100_000]));
    final NamedSnapshot made = db.snapshots().create("old");
    fill(db, 1000, 3000, "new ");
    db.update(tx -> tx.drop("blobs"));
    db.update(tx -> tx.put(WORDS, "a", "b"));
    final NamedSnapshot newer = db.snapshots().create("new");
    long restored = db.snapshots().restore("old");
    assertThat(restored).isGreaterThan(newer.txnId());
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.txnId()).isEqualTo(restored);
      assertThat(tx.tables()).containsExactly("blobs", "names");
      assertThat(tx.count(NAMES)).isEqualTo(2000);
      assertThat(tx.get(NAMES, 1999L)).isEqualTo("old 1999");
      assertThat(tx.get(BLOBS, 1L)).hasSize(100_000);
    }
    CheckReport _ = db.check().throwIfBad();
    assertThat(db.snapshots().list())
        .extracting(NamedSnapshot::name, NamedSnapshot::txnId)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("new", newer.txnId()),
            org.assertj.core.groups.Tuple.tuple("old", made.txnId()));
    fill(db, 0, 100, "later ");
    CheckReport _ = db.check().throwIfBad();
    assertThat(db.snapshots().restore("new")).isGreaterThan(restored); // forwards again
    assertThat(name(db, 50L)).isEqualTo("old 50");
    assertThat(name(db, 2999L)).isEqualTo("new 2999");
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables))
        .containsExactly("names", "words");
    closeChecked(db);
    db = open();
    assertThat(name(db, 2999L)).isEqualTo("new 2999");
    try (ReadTxn tx = db.snapshots().open("old")) {
      assertThat(tx.get(NAMES, 1999L)).isEqualTo("old 1999");
    }
  }

  /** What readers have found of a table is kept from commit to commit. */
  @Test
  void tablesThatReadersHaveFoundAreLookedUpAgain() {
    Database db = open();
    fill(db, 0, 10, "old ");
    Object _ = db.snapshots().create("old");
    fill(db, 0, 2000, "new ");
    assertThat(name(db, 5)).isEqualTo("new 5");
    long _ = db.snapshots().restore("old");
    assertThat(name(db, 5)).isEqualTo("old 5");
    assertThat(name(db, 50)).isNull();
    assertThat(db.count(NAMES)).isEqualTo(10);
  }

  @Test
  void twiceIsAsOnce() {
    Database db = open();
    fill(db, 0, 1000, "old ");
    Object _ = db.snapshots().create("old");
    fill(db, 0, 1000, "new ");
    long first = db.snapshots().restore("old");
    long second = db.snapshots().restore("old");
    assertThat(second).isGreaterThan(first);
    CheckReport _ = db.check().throwIfBad();
    assertThat(name(db, 999)).isEqualTo("old 999");
    fill(db, 0, 10, "later ");
    assertThat(db.snapshots().restore("old")).isGreaterThan(second);
    assertThat(name(db, 9)).isEqualTo("old 9");
  }

  @Test
  void anEmptyStateComesBack() {
    Database db = open();
    Object _ = db.snapshots().create("empty");
    fill(db, 0, 3000, "value ");
    db.update(tx -> tx.put(BLOBS, 1L, new byte[70_000]));
    final long pages = db.stat().pageCount();
    long _ = db.snapshots().restore("empty");
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).isEmpty();
    CheckReport _ = db.check().throwIfBad();
    assertThat(db.snapshots().drop("empty")).isTrue();
    for (int i = 0; i < 4; i++) {
      fill(db, 0, 1000, "again ");
    }
    assertThat(db.stat().pageCount()).as("pages are used again").isLessThanOrEqualTo(pages + 8);
  }

  @Test
  void whatIsNotThereIsRefused() {
    Database db = open();
    fill(db, 0, 10, "value ");
    long before = db.stat().txnId();
    assertThatThrownBy(() -> db.snapshots().restore("none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no snapshot of the name none");
    assertThatThrownBy(() -> db.snapshots().restore("x".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(db.stat().txnId()).isEqualTo(before);
    try (WriteTxn _ = db.beginWrite()) {
      assertThatThrownBy(() -> db.snapshots().restore("none"))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void copiesNothing() {
    Database db = open();
    fill(db, 0, 20_000, "old ");
    Object _ = db.snapshots().create("old");
    fill(db, 0, 20_000, "new ");
    fill(db, 0, 20_000, "newer ");
    long before = db.stat().pageCount();
    long _ = db.snapshots().restore("old");
    assertThat(db.stat().pageCount()).isLessThanOrEqualTo(before);
    assertThat(db.<TableStat, RuntimeException>view(tx -> tx.stat("names")).pages())
        .isGreaterThan(100);
    try (WriteTxn tx = db.beginWrite()) {
      SnapshotChanges.restore(tx, tx.snapshot().named().find("old"));
      assertThat(tx.pages().dirtyBytes()).as("bytes of changed pages").isLessThan(5 * 4096);
    }
    assertThat(name(db, 19_999)).isEqualTo("old 19999");
  }

  /** It may be given up before its commit: what is known of free pages is read again. */
  @Test
  void whatIsRolledBackLeavesNothing() {
    Database db = open();
    fill(db, 0, 2000, "old ");
    Object _ = db.snapshots().create("old");
    fill(db, 0, 2000, "new ");
    try (WriteTxn tx = db.beginWrite()) {
      SnapshotChanges.restore(tx, tx.snapshot().named().find("old"));
      assertThat(tx.get(NAMES, 7L)).isEqualTo("old 7");
    }
    fill(db, 0, 2000, "later ");
    CheckReport _ = db.check().throwIfBad();
    try (ReadTxn tx = db.snapshots().open("old")) {
      assertThat(tx.get(NAMES, 1234L)).isEqualTo("old 1234");
    }
  }

  @Test
  void readersAndUpdatesGoOn() throws InterruptedException {
    Database db = open();
    fill(db, 0, 2000, "old ");
    Object _ = db.snapshots().create("old");
    fill(db, 0, 2000, "new ");
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    try (ReadTxn newest = db.beginRead()) {
      for (int i = 0; i < 3; i++) {
        long key = 10_000 + i;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int n = 0; !done.get(); n++) {
                          String value = "update " + n;
                          db.update(Durability.ASYNC, tx -> tx.put(NAMES, key, value));
                          db.update(Durability.ASYNC, tx -> tx.put(NAMES, key - 9000, value));
                        }
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      for (int i = 0; i < 30; i++) {
        long restored = db.snapshots().restore("old");
        try (ReadTxn tx = db.beginRead()) {
          assertThat(tx.txnId()).isGreaterThanOrEqualTo(restored);
          assertThat(tx.get(NAMES, 7L)).isEqualTo("old 7");
        }
        if (i % 10 == 0) {
          CheckReport _ = db.check().throwIfBad();
        }
      }
      done.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      for (long key = 0; key < 2000; key++) {
        assertThat(newest.get(NAMES, key)).isEqualTo("new " + key);
      }
    }
    long _ = db.snapshots().restore("old");
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(NAMES)).isEqualTo(2000);
      for (long key = 0; key < 2000; key++) {
        assertThat(tx.get(NAMES, key)).isEqualTo("old " + key);
      }
    }
  }

  @Test
  void otherProcessesGoOnWithIt() throws Exception {
    Database db = open();
    Churn.load(db);
    final String old = String.valueOf(db.<Long, RuntimeException>view(Churn::sum));
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "snapshot old");
      Churn.run(db, 1, 1);
      peer.expect("done", "churn 2 1"); // knows what is held
      Object _ = db.snapshots().create("between"); // does not see what was freed
      long _ = db.snapshots().restore("old");
      peer.expect(old, "sum");
      peer.expect("done", "churn 3 1"); // frees what has come back
      Object _ = db.snapshots().create("last");
      Churn.run(db, 4, 1);
      peer.expect("done", "restore old");
      assertThat(String.valueOf(db.<Long, RuntimeException>view(Churn::sum))).isEqualTo(old);
      Churn.run(db, 5, 1);
      assertThat(db.snapshots().drop("last")).isTrue();
      assertThat(db.snapshots().drop("between")).isTrue();
      peer.expect("done", "churn 6 2");
      Churn.run(db, 8, 2);
      try (ReadTxn tx = db.snapshots().open("old")) {
        assertThat(String.valueOf(Churn.sum(tx))).isEqualTo(old);
      }
      peer.expect("sound", "check");
      peer.expect("done", "restore old");
      assertThat(String.valueOf(db.<Long, RuntimeException>view(Churn::sum))).isEqualTo(old);
    }
  }

  /** What a newer build has put into the catalog is of no snapshot. */
  @Test
  void carriedEntriesStay() {
    Database db = open();
    fill(db, 0, 10, "old ");
    carry(db, "then");
    Object _ = db.snapshots().create("old");
    carry(db, "now");
    fill(db, 0, 10, "new ");
    long _ = db.snapshots().restore("old");
    assertThat(name(db, 7)).isEqualTo("old 7");
    try (WriteTxn tx = db.beginWrite()) {
      dev.pando.btree.Slice value = new dev.pando.btree.Slice();
      assertThat(tx.catalog().tree().get(carriedKey(), value)).isTrue();
      assertThat(new String(value.toArray(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("now");
    }
  }

  private static KeyBuffer carriedKey() {
    KeyBuffer key = new KeyBuffer(2);
    key.set(new byte[] {(byte) 0x80, 'x'});
    return key;
  }

  private static void carry(Database db, String value) {
    byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (WriteTxn tx = db.beginWrite()) {
      tx.beginChange();
      boolean _ =
          tx.catalog().tree().put(carriedKey(), MemorySegment.ofArray(bytes), 0, bytes.length);
      tx.commit();
    }
  }
}
