package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors at both ends of a table, and views after the end of their transaction. */
final class CursorEndsTest extends DatabaseTestBase {
  private final View view = new View();

  private String key(RawCursor cursor) {
    cursor.key(view);
    return new String(view.toArray(), UTF_8);
  }

  private Database filled(int keys) {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (int i = 0; i < keys; i++) {
            tx.put(WORDS, "%03d".formatted(i), "value");
          }
        });
    return db;
  }

  /** One leaf, and many. */
  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "3,false", "3,true", "200,false", "200,true"})
  void turnsAroundAtTheEnds(int keys, boolean writing) {
    Database db = filled(keys);
    String last = "%03d".formatted(keys - 1);
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead();
        RawCursor cursor = tx.raw(WORDS).cursor()) {
      int seen = 0;
      while (cursor.next()) {
        seen++;
      }
      assertThat(seen).isEqualTo(keys);
      assertThat(cursor.next()).as("stays at the end").isFalse();
      assertThatThrownBy(() -> cursor.key(view)).isInstanceOf(IllegalStateException.class);
      assertThat(cursor.prev()).isTrue();
      assertThat(key(cursor)).isEqualTo(last);
      seen = 1;
      while (cursor.prev()) {
        seen++;
      }
      assertThat(seen).isEqualTo(keys);
      assertThat(cursor.prev()).as("stays at the beginning").isFalse();
      assertThat(cursor.next()).isTrue();
      assertThat(key(cursor)).isEqualTo("000");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "200,false", "200,true"})
  void goesOnAfterASearchThatFailed(int keys, boolean writing) {
    Database db = filled(keys);
    String last = "%03d".formatted(keys - 1);
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead();
        RawCursor cursor = tx.raw(WORDS).cursor()) {
      assertThat(cursor.seek("x".getBytes(UTF_8))).isFalse();
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.prev()).isTrue();
      assertThat(key(cursor)).isEqualTo(last);
      assertThat(cursor.seekFloor("!".getBytes(UTF_8))).isFalse();
      assertThat(cursor.prev()).isFalse();
      assertThat(cursor.next()).isTrue();
      assertThat(key(cursor)).isEqualTo("000");
      assertThat(cursor.seekExact("x".getBytes(UTF_8))).isFalse();
      assertThat(cursor.prev()).isTrue();
      assertThat(key(cursor)).isEqualTo(last);
    }
  }

  /** The entry at the end is deleted, or others come after it. */
  @Test
  void turnsAroundAfterChanges() {
    Database db = filled(200);
    try (WriteTxn tx = db.beginWrite();
        RawCursor cursor = tx.raw(WORDS).cursor()) {
      assertThat(cursor.last()).isTrue();
      tx.delete(WORDS, "199");
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.prev()).isTrue();
      assertThat(key(cursor)).isEqualTo("198");
      assertThat(cursor.next()).isFalse();
      tx.put(WORDS, "300", "x");
      assertThat(cursor.next()).as("stays at the end").isFalse();
      assertThat(cursor.prev()).isTrue();
      assertThat(key(cursor)).isEqualTo("300");
      assertThat(cursor.first()).isTrue();
      tx.delete(WORDS, "000");
      assertThat(cursor.prev()).isFalse();
      assertThat(cursor.next()).isTrue();
      assertThat(key(cursor)).isEqualTo("001");
      tx.clear(WORDS);
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.prev()).isFalse();
      assertThat(cursor.next()).isFalse();
    }
  }

  @Test
  void hasNothingToMoveToInAnEmptyTable() {
    Database db = open();
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw("none").cursor()) {
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.prev()).isFalse();
      assertThat(cursor.seekFloor("x".getBytes(UTF_8))).isFalse();
      assertThat(cursor.next()).isFalse();
    }
  }

  /** No table, and an empty one: entries come after the cursor has met an end. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void staysAtTheEndOfATableThatWasEmpty(boolean isThere) {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      if (isThere) {
        assertThat(tx.create(WORDS)).isTrue();
      }
      try (RawCursor after = tx.raw(WORDS).cursor();
          RawCursor before = tx.raw(WORDS).cursor();
          RawCursor sought = tx.raw(WORDS).cursor();
          RawCursor floor = tx.raw(WORDS).cursor();
          RawCursor visited = tx.raw(WORDS).cursor();
          RawCursor fresh = tx.raw(WORDS).cursor();
          TableCursor<String, String> typed = tx.cursor(WORDS)) {
        assertThat(after.next()).isFalse();
        assertThat(before.prev()).isFalse();
        assertThat(sought.seek("m".getBytes(UTF_8))).isFalse();
        assertThat(floor.seekFloor("m".getBytes(UTF_8))).isFalse();
        assertThat(visited.forEach((_, _) -> true)).isTrue();
        assertThat(fresh.first()).isFalse();
        assertThat(fresh.last()).isFalse();
        assertThat(typed.next()).isFalse();
        Iterator<Entry<String, String>> scan = tx.scan(WORDS).iterator();
        assertThat(scan.hasNext()).isFalse();
        tx.put(WORDS, "a", "1");
        tx.put(WORDS, "z", "2");
        for (RawCursor cursor : List.of(after, sought, visited)) {
          assertThat(cursor.next()).as("stays at the end").isFalse();
          assertThat(cursor.prev()).isTrue();
          assertThat(key(cursor)).isEqualTo("z");
        }
        for (RawCursor cursor : List.of(before, floor)) {
          assertThat(cursor.prev()).as("stays at the beginning").isFalse();
          assertThat(cursor.next()).isTrue();
          assertThat(key(cursor)).isEqualTo("a");
        }
        assertThat(fresh.next()).as("has met no end").isTrue();
        assertThat(key(fresh)).isEqualTo("a");
        assertThat(typed.next()).isFalse();
        assertThat(typed.prev()).isTrue();
        assertThat(typed.key()).isEqualTo("z");
        assertThat(scan.hasNext()).as("is over").isFalse();
      }
    }
  }

  /** As a cursor: a scan that was asked for nothing yet has met no end. */
  @Test
  void scansATableThatWasMissing() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite();
        TwoEndedScan<String, String> both = tx.scan(WORDS).twoEnded()) {
      Iterator<Entry<String, String>> up = tx.scan(WORDS).iterator();
      Iterator<Entry<String, String>> down =
          tx.scan(WORDS, Range.<String>lessThan("z").reversed()).iterator();
      tx.put(WORDS, "a", "1");
      tx.put(WORDS, "m", "2");
      tx.put(WORDS, "z", "3");
      assertThat(up.next().key()).isEqualTo("a");
      up.remove();
      assertThat(up.next().key()).isEqualTo("m");
      assertThat(up.next().key()).isEqualTo("z");
      assertThat(up.hasNext()).isFalse();
      assertThat(down.next().key()).isEqualTo("m");
      assertThat(down.hasNext()).isFalse();
      assertThat(both.nextLast()).isEqualTo(new Entry<>("z", "3"));
      assertThat(both.nextFirst()).isEqualTo(new Entry<>("m", "2"));
      assertThat(both.nextFirst()).isNull();
      Iterator<Entry<String, String>> older = tx.scan(WORDS).iterator();
      tx.clear(WORDS);
      assertThat(older.hasNext()).isFalse();
    }
  }

  @Test
  void throwsAtAnEndAfterTheTableWasDropped() {
    Database db = filled(3);
    try (WriteTxn tx = db.beginWrite();
        RawCursor after = tx.raw(WORDS).cursor();
        RawCursor before = tx.raw(WORDS).cursor();
        TableCursor<String, String> typed = tx.cursor(WORDS)) {
      assertThat(after.seek("x".getBytes(UTF_8))).isFalse();
      assertThat(before.seekFloor("!".getBytes(UTF_8))).isFalse();
      assertThat(typed.seek("x")).isFalse();
      assertThat(tx.drop(WORDS)).isTrue();
      assertThatThrownBy(after::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("dropped");
      assertThatThrownBy(before::prev)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("dropped");
      assertThatThrownBy(typed::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("dropped");
    }
  }

  /** The cursor goes through all of a table that has become empty meanwhile. */
  @Test
  void turnsAroundInATableThatBecomesEmpty() {
    Database db = filled(3);
    try (WriteTxn tx = db.beginWrite();
        RawCursor down = tx.raw(WORDS).cursor();
        RawCursor up = tx.raw(WORDS).cursor()) {
      assertThat(down.last()).isTrue();
      assertThat(up.first()).isTrue();
      tx.clear(WORDS);
      assertThat(down.prev()).isFalse();
      assertThat(up.next()).isFalse();
      tx.put(WORDS, "new", "1");
      assertThat(down.prev()).isFalse();
      assertThat(up.next()).isFalse();
      assertThat(down.next()).isTrue();
      assertThat(up.prev()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void viewsThrowAfterTheEnd(boolean writing, boolean byClosingTheDatabase) {
    Database db = Database.open(file(), Options.defaults().withCloseTimeout(Duration.ofMillis(20)));
    db.update(tx -> tx.put(WORDS, "a", "value"));
    db.update(tx -> tx.put(WORDS, "e", ""));
    CheckReport _ = db.check().throwIfBad();
    View empty = new View();
    ReadTxn tx = writing ? db.beginWrite() : db.beginRead();
    assertThat(tx.raw(WORDS).get("a".getBytes(UTF_8), view)).isTrue();
    assertThat(tx.raw(WORDS).get("e".getBytes(UTF_8), empty)).isTrue();
    assertThat(empty.contentEquals(MemorySegment.ofArray(new byte[0]))).isTrue();
    if (byClosingTheDatabase) {
      db.close();
    } else {
      tx.close();
    }
    throwsAfterTheEnd(view::length);
    throwsAfterTheEnd(view::toArray);
    throwsAfterTheEnd(view::asSegment);
    throwsAfterTheEnd(() -> view.getByte(0));
    throwsAfterTheEnd(() -> view.compareTo(MemorySegment.ofArray(new byte[5])));
    throwsAfterTheEnd(() -> view.contentEquals(MemorySegment.ofArray(new byte[1])));
    throwsAfterTheEnd(() -> view.contentEquals(MemorySegment.ofArray("value".getBytes(UTF_8))));
    throwsAfterTheEnd(() -> empty.contentEquals(MemorySegment.ofArray(new byte[0])));
    throwsAfterTheEnd(() -> empty.contentEquals(MemorySegment.ofArray(new byte[1])));
    throwsAfterTheEnd(empty::toArray);
    tx.close();
    db.close();
  }

  private static void throwsAfterTheEnd(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
    assertThatThrownBy(use).isInstanceOf(IllegalStateException.class);
  }
}
