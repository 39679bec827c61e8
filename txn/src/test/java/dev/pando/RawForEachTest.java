package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pando.error.DatabaseFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Visits of raw cursors and tables. */
class RawForEachTest extends DatabaseTestBase {
  private static final int KEYS = 60;

  private static String name(int i) {
    return "%03d".formatted(i);
  }

  private static byte[] key(int i) {
    return name(i).getBytes(UTF_8);
  }

  private static String text(View view) {
    return new String(view.toArray(), UTF_8);
  }

  private Database filled(int keys, Options options) {
    Database db = open(options.withPageSize(512));
    db.update(
        tx -> {
          for (int i = 0; i < keys; i++) {
            boolean _ = tx.put(WORDS, name(i), "value of " + name(i));
          }
        });
    return db;
  }

  private Database filled() {
    return filled(KEYS, Options.defaults());
  }

  /** The keys from one to another, up or down. */
  private static List<String> names(int from, int to) {
    List<String> all = new ArrayList<>();
    for (int i = from; from <= to ? i <= to : i >= to; i += from <= to ? 1 : -1) {
      all.add(name(i));
    }
    return all;
  }

  private static List<String> visited(RawCursor cursor, boolean reversed) {
    List<String> all = new ArrayList<>();
    RawVisitor visitor =
        (key, value) -> {
          assertThat(text(value)).isEqualTo("value of " + text(key));
          return all.add(text(key));
        };
    assertThat(reversed ? cursor.forEachReversed(visitor) : cursor.forEach(visitor)).isTrue();
    return all;
  }

  /** One leaf, and many. */
  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "3,false", "3,true", "60,false", "60,true"})
  void visitsFromTheCursorOn(int keys, boolean writing) {
    Database db = filled(keys, Options.defaults());
    int last = keys - 1;
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      RawTable words = tx.raw(WORDS);
      List<String> all = new ArrayList<>();
      assertThat(words.forEach((key, _) -> all.add(text(key)))).isTrue();
      assertThat(all).isEqualTo(names(0, last));
      try (RawCursor cursor = words.cursor()) {
        assertThat(visited(cursor, false)).as("new").isEqualTo(names(0, last));
        assertThat(visited(cursor, false)).as("after the last").isEmpty();
        assertThat(visited(cursor, true)).as("from the end").isEqualTo(names(last, 0));
        assertThat(visited(cursor, true)).as("before the first").isEmpty();
        assertThat(visited(cursor, false)).as("from the beginning").isEqualTo(names(0, last));
        for (int i = 0; i < keys; i++) {
          assertThat(cursor.seek(key(i))).isTrue();
          assertThat(visited(cursor, false)).isEqualTo(names(i, last));
          assertThat(cursor.seekExact(key(i))).isTrue();
          assertThat(visited(cursor, true)).isEqualTo(names(i, 0));
        }
        assertThat(cursor.seekExact(key(999))).isFalse();
        assertThat(visited(cursor, true)).as("nowhere").isEqualTo(names(last, 0));
      }
    }
  }

  @Test
  void visitsNothingInAnEmptyTable() {
    Database db = open();
    try (ReadTxn tx = db.beginRead()) {
      RawTable missing = tx.raw("missing");
      assertThat(missing.forEach((_, _) -> false)).isTrue();
      assertThat(missing.cursor().forEachReversed((_, _) -> false)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theVisitorStopsAndMovesTheCursor(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      RawTable words = tx.raw(WORDS);
      assertThat(words.forEach((_, _) -> false)).isFalse();
      RawCursor cursor = words.cursor();
      View at = new View();
      for (int i = 0; i < KEYS; i++) {
        String stop = name(i);
        assertThat(cursor.forEach((key, _) -> !text(key).equals(stop))).isFalse();
        cursor.key(at);
        assertThat(text(at)).as("the cursor is on the entry").isEqualTo(stop);
      }
      List<String> seen = new ArrayList<>();
      assertThat(cursor.first()).isTrue();
      assertThat(
              cursor.forEach(
                  (key, _) -> {
                    seen.add(text(key));
                    return cursor.seek(key(10 * seen.size() - 1));
                  }))
          .isTrue();
      assertThat(seen).containsExactly("000", "010", "020", "030", "040", "050");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theVisitorClosesTheCursor(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      RawCursor cursor = tx.raw(WORDS).cursor();
      assertThatThrownBy(
              () ->
                  cursor.forEach(
                      (_, _) -> {
                        cursor.close();
                        return true;
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the cursor is closed");
      assertThatThrownBy(() -> cursor.forEach((_, _) -> true))
          .hasMessageContaining("the cursor is closed");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anExceptionOfTheVisitorIsThrownAsItIs(boolean writing) {
    Database db = filled();
    IllegalStateException mine = new IllegalStateException("mine");
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      RawCursor cursor = tx.raw(WORDS).cursor();
      assertThatThrownBy(
              () ->
                  cursor.forEach(
                      (key, _) -> {
                        if (text(key).equals("017")) {
                          throw mine;
                        }
                        return true;
                      }))
          .isSameAs(mine);
      assertThat(visited(cursor, false)).isEqualTo(names(17, KEYS - 1));
    }
  }

  @Test
  void aVisitIsACallOfTheTransaction() {
    Database db = filled();
    try (ReadTxn tx = db.beginRead()) {
      RawTable words = tx.raw(WORDS);
      View inner = new View();
      assertThat(
              words.forEach(
                  (key, value) -> {
                    assertThat(words.get(key.toArray(), inner)).isTrue();
                    assertThat(inner.contentEquals(value.asSegment())).isTrue();
                    assertThat(visited(words.cursor(), false)).hasSize(KEYS);
                    FutureTask<Long> other = new FutureTask<>(words::count);
                    Thread _ = Thread.ofPlatform().name("other").start(other);
                    assertThatThrownBy(other::get).hasMessageContaining("thread other #");
                    return true;
                  }))
          .isTrue();
      Runnable close = tx::close;
      assertThatThrownBy(
              () ->
                  words.forEach(
                      (_, _) -> {
                        close.run();
                        return true;
                      }))
          .hasMessageContaining("from within a call");
      assertThat(words.count()).isEqualTo(KEYS);
    }
  }

  @Test
  void viewsOfAVisitEndWithTheTransaction() {
    Database db = filled();
    List<View> kept = new ArrayList<>();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.raw(WORDS).forEach((key, value) -> kept.add(key) && kept.add(value))).isTrue();
      assertThat(text(kept.getFirst())).as("reused").isEqualTo(name(KEYS - 1));
    }
    for (View view : kept.subList(0, 2)) {
      assertThatThrownBy(() -> view.getByte(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has ended");
      assertThatThrownBy(view::length).hasMessageContaining("has ended");
    }
  }

  /** Pages may be reused then: no view reads a byte of them, and no visit follows. */
  @Test
  void viewsOfAReaderThatIsEndedInTheMiddleThrow() {
    Database db = filled(KEYS, Options.defaults().withReaderLimit(Duration.ofHours(1)));
    for (int at = 0; at < KEYS - 1; at++) {
      int last = at;
      for (boolean reads : new boolean[] {false, true}) {
        int[] visits = {0};
        List<Throwable> ends = new ArrayList<>(); // compared outside: forEach replaces any error
        try (ReadTxn tx = db.beginRead()) {
          RawVisitor visitor =
              (key, value) -> {
                if (visits[0]++ == last) {
                  ScanForEachTest.end(tx);
                }
                if (visits[0] > last) {
                  ends.add(catchThrowable(key::length));
                  ends.add(catchThrowable(() -> value.getByte(0)));
                }
                return !reads || value.getByte(0) == 'v';
              };
          assertThatThrownBy(() -> tx.raw(WORDS).forEach(visitor))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("Options.withReaderLimit");
        }
        assertThat(visits[0]).isEqualTo(at + 1);
        assertThat(ends)
            .hasSize(2)
            .allSatisfy(end -> assertThat(end).hasMessageContaining("Options.withReaderLimit"));
      }
    }
  }

  @Test
  void nothingIsVisitedAfterTheLossOfTheLocks() {
    Database db = filled();
    CheckReport _ = db.check().throwIfBad();
    int[] visits = {0};
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(
              () ->
                  tx.raw(WORDS)
                      .forEach(
                          (_, _) -> {
                            visits[0]++;
                            db.lifecycle().lose();
                            return true;
                          }))
          .isInstanceOf(DatabaseFailedException.class);
    }
    assertThat(visits[0]).isEqualTo(1);
    db.close();
  }

  @Test
  void theVisitorMayWriteInAWriteTransaction() {
    Database db = filled();
    db.update(
        tx -> {
          RawTable words = tx.raw(WORDS);
          List<String> seen = new ArrayList<>();
          assertThat(
                  words.forEach(
                      (key, value) -> {
                        seen.add(text(key));
                        byte[] copy = value.toArray();
                        boolean _ = words.delete(key.toArray());
                        assertThatThrownBy(key::length).hasMessageContaining("has written since");
                        return seen.size() > KEYS || words.put(key(99 + seen.size()), copy);
                      }))
              .isTrue();
          assertThat(seen).hasSize(2 * KEYS);
          assertThat(words.count()).isZero();
        });
  }

  /** The cursor is then in the gap. */
  @Test
  void beginsBesideADeletedEntry() {
    Database db = filled();
    try (WriteTxn tx = db.beginWrite()) {
      for (int i : new int[] {0, 17, KEYS - 1}) {
        Savepoint before = tx.savepoint();
        for (boolean reversed : new boolean[] {false, true}) {
          RawTable words = tx.raw(WORDS);
          RawCursor cursor = words.cursor();
          assertThat(cursor.seek(key(i))).isTrue();
          assertThat(words.delete(key(i))).isTrue();
          List<String> expected = reversed ? names(KEYS - 1, 0) : names(0, KEYS - 1);
          assertThat(visited(cursor, reversed))
              .isEqualTo(expected.subList(expected.indexOf(name(i)) + 1, KEYS));
          tx.rollbackTo(before);
          assertThatThrownBy(() -> cursor.forEach((_, _) -> true))
              .hasMessageContaining("rolled back to a savepoint");
        }
      }
    }
  }
}
