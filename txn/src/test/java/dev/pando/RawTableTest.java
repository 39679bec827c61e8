package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables as bytes, cursors and views. */
class RawTableTest extends DatabaseTestBase {
  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(View view) {
    return new String(view.toArray(), UTF_8);
  }

  @Test
  void bytesOfEveryKind() {
    Database db = open();
    db.update(
        tx -> {
          RawTable raw = tx.raw("raw");
          assertThat(raw.put(bytes("array"), bytes("1"))).isTrue();
          assertThat(raw.put(ByteBuffer.wrap(bytes("xbufferx"), 1, 6), ByteBuffer.wrap(bytes("2"))))
              .isTrue();
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(6);
            MemorySegment.copy(bytes("native"), 0, key, ValueLayout.JAVA_BYTE, 0, 6);
            assertThat(raw.put(key, MemorySegment.ofArray(bytes("3")))).isTrue();
            assertThat(raw.put(key, MemorySegment.ofArray(bytes("4")))).isFalse();
            assertThat(raw.contains(key)).isTrue();
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.stat("raw").keyCodec()).isEqualTo("bytes");
      RawTable raw = tx.raw("raw");
      assertThat(raw.count()).isEqualTo(3);
      assertThat(raw.get(bytes("array"))).isEqualTo(bytes("1"));
      assertThat(raw.get(bytes("nothing"))).isNull();
      View view = new View();
      assertThat(raw.get(ByteBuffer.wrap(bytes("buffer")), view)).isTrue();
      assertThat(text(view)).isEqualTo("2");
      assertThat(view.contentEquals(MemorySegment.ofArray(bytes("2")))).isTrue();
      assertThat(view.compareTo(MemorySegment.ofArray(bytes("20")))).isNegative();
      assertThat(raw.<Long>read(bytes("native"), MemorySegment::byteSize)).isEqualTo(1);
      assertThat(raw.<Long>read(bytes("nothing"), MemorySegment::byteSize)).isNull();
      assertThatThrownBy(
              () ->
                  raw.<Object>read(
                      bytes("native"),
                      segment -> {
                        segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
                        return segment;
                      }))
          .isInstanceOf(IllegalArgumentException.class);
    }
    db.update(
        tx -> {
          RawTable raw = tx.raw("raw");
          assertThat(raw.delete(bytes("array"))).isTrue();
          assertThat(raw.delete(bytes("array"))).isFalse();
          assertThatThrownBy(() -> raw.append(bytes("a"), bytes("")))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContainingAll("table raw", "0x61, which is not above the last");
          raw.append(bytes("z"), bytes("last"));
        });
  }

  @Test
  void typedTablesAreReadRawOnlyIfTheCodecsFitOrByName() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 258L, "x"));
    try (ReadTxn tx = db.beginRead()) {
      byte[] key = {0, 0, 0, 0, 0, 0, 1, 2};
      assertThat(tx.raw(NAMES).get(key)).isEqualTo(bytes("x"));
      assertThat(tx.raw("names").get(key)).isEqualTo(bytes("x"));
      assertThatThrownBy(() -> tx.raw(Table.of("names", Codec.bytes(), Codec.bytes())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("codec u64");
      assertThat(tx.raw("missing").count()).isZero();
    }
  }

  @Test
  void cursorsMoveInBothDirections() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (int i = 10; i < 100; i++) {
            tx.put(WORDS, "key " + i, "value " + i);
          }
        });
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw(WORDS).cursor()) {
      View key = new View();
      View value = new View();
      List<String> up = new ArrayList<>();
      while (cursor.next()) {
        cursor.entry(key, value);
        assertThat(text(value)).isEqualTo(text(key).replace("key", "value"));
        up.add(text(key));
      }
      List<String> down = new ArrayList<>();
      while (cursor.prev()) {
        cursor.key(key);
        down.add(text(key));
      }
      assertThat(up).hasSize(90).isSorted();
      assertThat(down.reversed()).isEqualTo(up);
      assertThat(cursor.seek(bytes("key 20x"))).isTrue();
      cursor.key(key);
      assertThat(text(key)).isEqualTo("key 21");
      assertThat(cursor.seekFloor(bytes("key 20x"))).isTrue();
      cursor.key(key);
      assertThat(text(key)).isEqualTo("key 20");
      assertThat(cursor.seekExact(bytes("key 20x"))).isFalse();
      assertThat(cursor.seek(bytes("z"))).isFalse();
      assertThat(cursor.first()).isTrue();
      assertThat(cursor.last()).isTrue();
      cursor.value(value);
      assertThat(text(value)).isEqualTo("value 99");
    }
  }

  @Test
  void scansInAllShapes() {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < 100; i++) {
            tx.put(NAMES, i, "n" + i);
          }
          for (String word : List.of("San Diego", "San Francisco", "San Fratello", "Santa Fe")) {
            tx.put(WORDS, word, "");
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(keys(tx, Range.closed(3L, 5L))).containsExactly(3L, 4L, 5L);
      assertThat(keys(tx, Range.closedOpen(3L, 5L))).containsExactly(3L, 4L);
      assertThat(keys(tx, Range.open(3L, 5L))).containsExactly(4L);
      assertThat(keys(tx, Range.openClosed(3L, 5L))).containsExactly(4L, 5L);
      assertThat(keys(tx, Range.closed(3L, 5L).reversed())).containsExactly(5L, 4L, 3L);
      assertThat(keys(tx, Range.open(3L, 6L).reversed())).containsExactly(5L, 4L);
      assertThat(keys(tx, Range.atLeast(98L))).containsExactly(98L, 99L);
      assertThat(keys(tx, Range.greaterThan(98L))).containsExactly(99L);
      assertThat(keys(tx, Range.lessThan(2L))).containsExactly(0L, 1L);
      assertThat(keys(tx, Range.atMost(1L).reversed())).containsExactly(1L, 0L);
      assertThat(keys(tx, Range.<Long>all().reversed().limit(2))).containsExactly(99L, 98L);
      assertThat(keys(tx, Range.closed(5L, 3L))).isEmpty();
      assertThat(keys(tx, Range.atLeast(1000L))).isEmpty();
      assertThat(keys(tx, Range.atLeast(1000L).reversed())).isEmpty();
      assertThat(keys(tx, Range.<Long>all().limit(0))).isEmpty();
      assertThat(tx.scan(WORDS, Range.startsWith("San Fr")).toList())
          .extracting(Entry::key)
          .containsExactly("San Francisco", "San Fratello");
      assertThat(tx.count(NAMES, Range.atLeast(50L))).isEqualTo(50);
      try (var names = tx.scan(NAMES).stream()) {
        assertThat(names.filter(entry -> entry.key() % 10 == 0).count()).isEqualTo(10);
      }
      Scan<Long, String> scan = tx.scan(NAMES);
      var entries = scan.iterator();
      assertThat(entries.next().key()).isZero();
      scan.close();
      assertThatThrownBy(entries::hasNext)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("scan of names is closed");
    }
  }

  private static List<Long> keys(ReadTxn tx, Range<Long> range) {
    return tx.scan(NAMES, range).stream().map(Entry::key).toList();
  }
}
