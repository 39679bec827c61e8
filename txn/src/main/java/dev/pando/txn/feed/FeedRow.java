package dev.pando.txn.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.Slice;
import dev.pando.pager.PageBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the entries of a feed, one after the other, in the same memory. Not thread-safe. */
final class FeedRow {
  private static final int FIRST_BYTES = 1 << 10;

  /** Bytes that the next commit finds: longer arrays are not kept. */
  private static final int KEPT_BYTES = 256 << 10;

  private static final long MOST_BYTES = Integer.MAX_VALUE - 16;

  private byte[] bytes = new byte[FIRST_BYTES];
  private MemorySegment memory = MemorySegment.ofArray(bytes);
  private int length;
  private int keyAt;
  private int keyLength;

  /** Memory that begins with the entry. */
  MemorySegment memory() {
    return memory;
  }

  int length() {
    return length;
  }

  /** A copy of the key that has changed. */
  byte[] key() {
    return Arrays.copyOfRange(bytes, keyAt, keyAt + keyLength);
  }

  /** Forgets memory that the next commit may not need. */
  void trim() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
      memory = MemorySegment.ofArray(bytes);
    }
  }

  void of(byte[] entry) {
    begin("", entry.length);
    add(entry);
  }

  void of(FeedEntry.OfTable table) {
    byte[][] texts = {
      table.name().getBytes(UTF_8),
      table.keyCodec().getBytes(UTF_8),
      table.valueCodec().getBytes(UTF_8),
      table.valueCodecBefore().getBytes(UTF_8)
    };
    int all = Byte.BYTES;
    for (byte[] text : texts) {
      all += Short.BYTES + text.length;
    }
    begin(table.name(), all);
    bytes[length++] = FeedLayout.TABLE;
    for (byte[] text : texts) {
      PageBytes.put16(bytes, length, text.length);
      length += Short.BYTES;
      add(text);
    }
  }

  /**
   * Makes the entry of a change.
   *
   * @param before null if there was none, or it is not to be kept
   * @param after null if the key was removed
   */
  void of(String table, int kind, Slice key, @Nullable Slice before, @Nullable Slice after) {
    long needed = Byte.BYTES + Short.BYTES + Integer.BYTES + key.length;
    needed += before == null ? 0 : before.length;
    needed += after == null ? 0 : after.length;
    begin(table, needed);
    bytes[length++] = (byte) (before == null ? kind : kind | FeedLayout.WITH_BEFORE);
    PageBytes.put16(bytes, length, (int) key.length);
    length += Short.BYTES;
    keyAt = length;
    keyLength = (int) key.length;
    add(key);
    if (before != null && after != null) { // or it is the rest of the entry
      PageBytes.put32(bytes, length, (int) before.length);
      length += Integer.BYTES;
    }
    if (before != null) {
      add(before);
    }
    if (after != null) {
      add(after);
    }
  }

  private void begin(String table, long needed) {
    if (needed > MOST_BYTES) {
      throw new IllegalArgumentException(
          "table %s: a key and its values have %d bytes, allowed in a table that a feed watches: %d"
              .formatted(table, needed, MOST_BYTES));
    }
    if (needed > bytes.length) {
      bytes = new byte[(int) Math.min(Math.max(needed, 2L * bytes.length), MOST_BYTES)];
      memory = MemorySegment.ofArray(bytes);
    }
    length = 0;
  }

  private void add(byte[] more) {
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  private void add(Slice more) {
    MemorySegment.copy(
        more.segment, ValueLayout.JAVA_BYTE, more.offset, bytes, length, (int) more.length);
    length += (int) more.length;
  }
}
