package dev.pando.btree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows when a cursor has met an end. */
final class CursorEndsTest {
  private final Slice key = new Slice();

  private static byte[] bytes(int i) {
    return "%04d".formatted(i).getBytes(UTF_8);
  }

  private int at(Cursor cursor) {
    cursor.key(key);
    return Integer.parseInt(new String(key.toArray(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30, 500})
  void prevAfterTheLastGoesToTheLast(int keys) {
    TreeFixture fixture = new TreeFixture(512);
    for (int i = 0; i < keys; i++) {
      fixture.put(bytes(i), bytes(i));
    }
    try (Cursor cursor = fixture.tree.cursor()) {
      assertTrue(cursor.last());
      assertFalse(cursor.next());
      assertFalse(cursor.next());
      assertFalse(cursor.positioned());
      assertThrows(IllegalStateException.class, () -> cursor.key(key));
      assertTrue(cursor.prev());
      assertEquals(keys - 1, at(cursor));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30, 500})
  void nextBeforeTheFirstGoesToTheFirst(int keys) {
    TreeFixture fixture = new TreeFixture(512);
    for (int i = 0; i < keys; i++) {
      fixture.put(bytes(i), bytes(i));
    }
    try (Cursor cursor = fixture.tree.cursor()) {
      assertTrue(cursor.first());
      assertFalse(cursor.prev());
      assertFalse(cursor.prev());
      assertFalse(cursor.positioned());
      assertTrue(cursor.next());
      assertEquals(0, at(cursor));
    }
  }
}
