package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.txn.readers.ReaderSlot;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans by iterator and by visits, in leaves that end a range and in those that do not. */
class ScanForEachTest extends DatabaseTestBase {
  private static final int KEYS = 24;
  private static final String LONG = "x".repeat(100); // four entries a leaf

  private final NavigableMap<Long, String> model = new TreeMap<>();

  private Database filled(Options options) {
    Database db = open(options.withPageSize(512));
    db.update(
        tx -> {
          for (long i = 0; i < KEYS; i++) { // even keys, so that bounds are between them too
            boolean _ = tx.put(NAMES, 2 * i, i + LONG);
            model.put(2 * i, i + LONG);
          }
        });
    return db;
  }

  private Database filled() {
    return filled(Options.defaults());
  }

  private static List<Entry<Long, String>> byIterator(Scan<Long, String> scan) {
    List<Entry<Long, String>> all = new ArrayList<>();
    for (Entry<Long, String> entry : scan) {
      all.add(entry);
    }
    return all;
  }

  private static List<Entry<Long, String>> byNext(Scan<Long, String> scan, int size) {
    List<Entry<Long, String>> all = new ArrayList<>();
    Iterator<Entry<Long, String>> entries = scan.iterator();
    for (int i = 0; i < size; i++) {
      all.add(entries.next());
    }
    assertThat(entries.hasNext()).isFalse();
    return all;
  }

  private static List<Entry<Long, String>> byKeyValue(Scan<Long, String> scan) {
    List<Entry<Long, String>> all = new ArrayList<>();
    scan.forEachKeyValue((key, value) -> all.add(new Entry<>(key, value)));
    return all;
  }

  private void agree(ReadTxn tx, Range<Long> range, NavigableMap<Long, String> inside, int limit) {
    for (boolean reversed : new boolean[] {false, true}) {
      List<Entry<Long, String>> expected =
          (reversed ? inside.descendingMap() : inside)
              .entrySet().stream()
                  .limit(limit)
                  .map(entry -> new Entry<>(entry.getKey(), entry.getValue()))
                  .toList();
      Range<Long> limited = (reversed ? range.reversed() : range).limit(limit);
      Scan<Long, String> scan = tx.scan(NAMES, limited);
      assertThat(byIterator(scan)).as("%s", limited).isEqualTo(expected);
      assertThat(byNext(scan, expected.size())).as("%s", limited).isEqualTo(expected);
      assertThat(byKeyValue(scan)).as("%s", limited).isEqualTo(expected);
      assertThat(scan.toList()).as("%s", limited).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allWaysAgreeOnEachRange(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      for (int limit : new int[] {1, 2, 5, Integer.MAX_VALUE}) {
        agree(tx, Range.all(), model, limit);
        for (long a = 0; a < 2 * KEYS; a += 3) {
          agree(tx, Range.atLeast(a), model.tailMap(a, true), limit);
          agree(tx, Range.greaterThan(a), model.tailMap(a, false), limit);
          agree(tx, Range.atMost(a), model.headMap(a, true), limit);
          agree(tx, Range.lessThan(a), model.headMap(a, false), limit);
          for (long b = a; b < 2 * KEYS; b++) {
            agree(tx, Range.closed(a, b), model.subMap(a, true, b, true), limit);
            agree(tx, Range.open(a, b), model.subMap(a, b > a ? false : true, b, false), limit);
          }
        }
      }
    }
  }

  @Test
  void theActionMayCallTheTransactionButNotEndIt() {
    Database db = filled();
    try (ReadTxn tx = db.beginRead()) {
      Scan<Long, String> scan = tx.scan(NAMES);
      List<Entry<Long, String>> found = new ArrayList<>();
      scan.forEach(
          entry -> {
            assertThat(tx.get(NAMES, entry.key())).isEqualTo(entry.value());
            assertThat(scan.toList()).hasSize(KEYS);
            assertThat(byIterator(scan)).hasSize(KEYS);
            found.add(entry);
          });
      assertThat(found).isEqualTo(scan.toList());
      Runnable close = tx::close;
      assertThatThrownBy(() -> scan.forEachKeyValue((_, _) -> close.run()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("from within a call");
      assertThat(tx.isOpen()).isTrue();
      assertThat(scan.toList()).hasSize(KEYS);
    }
  }

  @Test
  void anotherThreadIsRefusedMeanwhile() {
    Database db = filled();
    try (ReadTxn tx = db.beginRead()) {
      tx.scan(NAMES)
          .forEachKeyValue(
              (key, _) -> {
                FutureTask<String> other = new FutureTask<>(() -> tx.get(NAMES, key));
                Thread _ = Thread.ofPlatform().name("other").start(other);
                assertThatThrownBy(other::get)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("thread other #");
              });
      assertThat(tx.get(NAMES, 0L)).isEqualTo(model.get(0L));
    }
  }

  @Test
  void anExceptionOfTheActionIsThrownAsItIs() {
    Database db = filled();
    for (RuntimeException thrown :
        List.of(new IllegalStateException("mine"), new UnsupportedOperationException("mine"))) {
      for (boolean writing : new boolean[] {false, true}) {
        try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
          Scan<Long, String> scan = tx.scan(NAMES);
          assertThatThrownBy(
                  () ->
                      scan.forEach(
                          entry -> {
                            if (entry.key() == 10) {
                              throw thrown;
                            }
                          }))
              .isSameAs(thrown);
          assertThat(scan.toList()).hasSize(KEYS);
          assertThat(tx.get(NAMES, 10L)).isEqualTo(model.get(10L));
        }
      }
    }
  }

  /** What is decoded after the end may be of reused pages: no action and no loop gets it. */
  @Test
  void aReaderThatIsEndedInTheMiddleGetsNothingMore() {
    Database db = filled(Options.defaults().withReaderLimit(Duration.ofHours(1)));
    for (int at = 0; at < KEYS - 1; at++) {
      List<Long> seen = new ArrayList<>();
      int last = at;
      try (ReadTxn tx = db.beginRead()) {
        assertThatThrownBy(
                () -> tx.scan(NAMES).forEachKeyValue((key, _) -> endAfter(last, key, seen, tx)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("Options.withReaderLimit");
        assertThat(seen).hasSize(at + 1);
      }
      seen.clear();
      try (ReadTxn tx = db.beginRead()) {
        assertThatThrownBy(
                () -> {
                  for (Entry<Long, String> entry : tx.scan(NAMES)) {
                    endAfter(last, entry.key(), seen, tx);
                  }
                })
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("Options.withReaderLimit");
        assertThat(seen).hasSize(at + 1);
      }
    }
  }

  private static void endAfter(int last, Long key, List<Long> seen, ReadTxn tx) {
    seen.add(key);
    if (seen.size() == last + 1) {
      end(tx);
    }
  }

  /** As the limit does. */
  static void end(ReadTxn tx) {
    try {
      Field slot = ReadTxn.class.getDeclaredField("slot");
      slot.setAccessible(true);
      assertThat(((ReaderSlot) slot.get(tx)).end(System.nanoTime())).isTrue();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDatabaseThatIsClosedInTheMiddleSaysSo() {
    closeChecked(filled());
    for (boolean iterating : new boolean[] {false, true}) {
      Database db =
          Database.open(file(), Options.defaults().withCloseTimeout(Duration.ofMillis(1)));
      int[] seen = {0};
      ReadTxn tx = db.beginRead();
      assertThatThrownBy(
              () -> {
                BiConsumer<Long, String> action =
                    (_, _) -> {
                      if (++seen[0] == 2) {
                        db.close();
                      }
                    };
                if (iterating) {
                  tx.scan(NAMES).iterator().forEachRemaining(e -> action.accept(e.key(), ""));
                } else {
                  tx.scan(NAMES).forEachKeyValue(action);
                }
              })
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the database is closed");
      assertThat(seen[0]).isEqualTo(2);
    }
    closeChecked(open());
  }

  @Test
  void nothingIsReadAfterTheLossOfTheLocks() {
    Database db = filled();
    CheckReport _ = db.check().throwIfBad();
    List<Long> seen = new ArrayList<>();
    try (ReadTxn tx = db.beginRead()) {
      Iterator<Entry<Long, String>> entries = tx.scan(NAMES).iterator();
      assertThat(entries.next().key()).isZero();
      assertThatThrownBy(
              () ->
                  tx.scan(NAMES)
                      .forEachKeyValue(
                          (key, _) -> {
                            seen.add(key);
                            db.lifecycle().lose();
                          }))
          .isInstanceOf(DatabaseFailedException.class);
      assertThat(seen).hasSize(1);
      assertThatThrownBy(entries::hasNext).isInstanceOf(DatabaseFailedException.class);
    }
    db.close();
  }

  @Test
  void aClosedScanEndsItsVisits() {
    Database db = filled();
    for (boolean writing : new boolean[] {false, true}) {
      try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
        Scan<Long, String> scan = tx.scan(NAMES);
        Iterator<Entry<Long, String>> entries = scan.iterator();
        assertThat(entries.next().key()).isZero();
        List<Long> seen = new ArrayList<>();
        assertThatThrownBy(
                () ->
                    scan.forEach(
                        entry -> {
                          seen.add(entry.key());
                          scan.close();
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("scan of names is closed");
        assertThat(seen).hasSize(1);
        assertThatThrownBy(entries::hasNext).hasMessageContaining("scan of names is closed");
        assertThatThrownBy(() -> scan.forEachKeyValue((_, _) -> {}))
            .hasMessageContaining("scan of names is closed");
      }
    }
  }

  @Test
  void theActionMayWriteInAWriteTransaction() {
    Database db = filled();
    db.update(
        tx -> {
          List<Long> seen = new ArrayList<>();
          tx.scan(NAMES)
              .forEachKeyValue(
                  (key, value) -> {
                    seen.add(key);
                    assertThat(tx.delete(NAMES, key)).isTrue();
                    if (key < 2 * KEYS) {
                      boolean _ = tx.put(NAMES, key + 1000, value);
                    }
                  });
          assertThat(seen).hasSize(2 * KEYS);
          assertThat(tx.count(NAMES)).isZero();
        });
  }
}
