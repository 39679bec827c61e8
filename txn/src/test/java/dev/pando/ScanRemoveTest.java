package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Iterators of scans remove what they returned last, as those of the JDK do. */
class ScanRemoveTest extends DatabaseTestBase {
  private static final int KEYS = 500;

  private Database db;

  @BeforeEach
  void fill() {
    db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long i = 0; i < KEYS; i++) {
            tx.put(NAMES, i, "name " + i);
          }
        });
  }

  @Test
  void removesWhatNextReturnedLast() {
    Figures figures = new Figures("scans that remove", 6);
    Random random = new Random(figures.seed(0));
    TreeMap<Long, String> model = new TreeMap<>();
    db.update(
        tx -> {
          tx.scan(NAMES).forEach(entry -> model.put(entry.key(), entry.value()));
          for (int round = 0; round < 6; round++) {
            boolean reversed = random.nextBoolean();
            Range<Long> range = Range.closedOpen(50L, 450L);
            Iterator<Entry<Long, String>> scan =
                tx.scan(NAMES, reversed ? range.reversed() : range).iterator();
            List<Long> expected = new ArrayList<>(model.subMap(50L, 450L).keySet());
            if (reversed) {
              expected = expected.reversed();
            }
            for (Long key : expected) {
              assertThat(scan.next().key()).isEqualTo(key);
              boolean ahead = random.nextBoolean() && scan.hasNext();
              assertThat(ahead && key.equals(expected.getLast())).isFalse();
              if (random.nextInt(3) == 0) {
                scan.remove();
                model.remove(key);
              }
            }
            assertThat(scan.hasNext()).isFalse();
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.scan(NAMES).toList().stream().map(Entry::key))
          .containsExactlyElementsOf(model.keySet());
    }
  }

  @Test
  void removesAll() {
    db.update(
        tx -> {
          for (Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator(); scan.hasNext(); ) {
            Entry<Long, String> _ = scan.next();
            scan.remove();
          }
          assertThat(tx.count(NAMES)).isZero();
        });
  }

  @Test
  void removesAtTheEndAndWithALimit() {
    db.update(
        tx -> {
          Iterator<Entry<Long, String>> scan =
              tx.scan(NAMES, Range.atLeast(10L).limit(1)).iterator();
          assertThat(scan.next().key()).isEqualTo(10);
          assertThat(scan.hasNext()).isFalse();
          assertThatThrownBy(scan::next).isInstanceOf(NoSuchElementException.class);
          scan.remove();
          assertThat(tx.contains(NAMES, 10L)).isFalse();
          assertThat(tx.count(NAMES)).isEqualTo(KEYS - 1);
        });
  }

  @Test
  void refusesToRemoveNothing() {
    db.update(
        tx -> {
          Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator();
          refused(scan);
          assertThat(scan.hasNext()).isTrue();
          refused(scan);
          assertThat(scan.next().key()).isZero();
          scan.remove();
          refused(scan);
          assertThat(scan.next().key()).isEqualTo(1);
          assertThat(tx.count(NAMES)).isEqualTo(KEYS - 1);
        });
  }

  private static void refused(Iterator<?> scan) {
    assertThatThrownBy(scan::remove)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("scan of names", "no entry to remove");
  }

  /** The transaction deletes or replaces it first, by other ways. */
  @Test
  void removesByKey() {
    db.update(
        tx -> {
          Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator();
          tx.delete(NAMES, scan.next().key());
          scan.remove();
          tx.put(NAMES, scan.next().key(), "x".repeat(1000));
          scan.remove();
          assertThat(scan.next().key()).isEqualTo(2);
          assertThat(tx.count(NAMES)).isEqualTo(KEYS - 2);
        });
  }

  /** What the program does to a key that it was given changes nothing. */
  @Test
  void keepsItsOwnCopyOfTheKey() {
    Table<byte[], Long> table = Table.of("arrays", Codec.bytes(), Codec.u64());
    db.update(
        tx -> {
          tx.put(table, new byte[] {1}, 1L);
          tx.put(table, new byte[] {2}, 2L);
          Iterator<Entry<byte[], Long>> scan = tx.scan(table).iterator();
          scan.next().key()[0] = 2;
          scan.remove();
          assertThat(tx.contains(table, new byte[] {1})).isFalse();
          assertThat(tx.contains(table, new byte[] {2})).isTrue();
        });
  }

  @Test
  void isRefusedWhereItCannotBe() {
    try (ReadTxn tx = db.beginRead()) {
      Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator();
      assertThat(scan.next().key()).isZero();
      assertThatThrownBy(scan::remove)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContainingAll("read transaction", "Database.update");
    }
    try (WriteTxn tx = db.beginWrite()) {
      Scan<Long, String> scan = tx.scan(NAMES);
      Iterator<Entry<Long, String>> entries = scan.iterator();
      assertThat(entries.next().key()).isZero();
      Savepoint before = tx.savepoint();
      tx.rollbackTo(before);
      assertThatThrownBy(entries::remove).hasMessageContaining("savepoint");
      Iterator<Entry<Long, String>> again = scan.iterator();
      assertThat(again.next().key()).isZero();
      scan.close();
      assertThatThrownBy(again::remove).hasMessageContaining("closed");
    }
    List<Iterator<Entry<Long, String>>> kept = new ArrayList<>();
    db.update(
        tx -> {
          kept.add(tx.scan(NAMES).iterator());
          assertThat(kept.getFirst().next().key()).isZero();
        });
    assertThatThrownBy(kept.getFirst()::remove)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
  }

  /** It removed the key from the table that has the name now. */
  @Test
  void doesNotRemoveFromATableThatGotTheName() {
    Table<Long, String> other = Table.of("other", Codec.u64(), Codec.utf8());
    Table<String, String> alien = Table.of(NAMES.name(), Codec.utf8(), Codec.utf8());
    db.update(
        tx -> {
          tx.put(other, 0L, "stays");
          Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator();
          assertThat(scan.next().key()).isZero();
          assertThat(tx.rename(NAMES.name(), "moved")).isTrue();
          refusedAfterRename(scan);
          assertThat(tx.rename(other, NAMES)).isTrue();
          refusedAfterRename(scan);
          assertThat(tx.get(NAMES, 0L)).isEqualTo("stays");
          assertThat(scan.next().key()).as("it goes on to read").isEqualTo(1);
          refusedAfterRename(scan);
          assertThat(tx.drop(NAMES)).isTrue();
          tx.put(alien, "0", "has other codecs");
          refusedAfterRename(scan);
          assertThat(tx.drop(alien)).isTrue();
          assertThat(tx.rename("moved", NAMES.name())).isTrue();
          scan.remove();
          assertThat(tx.get(NAMES, 1L)).as("it has its name again").isNull();
          assertThat(tx.count(NAMES)).isEqualTo(KEYS - 1);
        });
  }

  @Test
  void doesNotRemoveFromATableThatWasDropped() {
    db.update(
        tx -> {
          Iterator<Entry<Long, String>> scan = tx.scan(NAMES).iterator();
          assertThat(scan.next().key()).isZero();
          assertThat(tx.drop(NAMES)).isTrue();
          refusedAfterRename(scan);
          tx.put(NAMES, 0L, "new");
          refusedAfterRename(scan);
          assertThat(tx.get(NAMES, 0L)).isEqualTo("new");
        });
  }

  private static void refusedAfterRename(Iterator<?> scan) {
    assertThatThrownBy(scan::remove)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("table names was dropped or renamed since the scan began");
  }
}
