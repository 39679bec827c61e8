package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFullException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What savepoints promise, one promise a test; {@link SavepointModelTest} mixes them. */
class SavepointTest extends DatabaseTestBase {
  static final Options SMALL =
      Options.defaults().withPageSize(512).withSpillLimit(64 << 10).withGrowthStep(4096);

  static void fill(WriteTxn tx, long from, long to, String value) {
    for (long key = from; key < to; key++) {
      boolean _ = tx.put(NAMES, key, value + key);
    }
  }

  private static void assertFilled(ReadTxn tx, long from, long to, String value) {
    for (long key = from; key < to; key++) {
      assertThat(tx.get(NAMES, key)).isEqualTo(value + key);
    }
  }

  @Test
  void aRollbackUndoesWhatCameAfterTheSavepoint() {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 100, "committed "));
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 50, "before ");
      Savepoint savepoint = tx.savepoint();
      fill(tx, 25, 200, "after ");
      assertThat(tx.delete(NAMES, 10L)).isTrue();
      tx.rollbackTo(savepoint);
      assertThat(tx.count(NAMES)).isEqualTo(100);
      assertFilled(tx, 0, 50, "before ");
      assertFilled(tx, 50, 100, "committed ");
      tx.commit();
    }
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(NAMES)).isEqualTo(100);
      assertFilled(tx, 0, 50, "before ");
      assertFilled(tx, 50, 100, "committed ");
    }
  }

  @Test
  void aSavepointCanBeGoneBackToAgainAndAgain() {
    Database db = open(SMALL);
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 50, "before ");
      Savepoint savepoint = tx.savepoint();
      for (int i = 0; i < 5; i++) {
        fill(tx, 0, 100, i + " ");
        tx.rollbackTo(savepoint);
        assertThat(tx.count(NAMES)).isEqualTo(50);
        assertFilled(tx, 0, 50, "before ");
      }
      tx.rollbackTo(savepoint);
      assertFilled(tx, 0, 50, "before ");
      tx.commit();
    }
  }

  @Test
  void savepointsNest() {
    Database db = open(SMALL);
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint outer = tx.savepoint();
      fill(tx, 0, 60, "outer ");
      Savepoint middle = tx.savepoint();
      fill(tx, 20, 60, "middle ");
      Savepoint inner = tx.savepoint();
      fill(tx, 40, 60, "inner ");
      tx.rollbackTo(inner);
      assertFilled(tx, 20, 60, "middle ");
      fill(tx, 40, 60, "inner ");
      tx.release(inner);
      assertFilled(tx, 40, 60, "inner ");
      tx.rollbackTo(middle);
      assertFilled(tx, 0, 60, "outer ");
      fill(tx, 20, 60, "middle ");
      tx.release(middle);
      tx.rollbackTo(outer);
      assertThat(tx.tables()).isEmpty();
      fill(tx, 0, 60, "again ");
      tx.commit();
    }
    db.view(
        tx -> {
          assertFilled(tx, 0, 60, "again ");
          return null;
        });
  }

  @Test
  void depthHasNoLimit() {
    Database db = open(SMALL);
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint[] savepoints = new Savepoint[2000];
      for (int i = 0; i < savepoints.length; i++) {
        savepoints[i] = tx.savepoint();
        boolean _ = tx.put(NAMES, (long) i, "name");
      }
      tx.rollbackTo(savepoints[1500]);
      assertThat(tx.count(NAMES)).isEqualTo(1500);
      tx.release(savepoints[1000]);
      assertThat(tx.count(NAMES)).isEqualTo(1500);
      tx.rollbackTo(savepoints[500]);
      assertThat(tx.count(NAMES)).isEqualTo(500);
      tx.commit();
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(500);
  }

  @Test
  void tablesThatCameWentOrGotAnotherNameAreAsTheyWere() {
    Database db = open(SMALL);
    db.update(
        tx -> {
          fill(tx, 0, 100, "name ");
          tx.put(WORDS, "key", "word");
        });
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 10, "changed ");
      RawTable raw = tx.raw(NAMES);
      Savepoint savepoint = tx.savepoint();
      assertThat(tx.rename("names", "others")).isTrue();
      assertThat(tx.put(BLOBS, 1L, new byte[3000])).isTrue();
      assertThat(tx.drop("words")).isTrue();
      fill(tx, 0, 5, "new table ");
      assertThat(raw.count()).isEqualTo(5);
      assertThat(tx.tables()).containsExactly("blobs", "names", "others");
      tx.rollbackTo(savepoint);
      assertThat(tx.tables()).containsExactly("names", "words");
      assertThat(raw.count()).isEqualTo(100);
      assertThat(tx.raw("others").count()).isZero();
      assertThat(tx.count(BLOBS)).isZero();
      assertThat(tx.get(WORDS, "key")).isEqualTo("word");
      assertFilled(tx, 0, 10, "changed ");
      assertFilled(tx, 10, 100, "name ");

      tx.clear(NAMES);
      assertThat(raw.count()).isZero();
      assertThat(tx.drop("names")).isTrue();
      tx.rollbackTo(savepoint);
      assertFilled(tx, 0, 10, "changed ");
      assertThat(raw.count()).isEqualTo(100);
      // A table under a name that had other codecs before.
      assertThat(tx.drop("names")).isTrue();
      Table<String, String> other = Table.of("names", Codec.utf8(), Codec.utf8());
      assertThat(tx.put(other, "a", "b")).isTrue();
      tx.rollbackTo(savepoint);
      assertThatThrownBy(() -> tx.get(other, "a")).isInstanceOf(IllegalArgumentException.class);
      assertFilled(tx, 10, 100, "name ");
      tx.commit();
    }
    closeChecked(db);
    Database again = open(SMALL);
    again.view(
        tx -> {
          assertFilled(tx, 0, 10, "changed ");
          assertFilled(tx, 10, 100, "name ");
          assertThat(tx.tables()).containsExactly("names", "words");
          return null;
        });
  }

  @Test
  void largeValuesAreUndone() {
    Database db = open(SMALL);
    byte[] value = new byte[200_000];
    java.util.Arrays.fill(value, (byte) 7);
    try (WriteTxn tx = db.beginWrite()) {
      assertThat(tx.put(BLOBS, 1L, value)).isTrue();
      assertThat(tx.put(BLOBS, 2L, new byte[20_000])).isTrue();
      Savepoint savepoint = tx.savepoint();
      assertThat(tx.put(BLOBS, 1L, new byte[300_000])).isFalse();
      assertThat(tx.delete(BLOBS, 2L)).isTrue();
      assertThat(tx.put(BLOBS, 3L, new byte[150_000])).isTrue();
      tx.rollbackTo(savepoint);
      assertThat(tx.put(BLOBS, 4L, new byte[200_000])).isTrue(); // where the others were
      assertThat(tx.get(BLOBS, 1L)).isEqualTo(value);
      assertThat(tx.get(BLOBS, 2L)).isEqualTo(new byte[20_000]);
      assertThat(tx.get(BLOBS, 3L)).isNull();
      tx.commit();
    }
    assertThat(db.<byte[], RuntimeException>view(tx -> tx.get(BLOBS, 1L))).isEqualTo(value);
  }

  /** Pages go to the file before the savepoint, after it, and after the rollback. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void pagesMayBeSpilledAtAnyTime(int when) {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 1000, "committed "));
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 100, "before ");
      spill(tx, when & 1);
      Savepoint savepoint = tx.savepoint();
      fill(tx, 50, 150, "after ");
      spill(tx, when & 2);
      fill(tx, 50, 150, "and again ");
      tx.rollbackTo(savepoint);
      assertFilled(tx, 0, 100, "before ");
      spill(tx, when & 4);
      fill(tx, 120, 130, "later ");
      assertFilled(tx, 0, 100, "before ");
      assertFilled(tx, 100, 120, "committed ");
      tx.commit();
    }
    closeChecked(db);
    Database again = open(SMALL);
    again.view(
        tx -> {
          assertFilled(tx, 0, 100, "before ");
          assertFilled(tx, 100, 120, "committed ");
          assertFilled(tx, 120, 130, "later ");
          assertFilled(tx, 130, 1000, "committed ");
          return null;
        });
  }

  private static void spill(WriteTxn tx, int wanted) {
    for (long key = 0; wanted != 0 && key < 200; key++) {
      boolean _ = tx.put(BLOBS, key, new byte[1000]);
    }
    assertThat(wanted == 0 || tx.pages().anythingWritten()).isTrue();
  }

  @Test
  void closingUndoesEverything() {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 100, "committed "));
    long pages = db.stat().pageCount();
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 500, "before ");
      Savepoint savepoint = tx.savepoint();
      fill(tx, 0, 600, "after ");
      tx.rollbackTo(savepoint);
      Savepoint _ = tx.savepoint();
      fill(tx, 0, 700, "after ");
    }
    db.update(tx -> tx.put(WORDS, "key", "word"));
    assertThat(db.stat().pageCount()).isLessThan(pages + 20);
    db.view(
        tx -> {
          assertThat(tx.count(NAMES)).isEqualTo(100);
          assertFilled(tx, 0, 100, "committed ");
          return null;
        });
  }

  @Test
  void commitKeepsWhatIsInsideSavepoints() {
    Database db = open(SMALL);
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 100, "one ");
      Savepoint _ = tx.savepoint();
      fill(tx, 50, 100, "two ");
      Savepoint _ = tx.savepoint();
      fill(tx, 75, 100, "three ");
      tx.commit();
    }
    db.view(
        tx -> {
          assertFilled(tx, 0, 50, "one ");
          assertFilled(tx, 50, 75, "two ");
          assertFilled(tx, 75, 100, "three ");
          return null;
        });
  }

  /** Pages with the birth of a transaction are in the file, so the id must not be used again. */
  @Test
  void undoingEverythingThatWasSpilledIsACommitOfItsOwn() {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 100, "committed "));
    try (WriteTxn tx = db.beginWrite()) {
      long id = tx.txnId();
      Savepoint savepoint = tx.savepoint();
      spill(tx, 1);
      tx.rollbackTo(savepoint);
      tx.commit();
      assertThat(db.stat().txnId()).isEqualTo(id);
    }
    try (WriteTxn tx = db.beginWrite()) {
      long id = tx.txnId();
      Savepoint savepoint = tx.savepoint();
      fill(tx, 0, 10, "undone ");
      tx.rollbackTo(savepoint);
      tx.commit();
      assertThat(db.stat().txnId()).as("nothing was written").isLessThan(id);
    }
  }

  @Test
  void endedSavepointsAreRefused() {
    Database db = open(SMALL);
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint outer = tx.savepoint();
      Savepoint inner = tx.savepoint();
      tx.rollbackTo(outer);
      assertEnded(tx, inner);
      Savepoint next = tx.savepoint();
      assertEnded(tx, inner);
      Savepoint last = tx.savepoint();
      tx.release(next);
      assertEnded(tx, next);
      assertEnded(tx, last);
      tx.release(outer);
      assertEnded(tx, outer);
      tx.commit();
      assertThatThrownBy(() -> tx.rollbackTo(outer)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(tx::savepoint).isInstanceOf(IllegalStateException.class);
    }
    Savepoint foreign = db.<Savepoint, RuntimeException>updateAndGet(WriteTxn::savepoint);
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint _ = tx.savepoint();
      assertThatThrownBy(() -> tx.rollbackTo(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another transaction");
      assertThatThrownBy(() -> tx.release(foreign)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void assertEnded(WriteTxn tx, Savepoint savepoint) {
    assertThatThrownBy(() -> tx.rollbackTo(savepoint))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> tx.release(savepoint))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
  }

  @Test
  void whatWasOpenBeforeARollbackSaysSo() {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 100, "committed "));
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint savepoint = tx.savepoint();
      fill(tx, 0, 100, "after ");
      RawCursor cursor = tx.raw(NAMES).cursor();
      assertThat(cursor.first()).isTrue();
      View view = new View();
      cursor.value(view);
      Scan<Long, String> scan = tx.scan(NAMES);
      Iterator<Entry<Long, String>> iterator = scan.iterator();
      Entry<Long, String> _ = iterator.next();
      Iterator<Entry<Long, String>> ahead = scan.iterator();
      assertThat(ahead.hasNext()).isTrue();
      tx.rollbackTo(savepoint);
      for (org.assertj.core.api.ThrowableAssert.ThrowingCallable use :
          List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
              cursor::next,
              () -> cursor.value(view),
              () -> cursor.seek(new byte[8]),
              iterator::hasNext,
              iterator::next,
              ahead::next)) {
        assertThatThrownBy(use)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("rolled back to a savepoint")
            .hasMessageContaining("open a new one");
      }
      assertThatThrownBy(view::length).isInstanceOf(IllegalStateException.class);
      cursor.close();
      assertThat(scan.iterator().next().value()).isEqualTo("committed 0");
      fill(tx, 0, 100, "later ");
      tx.commit();
    }
  }

  @Test
  void cursorsAndViewsOutliveSavepointsAndReleases() {
    Database db = open(SMALL);
    db.update(tx -> fill(tx, 0, 100, "committed "));
    try (WriteTxn tx = db.beginWrite();
        RawCursor cursor = tx.raw(NAMES).cursor()) {
      assertThat(cursor.first()).isTrue();
      Savepoint savepoint = tx.savepoint();
      fill(tx, 0, 100, "after ");
      View view = new View();
      cursor.value(view);
      tx.release(savepoint);
      assertThat(new String(view.toArray(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("after 0");
      assertThat(cursor.next()).isTrue();
      tx.commit();
    }
  }

  @Test
  void savepointsMayBeUsedInsideAClosure() {
    Database db = open(SMALL);
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "one");
          Savepoint savepoint = tx.savepoint();
          tx.put(NAMES, 2L, "two");
          tx.rollbackTo(savepoint);
          tx.put(NAMES, 3L, "three");
        });
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(2);
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 2L))).isNull();
  }

  @Test
  void aChangeThatFailedForLackOfRoomCanBeUndone() {
    Database db = open(SMALL.withMaxSize(600 << 10));
    db.update(tx -> fill(tx, 0, 100, "committed "));
    try (WriteTxn tx = db.beginWrite()) {
      fill(tx, 0, 50, "before ");
      Savepoint outer = tx.savepoint();
      fill(tx, 25, 50, "outer ");
      Savepoint savepoint = tx.savepoint();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> fill(tx, 0, 1_000_000, "too much "))
            .isInstanceOf(DatabaseFullException.class);
        assertThatThrownBy(() -> tx.put(NAMES, 1L, "more"))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("savepoint");
        assertThatThrownBy(() -> tx.get(NAMES, 1L)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(tx::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(tx::savepoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tx.release(savepoint)).isInstanceOf(IllegalStateException.class);
        tx.rollbackTo(savepoint);
        assertThat(tx.count(NAMES)).isEqualTo(100);
        assertFilled(tx, 0, 25, "before ");
        assertFilled(tx, 25, 50, "outer ");
      }
      assertThatThrownBy(() -> tx.put(BLOBS, 1L, new byte[700 << 10]))
          .isInstanceOf(DatabaseFullException.class);
      tx.rollbackTo(outer);
      fill(tx, 90, 100, "at last ");
      tx.commit();
    }
    assertThat(db.stat().pageCount()).as("the failure took no room").isLessThan(300);
    db.view(
        tx -> {
          assertFilled(tx, 0, 50, "before ");
          assertFilled(tx, 50, 90, "committed ");
          assertFilled(tx, 90, 100, "at last ");
          return null;
        });
  }
}
