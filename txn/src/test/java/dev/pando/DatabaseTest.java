package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user does every day. */
final class DatabaseTest extends DatabaseTestBase {
  @Test
  void aCommitIsThereAfterReopening() {
    try (Database db = open()) {
      assertThat(db.openReport().created()).isTrue();
      db.update(tx -> tx.put(NAMES, 7L, "Ada"));
      assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 7L))).isEqualTo("Ada");
      closeChecked(db);
    }
    Database db = open();
    assertThat(db.openReport().created()).isFalse();
    assertThat(db.openReport().passedOver()).isEmpty();
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 7L))).isEqualTo("Ada");
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 8L))).isNull();
  }

  @Test
  void manyKeysSurviveReopeningAndComeInOrder() {
    int n = 20_000;
    try (Database db = open()) {
      for (int batch = 0; batch < 10; batch++) {
        int first = batch;
        db.update(
            tx -> {
              for (long i = first; i < n; i += 10) {
                assertThat(tx.put(NAMES, i, "name " + i)).isTrue();
              }
            });
      }
      closeChecked(db);
    }
    Database db = open();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(NAMES)).isEqualTo(n);
      long expected = 0;
      for (Entry<Long, String> entry : tx.scan(NAMES)) {
        assertThat(entry.key()).isEqualTo(expected);
        assertThat(entry.value()).isEqualTo("name " + expected);
        expected++;
      }
      assertThat(expected).isEqualTo(n);
    }
  }

  @Test
  void neighboursOfAKey() {
    Database db = open();
    db.update(
        tx -> {
          for (String word : List.of("b", "d", "f")) {
            tx.put(WORDS, word, word.toUpperCase(java.util.Locale.ROOT));
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.first(WORDS)).isEqualTo(new Entry<>("b", "B"));
      assertThat(tx.last(WORDS)).isEqualTo(new Entry<>("f", "F"));
      assertThat(tx.floor(WORDS, "c")).isEqualTo(new Entry<>("b", "B"));
      assertThat(tx.floor(WORDS, "d")).isEqualTo(new Entry<>("d", "D"));
      assertThat(tx.floor(WORDS, "a")).isNull();
      assertThat(tx.lower(WORDS, "d")).isEqualTo(new Entry<>("b", "B"));
      assertThat(tx.lower(WORDS, "b")).isNull();
      assertThat(tx.lower(WORDS, "z")).isEqualTo(new Entry<>("f", "F"));
      assertThat(tx.ceiling(WORDS, "c")).isEqualTo(new Entry<>("d", "D"));
      assertThat(tx.ceiling(WORDS, "d")).isEqualTo(new Entry<>("d", "D"));
      assertThat(tx.ceiling(WORDS, "g")).isNull();
      assertThat(tx.higher(WORDS, "d")).isEqualTo(new Entry<>("f", "F"));
      assertThat(tx.higher(WORDS, "f")).isNull();
      assertThat(tx.higher(WORDS, "a")).isEqualTo(new Entry<>("b", "B"));
      assertThat(tx.contains(WORDS, "b")).isTrue();
      assertThat(tx.contains(WORDS, "c")).isFalse();
      assertThat(tx.count(WORDS, Range.closedOpen("b", "f"))).isEqualTo(2);
    }
  }

  @Test
  void anUpdateThatThrowsChangesNothing() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 1L, "uno");
                      tx.put(NAMES, 2L, "dos");
                      throw new java.io.IOException("on purpose");
                    }))
        .isInstanceOf(java.io.IOException.class);
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.get(NAMES, 1L)).isEqualTo("one");
      assertThat(tx.get(NAMES, 2L)).isNull();
    }
  }

  @Test
  void aReaderKeepsItsStateAcrossCommits() {
    Database db = open(Options.defaults().withPageSize(512).withLogSize(0));
    db.update(
        tx -> {
          for (long i = 0; i < 2000; i++) {
            tx.put(NAMES, i, "old " + i);
          }
        });
    try (ReadTxn before = db.beginRead()) {
      for (int round = 0; round < 20; round++) {
        int r = round;
        db.update(
            tx -> {
              for (long i = 0; i < 2000; i++) {
                tx.put(NAMES, i, "new " + r + " " + i);
              }
            });
      }
      for (long i = 0; i < 2000; i++) {
        assertThat(before.get(NAMES, i)).isEqualTo("old " + i);
      }
    }
    Stat stat = db.stat();
    assertThat(stat.pageCount()).isLessThan(3 * (stat.pageCount() - stat.freePages()) + 300);
  }

  @Test
  void tablesAreListedRenamedClearedAndDropped() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "one");
          tx.put(WORDS, "a", "b");
          assertThat(tx.tables()).containsExactly("names", "words");
        });
    db.update(
        tx -> {
          assertThat(tx.rename("words", "terms")).isTrue();
          assertThat(tx.rename("nothing", "terms2")).isFalse();
          assertThatThrownBy(() -> tx.rename("names", "terms"))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("there is a table of that name");
          assertThat(tx.get(WORDS, "a")).isNull();
          assertThat(tx.get(Table.of("terms", Codec.utf8(), Codec.utf8()), "a")).isEqualTo("b");
          tx.clear(NAMES);
          assertThat(tx.count(NAMES)).isZero();
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.tables()).containsExactly("names", "terms");
      assertThat(tx.stat("names").entries()).isZero();
      assertThat(tx.stat("terms").keyCodec()).isEqualTo("utf8");
      assertThat(tx.stat("words")).isNull();
    }
    db.update(
        tx -> {
          assertThat(tx.drop("terms")).isTrue();
          assertThat(tx.drop("terms")).isFalse();
        });
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).containsExactly("names");
  }

  @Test
  void valuesOfAllSizes() {
    int[] sizes = {0, 1, 250, 251, 2000, 4064, 4065, 65_535, 65_536, 1 << 20, (5 << 20) + 17};
    Database db = open();
    for (int size : sizes) {
      db.update(tx -> tx.put(BLOBS, (long) size, bytes(size)));
    }
    try (ReadTxn tx = db.beginRead()) {
      for (int size : sizes) {
        assertThat(tx.get(BLOBS, (long) size)).isEqualTo(bytes(size));
      }
    }
    db.update(
        tx -> {
          for (int size : sizes) {
            tx.put(BLOBS, (long) size, bytes(size / 2));
            tx.put(BLOBS, (long) size, bytes(size));
            assertThat(tx.get(BLOBS, (long) size)).isEqualTo(bytes(size));
          }
        });
    db.update(
        tx -> {
          for (int size : sizes) {
            assertThat(tx.delete(BLOBS, (long) size)).isTrue();
          }
        });
    assertThat(db.stat().pageCount() - db.stat().freePages()).isLessThan(10);
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aLargeTransactionIsSpilledAndSeesItself() {
    Options small = Options.defaults().withPageSize(512).withSpillLimit(256 << 10);
    Database db = open(small);
    int n = 40_000;
    db.update(
        tx -> {
          for (long i = 0; i < n; i++) {
            long key = i * 7919 % n;
            tx.put(NAMES, key, "value " + key);
            if (i % 100 == 0) {
              assertThat(tx.get(NAMES, key)).isEqualTo("value " + key);
            }
          }
          for (long i = 0; i < n; i += 2) {
            assertThat(tx.delete(NAMES, i)).isTrue();
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(NAMES)).isEqualTo(n / 2);
      for (long i = 0; i < n; i++) {
        assertThat(tx.get(NAMES, i)).isEqualTo(i % 2 == 0 ? null : "value " + i);
      }
    }
  }

  @Test
  void anEntryThatWasLookedAtAheadIsReadAsItIsWhenItIsHandedOut() {
    Database db = open();
    db.update(
        tx -> {
          for (long key = 10; key < 40; key++) {
            tx.put(NAMES, key, "name " + key);
          }
          Iterator<Entry<Long, String>> names = tx.scan(NAMES).iterator();
          for (long key = 10; key < 40; key++) {
            assertThat(names.hasNext()).isTrue();
            tx.put(NAMES, key - 10, "another name before it"); // moves cells
            tx.put(NAMES, key, "changed " + key);
            assertThat(names.next()).isEqualTo(new Entry<>(key, "changed " + key));
          }
          assertThat(names.hasNext()).isFalse();
        });
  }

  @Test
  void aCursorGoesOnInATableThatGetsAnotherName() {
    Table<Long, String> others = Table.of("others", Codec.u64(), Codec.utf8());
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long key = 0; key < 200; key++) {
            tx.put(NAMES, key, "name " + key);
          }
          try (RawCursor cursor = tx.raw(NAMES).cursor()) {
            assertThat(cursor.first()).isTrue();
            assertThat(tx.rename("names", "others")).isTrue();
            for (long key = 0; key < 200; key += 2) {
              assertThat(tx.delete(others, key)).isTrue();
              tx.put(BLOBS, key, new byte[3000]); // takes the pages that become free
            }
            View key = new View();
            for (long wanted = 1; wanted < 200; wanted += 2) {
              assertThat(cursor.next()).isTrue();
              cursor.key(key);
              assertThat(key.getLongBE(0)).isEqualTo(wanted);
            }
            assertThat(cursor.next()).isFalse();
          }
        });
  }

  private static String readIo(ReadTxn tx) throws IOException {
    String found = tx.get(NAMES, 1L);
    if (found == null) {
      throw new FileNotFoundException("no name");
    }
    return found;
  }

  /** Java infers the type of a lambda's exceptions: this method declares no other one. */
  @Test
  void exceptionsHaveTheirTypes() throws IOException {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "Ada"));
    String found = db.view(tx -> readIo(tx));
    assertThat(found).isEqualTo("Ada");
    found = db.view(DatabaseTest::readIo);
    assertThat(found).isEqualTo("Ada");
    found = db.updateAndGet(tx -> readIo(tx));
    assertThat(found).isEqualTo("Ada");
    found = db.updateAndGet(Durability.SYNC, (WriteTxn tx) -> readIo(tx));
    assertThat(found).isEqualTo("Ada");
    db.update(
        tx -> {
          boolean _ = tx.delete(NAMES, 1L);
        });
    db.update(Durability.SYNC, DatabaseTest::readNothing);
    assertThatThrownBy(() -> db.view(tx -> readIo(tx))).isInstanceOf(FileNotFoundException.class);
  }

  private static void readNothing(WriteTxn tx) throws IOException {
    assertThat(tx.count(NAMES)).isZero();
  }

  /** What Kotlin's compiler chooses. */
  @Test
  void exceptionsWithoutTypes() throws Exception {
    Database db = open();
    TxnAction put = tx -> tx.put(NAMES, 1L, "Ada");
    TxnBody<ReadTxn, String> get = DatabaseTest::readIo;
    TxnBody<WriteTxn, Boolean> delete = tx -> tx.delete(NAMES, 1L);
    db.update(put);
    db.update(Durability.ASYNC, put);
    String found = db.view(get);
    assertThat(found).isEqualTo("Ada");
    boolean deleted = db.updateAndGet(delete);
    assertThat(deleted).isTrue();
    deleted = db.updateAndGet(Durability.SYNC, delete);
    assertThat(deleted).isFalse();
    assertThatThrownBy(() -> db.view(get)).isInstanceOf(FileNotFoundException.class);
  }
}
