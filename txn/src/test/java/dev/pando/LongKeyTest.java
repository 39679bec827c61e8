package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looking for a key that cannot be stored is an answer; only storing it is an error. */
class LongKeyTest extends DatabaseTestBase {
  private static final int MAX = 208; // with pages of 512 bytes

  private final View view = new View();

  /** Shared beginnings, so that pages have prefixes, and keys of the greatest length. */
  private static TreeSet<String> stored() {
    TreeSet<String> keys = new TreeSet<>();
    for (String start : List.of("a", "m", "m".repeat(100), "m".repeat(MAX - 1), "z")) {
      keys.add(start);
      for (int i = 0; i < 40; i++) {
        String key = start + (char) ('A' + i) + "m".repeat(i * 5);
        keys.add(key.substring(0, Math.min(MAX, key.length())));
      }
    }
    keys.add("m".repeat(MAX));
    return keys;
  }

  /** Keys that cannot be stored, at every place among those that are. */
  private static List<String> wanted(TreeSet<String> stored) {
    List<String> wanted = new ArrayList<>(List.of(""));
    for (String key : stored) {
      String end = key + "m".repeat(MAX);
      wanted.addAll(List.of(end.substring(0, MAX + 1), end, key + "A".repeat(5 * MAX)));
    }
    return wanted;
  }

  private Database filled(TreeSet<String> keys) {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (String key : keys) {
            tx.put(WORDS, key, "of " + key.length());
          }
          assertThat(tx.raw(WORDS).maxKey()).isEqualTo(MAX);
        });
    return db;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isLookedForInATable(boolean writing) {
    TreeSet<String> keys = stored();
    Database db = filled(keys);
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead()) {
      for (String key : wanted(keys)) {
        assertThat(tx.get(WORDS, key)).isNull();
        assertThat(tx.contains(WORDS, key)).isFalse();
        assertThat(keyOf(tx.floor(WORDS, key))).isEqualTo(keys.floor(key));
        assertThat(keyOf(tx.lower(WORDS, key))).isEqualTo(keys.lower(key));
        assertThat(keyOf(tx.ceiling(WORDS, key))).isEqualTo(keys.ceiling(key));
        assertThat(keyOf(tx.higher(WORDS, key))).isEqualTo(keys.higher(key));
        assertThat(tx.count(WORDS, Range.atLeast(key))).isEqualTo(keys.tailSet(key).size());
        assertThat(tx.count(WORDS, Range.lessThan(key).reversed()))
            .isEqualTo(keys.headSet(key).size());
        assertThat(tx.count(WORDS, Range.only(key))).isZero();
      }
    }
  }

  private static String keyOf(Entry<String, String> entry) {
    return entry == null ? null : entry.key();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isLookedForInBytes(boolean writing) {
    TreeSet<String> keys = stored();
    Database db = filled(keys);
    try (ReadTxn tx = writing ? db.beginWrite() : db.beginRead();
        RawCursor cursor = tx.raw(WORDS).cursor()) {
      RawTable raw = tx.raw(WORDS);
      for (String text : wanted(keys)) {
        byte[] key = text.getBytes(UTF_8);
        assertThat(raw.get(key)).isNull();
        assertThat(raw.get(key, view)).isFalse();
        assertThat(raw.get(ByteBuffer.wrap(key), view)).isFalse();
        assertThat(raw.contains(key)).isFalse();
        assertThat(raw.<Long>read(key, MemorySegment::byteSize)).isNull();
        assertThat(cursor.seekExact(key)).isFalse();
        assertThat(shown(cursor, cursor.seek(key))).isEqualTo(keys.ceiling(text));
        assertThat(shown(cursor, cursor.seekFloor(key))).isEqualTo(keys.floor(text));
      }
    }
  }

  private String shown(RawCursor cursor, boolean there) {
    if (!there) {
      return null;
    }
    cursor.key(view);
    return new String(view.toArray(), UTF_8);
  }

  @Test
  void isNotThereToDelete() {
    TreeSet<String> keys = stored();
    Database db = filled(keys);
    db.update(
        tx -> {
          for (String key : wanted(keys)) {
            assertThat(tx.delete(WORDS, key)).isFalse();
            assertThat(tx.raw(WORDS).delete(key.getBytes(UTF_8))).isFalse();
          }
          assertThat(tx.count(WORDS)).isEqualTo(keys.size());
        });
  }

  @Test
  void isNotStored() {
    Database db = filled(stored());
    String key = "m".repeat(MAX + 1);
    byte[] bytes = key.getBytes(UTF_8);
    db.update(
        tx -> {
          refused(() -> tx.put(WORDS, key, "x"));
          refused(() -> tx.putIfAbsent(WORDS, key, "x"));
          refused(() -> tx.append(WORDS, "z" + key, "x"));
          refused(() -> tx.raw(WORDS).put(bytes, bytes));
          refused(() -> tx.raw(WORDS).append(bytes, bytes));
          tx.put(WORDS, "goes", "on");
        });
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable put) {
    assertThatThrownBy(put)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("table words: key length=", "allowed 0 to " + MAX);
  }

  /** The same for the names of tables: "?" is what the JDK makes of half a character. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\uD800", "?"})
  void isTheNameOfNoTable(String odd) {
    String name = odd.equals("?") ? "x".repeat(256) : odd;
    Database db = open();
    db.update(
        tx -> {
          tx.put(Table.of("?", Codec.u64(), Codec.utf8()), 1L, "x");
          tx.put(Table.of("x".repeat(255), Codec.u64(), Codec.utf8()), 1L, "x");
        });
    db.update(
        tx -> {
          assertThat(tx.stat(name)).isNull();
          assertThat(tx.drop(name)).isFalse();
          assertThat(tx.rename(name, "other")).isFalse();
          assertThat(tx.tables()).hasSize(2);
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.stat(name)).isNull();
    }
  }

  @Test
  void aTableIsRenamedToItsOwnName() {
    Database db = open();
    db.update(tx -> tx.put(WORDS, "a", "b"));
    try (WriteTxn tx = db.beginWrite()) {
      assertThat(tx.rename("words", "words")).isTrue();
      assertThat(tx.rename("none", "none")).isFalse();
      assertThat(tx.catalog().isChanged()).isFalse();
      assertThat(tx.get(WORDS, "a")).isEqualTo("b");
      tx.put(NAMES, 1L, "x");
      assertThatThrownBy(() -> tx.rename("words", "names")).hasMessageContaining("of that name");
    }
  }
}
