package dev.pando.btree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
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

  /** Entries come after the cursor has met an end of an empty tree. */
  @Test
  void staysAtTheEndOfATreeThatWasEmpty() {
    TreeFixture fixture = new TreeFixture(512);
    try (Cursor after = fixture.tree.cursor();
        Cursor before = fixture.tree.cursor();
        Cursor floor = fixture.tree.cursor()) {
      assertFalse(after.next());
      assertFalse(before.prev());
      assertFalse(floor.seekFloor(fixture.key(bytes(5))));
      fixture.put(bytes(1), bytes(1));
      fixture.put(bytes(2), bytes(2));
      assertFalse(after.next());
      assertFalse(before.prev());
      assertFalse(floor.prev());
      assertTrue(after.prev());
      assertEquals(2, at(after));
      assertTrue(before.next());
      assertEquals(1, at(before));
      assertTrue(floor.next());
      assertEquals(1, at(floor));
    }
  }
}
