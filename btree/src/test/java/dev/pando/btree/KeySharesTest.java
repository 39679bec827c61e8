package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeySharesTest {
  /** The sum of one share a level may be rounded up, to more than 1. */
  @Test
  void nothingHasMoreThanAllEntriesBeforeIt() {
    TreeFixture fixture = new TreeFixture(512);
    byte[] above = "x".getBytes(US_ASCII);
    for (int i = 0; i < 3_000; i++) {
      fixture.append("%08d".formatted(i).getBytes(US_ASCII), new byte[20]);
      double share = fixture.tree.share(fixture.key(above));
      int entries = i + 1;
      assertTrue(share <= 1, () -> "share %s of %d entries".formatted(share, entries));
      assertEquals(1, share, 1e-9);
    }
    fixture.check();
  }
}
