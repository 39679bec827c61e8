package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
