package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Cursors that write, several of them in one table, beside a sorted map. */
class TableCursorTest extends DatabaseTestBase {
  private static final int KEYS = 600;

  /** Where a cursor should be: on a key, or in the gap where its entry was. */
  private static final class Expected {
    private Long at;

    private boolean isAt(TreeMap<Long, String> model) {
      return at != null && model.containsKey(at);
    }
  }

  private record Pair(TableCursor<Long, String> cursor, Expected expected) {}

  @Test
  void severalCursorsInATableThatSplitsAndMerges() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("cursors that write: seed " + seed);
    Random random = new Random(seed);
    TreeMap<Long, String> model = new TreeMap<>();
    Database db = open(Options.defaults().withPageSize(512));
    for (int round = 0; round < 10; round++) {
      db.update(
          tx -> {
            Pair[] pairs = new Pair[4];
            for (int i = 0; i < pairs.length; i++) {
              pairs[i] = new Pair(tx.cursor(NAMES), new Expected());
            }
            boolean grows = random.nextBoolean();
            for (int i = 0; i < 1500; i++) {
              step(pairs[random.nextInt(pairs.length)], model, random, grows);
            }
            for (Pair pair : pairs) {
              pair.cursor.close();
            }
          });
    }
    try (ReadTxn tx = db.beginRead()) {
      Map<Long, String> found = new TreeMap<>();
      tx.scan(NAMES).forEachKeyValue(found::put);
      assertThat(found).isEqualTo(model);
    }
  }

  private static void step(Pair pair, TreeMap<Long, String> model, Random random, boolean grows) {
    TableCursor<Long, String> cursor = pair.cursor;
    Expected expected = pair.expected;
    long key = random.nextInt(KEYS);
    String value = "v".repeat(random.nextInt(40)) + key;
    switch (random.nextInt(14)) {
      case 0 -> move(pair, model, cursor.first(), model.isEmpty() ? null : model.firstKey());
      case 1 -> move(pair, model, cursor.last(), model.isEmpty() ? null : model.lastKey());
      case 2 -> move(pair, model, cursor.seek(key), model.ceilingKey(key));
      case 3 -> move(pair, model, cursor.seekFloor(key), model.floorKey(key));
      case 4 -> move(pair, model, cursor.seekHigher(key), model.higherKey(key));
      case 5 -> move(pair, model, cursor.seekLower(key), model.lowerKey(key));
      case 6 ->
          move(
              pair,
              model,
              cursor.seekExact(key),
              model.containsKey(key) ? Long.valueOf(key) : null);
      case 7 -> {
        if (expected.at != null) {
          move(pair, model, cursor.next(), model.higherKey(expected.at));
        }
      }
      case 8 -> {
        if (expected.at != null) {
          move(pair, model, cursor.prev(), model.lowerKey(expected.at));
        }
      }
      case 9 -> {
        assertThat(cursor.put(key, value)).isEqualTo(model.put(key, value) == null);
        expected.at = key;
      }
      case 10 -> {
        String before = model.putIfAbsent(key, value);
        assertThat(cursor.putIfAbsent(key, value)).isEqualTo(before == null);
        expected.at = key;
        assertThat(cursor.value()).isEqualTo(before == null ? value : before);
      }
      case 11 -> {
        if (expected.isAt(model)) {
          cursor.replace(value);
          model.put(expected.at, value);
        } else {
          assertThatThrownBy(() -> cursor.replace(value)).isInstanceOf(IllegalStateException.class);
        }
      }
      default -> {
        if (grows) {
          assertThat(cursor.put(key, value)).isEqualTo(model.put(key, value) == null);
          expected.at = key;
        } else if (expected.isAt(model)) {
          cursor.delete();
          model.remove(expected.at);
        }
      }
    }
    if (expected.isAt(model)) {
      assertThat(cursor.entry()).isEqualTo(new Entry<>(expected.at, model.get(expected.at)));
    } else if (expected.at != null) {
      assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
    }
  }

  private static void move(Pair pair, TreeMap<Long, String> model, boolean moved, Long to) {
    assertThat(moved).isEqualTo(to != null);
    pair.expected.at = to; // null: nowhere, or beyond an end, from where only a seek is compared
  }

  @Test
  void deletesWhileItGoesOn() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          try (TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
            for (long i = 0; i < 1000; i++) {
              cursor.append(i, "n" + i); // the table is made by the first
              assertThat(cursor.key()).isEqualTo(i);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> cursor.append(5L, "x"));
            assertThat(cursor.key()).isEqualTo(999);
            int seen = 0;
            for (boolean there = cursor.first(); there; there = cursor.next()) {
              assertThat(cursor.key()).isEqualTo(seen++);
              if (seen % 3 != 0) {
                cursor.delete();
              }
            }
            assertThat(seen).isEqualTo(1000);
            assertThat(tx.count(NAMES)).isEqualTo(333);
            assertThat(cursor.seekIndex(10)).isTrue();
            assertThat(cursor.key()).isEqualTo(32);
          }
        });
  }

  @Test
  void aReadTransactionMovesAndDoesNotWrite() {
    Database db = open();
    db.put(NAMES, 1L, "one");
    try (ReadTxn tx = db.beginRead();
        TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.entry()).isEqualTo(new Entry<>(1L, "one"));
      assertThatThrownBy(cursor::delete)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot write");
      assertThatThrownBy(() -> cursor.put(2L, "two")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> cursor.replace("two")).isInstanceOf(IllegalStateException.class);
      assertThat(cursor.value()).isEqualTo("one");
    }
  }

  @Test
  void rawWritesInAllForms() {
    Database db = open();
    db.update(
        tx -> {
          try (RawCursor cursor = tx.raw("raw").cursor()) {
            View view = new View();
            MemorySegment zero = MemorySegment.ofArray(bytes("0"));
            assertThat(cursor.put(zero, zero)).isTrue();
            assertThat(cursor.putIfAbsent(zero, zero)).isFalse();
            cursor.replace(zero);
            assertThat(cursor.seekHigher(zero)).isFalse();
            assertThat(cursor.seekLower(zero)).isFalse();
            assertThat(cursor.put(bytes("a"), bytes("1"))).isTrue();
            assertThat(cursor.put(buffer("b"), buffer("2"))).isTrue();
            assertThat(cursor.putIfAbsent(bytes("b"), bytes("3"))).isFalse();
            cursor.value(view);
            assertThat(view.toArray()).isEqualTo(bytes("2"));
            assertThat(cursor.putIfAbsent(buffer("c"), buffer("3"))).isTrue();
            MemorySegment c2 = MemorySegment.ofArray(bytes("c2"));
            cursor.append(c2, c2);
            assertThat(cursor.reserve(c2, 1, room -> room.put((byte) 1))).isFalse();
            cursor.delete();
            cursor.append(bytes("d"), bytes("4"));
            cursor.append(buffer("e"), buffer("5"));
            cursor.replace(buffer("55"));
            cursor.value(view);
            assertThat(view.toArray()).isEqualTo(bytes("55"));
            cursor.replace(bytes("5"));
            assertThat(cursor.seekHigher(bytes("b"))).isTrue();
            cursor.key(view);
            assertThat(view.toArray()).isEqualTo(bytes("c"));
            assertThat(cursor.seekLower(buffer("b"))).isTrue();
            assertThat(cursor.seekLower(bytes("0"))).isFalse();
            assertThat(cursor.seekHigher(buffer("e"))).isFalse();
            assertThat(cursor.seekExact(bytes("d"))).isTrue();
            cursor.delete();
            assertThat(cursor.next()).isTrue();
            cursor.key(view);
            assertThat(view.toArray()).isEqualTo(bytes("e"));
          }
        });
  }

  @Test
  void reservedValues() {
    Database db = open();
    db.update(
        tx -> {
          try (RawCursor cursor = tx.raw("raw").cursor()) {
            boolean _ = cursor.reserve(bytes("a"), 8, room -> room.putLong(7));
            boolean _ = cursor.reserve(buffer("b"), 100_000, room -> room.position(100_000));
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cursor.reserve(bytes("c"), 8, room -> room.putInt(7)))
                .withMessageContaining("8 bytes were reserved for a value, and 4 of them filled");
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cursor.reserve(bytes("c"), 8, room -> room.putInt(7).limit(4)))
                .withMessageContaining("8 bytes were reserved for a value, and 4 of them filled");
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cursor.reserve(bytes("c"), -1, room -> {}));
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cursor.reserve(bytes("c"), Integer.MAX_VALUE, room -> {}))
                .withMessageContaining(
                    "table raw: value length=2147483647, allowed 0 to 2147483639");
            assertThatThrownBy(
                    () ->
                        cursor.reserve(
                            bytes("c"),
                            8,
                            room -> {
                              throw new UnsupportedOperationException("no");
                            }))
                .isInstanceOf(UnsupportedOperationException.class);
            assertThat(tx.count("raw")).isEqualTo(2);
          }
          assertThat(tx.raw("raw").get(bytes("a"))).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
          assertThat(tx.raw("raw").get(bytes("b"))).isEqualTo(new byte[100_000]);
        });
  }

  /** A cursor or scan of a table that goes away says so. */
  @Test
  void tablesThatAreDroppedOrCleared() {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < 500; i++) {
            tx.put(NAMES, i, "n");
          }
          TableCursor<Long, String> cursor = tx.cursor(NAMES);
          var entries = tx.scan(NAMES).iterator();
          assertThat(cursor.seek(7L)).isTrue();
          assertThat(entries.next().key()).isZero();
          tx.clear(NAMES);
          assertThatThrownBy(entries::next)
              .hasMessageContaining("table names was cleared or dropped");
          tx.put(NAMES, 3L, "three");
          assertThatThrownBy(cursor::key).hasMessageContaining("was deleted");
          assertThat(cursor.next()).as("from 7 on").isFalse();
          assertThat(cursor.first()).isTrue();
          assertThat(cursor.key()).isEqualTo(3);
          assertThat(tx.drop(NAMES)).isTrue();
          tx.put(NAMES, 4L, "four");
          assertThatThrownBy(cursor::next).hasMessageContaining("was dropped");
          assertThatThrownBy(() -> cursor.put(9L, "nine")).hasMessageContaining("was dropped");
          assertThatThrownBy(() -> cursor.append(9L, "nine")).hasMessageContaining("was dropped");
          assertThat(tx.count(NAMES)).isEqualTo(1);
          assertThatThrownBy(cursor::first).hasMessageContaining("was dropped");
          assertThatThrownBy(() -> cursor.seek(4L)).hasMessageContaining("was dropped");
          cursor.close();
        });
  }

  /** Also if it has not moved yet. */
  @Test
  void aCursorThatWasOpenedBeforeARename() {
    Database db = open();
    db.put(NAMES, 1L, "one");
    db.update(
        tx -> {
          try (TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
            assertThat(tx.rename(NAMES.name(), "moved")).isTrue();
            assertThatThrownBy(() -> cursor.put(1L, "x")).hasMessageContaining("renamed");
            assertThat(tx.create(NAMES)).isTrue();
            assertThatThrownBy(() -> cursor.put(1L, "x")).hasMessageContaining("renamed");
            assertThat(tx.count(NAMES)).isZero();
          }
        });
  }

  /** It would write to the table that has the name now. */
  @Test
  void aCursorOfARenamedTableDoesNotWrite() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "one");
          tx.put(WORDS, "a", "b");
          try (TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
            assertThat(cursor.first()).isTrue();
            assertThat(tx.rename(NAMES.name(), "moved")).isTrue();
            assertThat(cursor.value()).isEqualTo("one");
            assertThatThrownBy(cursor::delete).hasMessageContaining("renamed");
            assertThatThrownBy(() -> cursor.put(1L, "x")).hasMessageContaining("renamed");
            assertThatThrownBy(() -> cursor.replace("x")).hasMessageContaining("renamed");
            assertThat(tx.tables()).containsExactly("moved", "words");
            assertThat(tx.rename("words", NAMES.name())).isTrue();
            assertThatThrownBy(cursor::delete).isInstanceOf(RuntimeException.class);
            assertThat(tx.count(NAMES.name())).isEqualTo(1);
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(Arrays.copyOf(bytes(text), bytes(text).length));
  }

  /** The table that has the name now has other codecs, which say nothing about the cursor. */
  @Test
  void aRenamedTablesCursorSaysSo() {
    Database db = open();
    Table<String, String> other = Table.of(NAMES.name(), Codec.utf8(), Codec.utf8());
    db.put(NAMES, 1L, "Ada");
    try (WriteTxn tx = db.beginWrite();
        TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
      assertThat(cursor.next()).isTrue();
      assertThat(tx.rename(NAMES.name(), "people")).isTrue();
      tx.put(other, "a", "b");
      for (Runnable write :
          new Runnable[] {() -> cursor.put(2L, "x"), cursor::delete, () -> cursor.replace("x")}) {
        assertThatThrownBy(write::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("names was dropped or renamed");
      }
      assertThat(cursor.key()).isEqualTo(1L);
      assertThat(tx.count(other)).isEqualTo(1);
    }
  }
}
