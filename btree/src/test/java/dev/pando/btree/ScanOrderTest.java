package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Each scan may meet its first key, and then only keys that follow the one before. */
final class ScanOrderTest {
  private static Slice key(int... bytes) {
    byte[] key = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      key[i] = (byte) bytes[i];
    }
    Slice slice = new Slice();
    slice.set(MemorySegment.ofArray(key), 0, key.length);
    return slice;
  }

  private static ScanOrder fromTwo() {
    KeyBuffer first = new KeyBuffer(1);
    first.set(new byte[] {2});
    return ScanOrder.ascendingFrom("a.pando", first);
  }

  private static void accepts(ScanOrder order, Slice key) {
    assertDoesNotThrow(() -> order.check(key));
  }

  private static void refuses(ScanOrder order, Slice key) {
    CorruptFileException refused = assertThrows(CorruptFileException.class, () -> order.check(key));
    assertTrue(refused.getMessage().contains("not in order"), refused.getMessage());
  }

  @Test
  void ascending() {
    ScanOrder order = ScanOrder.ascending("a.pando");
    accepts(order, key(0));
    accepts(order, key(2));
    refuses(order, key(2));
    refuses(order, key(1, 9));
    accepts(order, key(2, 0));
  }

  @Test
  void descending() {
    ScanOrder order = ScanOrder.descending("a.pando");
    accepts(order, key(2));
    refuses(order, key(2));
    refuses(order, key(2, 0));
    accepts(order, key(1));
  }

  @Test
  void theFirstKeyMayBeTheOneLookedForOrAHigherOne() {
    accepts(fromTwo(), key(2));
    accepts(fromTwo(), key(3));
  }

  @Test
  void theFirstKeyMayNotBeALowerOne() {
    refuses(fromTwo(), key(1, 9));
  }

  @Test
  void theSecondKeyMayNotBeTheFirstAgain() {
    ScanOrder order = fromTwo();
    accepts(order, key(2));
    refuses(order, key(2));
  }
}
