package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values from empty to the longest, and around each length at which they change their form. */
@Tag("proof")
class LargeValueTest extends DatabaseTestBase {
  private static final byte[] KEY = {1};

  @Test
  void theLongestValueAndOneByteMore() throws IOException {
    Database db = open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = sparse(WriteTxn.MAX_VALUE + 1L, arena);
      long last = WriteTxn.MAX_VALUE - 1L;
      for (long at = 0; at <= last; at += 123_456_789) {
        value.set(JAVA_BYTE, at, (byte) (at % 127 + 1));
      }
      value.set(JAVA_BYTE, last, (byte) 99);
      MemorySegment key = arena.allocateFrom(JAVA_BYTE, KEY);
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> db.update(tx -> tx.raw("large").put(key, value)));
      assertTrue(
          refused.getMessage().contains("value length=2147483648, allowed at most 2147483647"),
          refused.getMessage());
      MemorySegment longest = value.asSlice(0, WriteTxn.MAX_VALUE);
      db.update(tx -> tx.raw("large").put(key, longest));
      long mismatch = db.view(tx -> tx.raw("large").read(key, longest::mismatch));
      assertEquals(-1, mismatch);
    }
    db.check().throwIfBad();
    db.update(tx -> tx.raw("large").delete(KEY));
    assertNull(db.<byte[], RuntimeException>view(tx -> tx.raw("large").get(KEY)));
  }

  /** Zeros of a file with a hole: a JVM of any size has room for them. */
  private MemorySegment sparse(long bytes, Arena arena) throws IOException {
    Path path = file().resolveSibling("sparse");
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void everyFormOfAValue(int pageSize) {
    Database db = open(Options.defaults().withPageSize(pageSize));
    Random random = new Random(pageSize);
    int half = pageSize / 2;
    int[] lengths = {
      0,
      1,
      250,
      251,
      half - 60,
      half - 40,
      half,
      pageSize - 32,
      pageSize - 31,
      2 * pageSize - 32,
      2 * pageSize - 31,
      (64 << 10) - 1,
      64 << 10,
      (64 << 10) + 1,
      (256 << 10) + pageSize - 32,
      1_000_000
    };
    for (int length : lengths) {
      byte[] value = new byte[length];
      random.nextBytes(value);
      db.update(tx -> tx.put(BLOBS, 1L, value));
      assertArrayEquals(value, db.view(tx -> tx.get(BLOBS, 1L)), "length " + length);
      db.check().throwIfBad();
    }
  }
}
