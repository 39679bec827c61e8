package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The description of the running write transaction for a process that waits for it, in the header
 * of the lock file. For people: written only while another process waits.
 */
public final class HolderNote {
  /** Bytes in the lock file. */
  static final long BYTES = 512;

  /** The transaction; 0 while the note is being written. */
  private static final long TXN = 0;

  /** System.nanoTime() when it began. */
  private static final long SINCE = 8;

  /** Bytes of the text. */
  private static final long LENGTH = 16;

  private static final long TEXT = 24;

  private final MemorySegment memory;

  HolderNote(MemorySegment memory) {
    this.memory = memory;
  }

  /** Whether the note is about a transaction. */
  public boolean isOf(long txnId) {
    return (long) LONG.getVolatile(memory, TXN) == txnId;
  }

  /** For the process whose turn it is. */
  public void write(long txnId, long since, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    int length = (int) Math.min(bytes.length, BYTES - TEXT);
    LONG.setVolatile(memory, TXN, 0L);
    LONG.setVolatile(memory, SINCE, since);
    LONG.setVolatile(memory, LENGTH, (long) length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, TEXT, length);
    LONG.setVolatile(memory, TXN, txnId);
  }

  /** A transaction of another process. */
  public record Found(long since, String text) {}

  /** What is said of a transaction; null if nothing is. */
  public @Nullable Found read(long txnId) {
    if (!isOf(txnId)) {
      return null;
    }
    long since = (long) LONG.getVolatile(memory, SINCE);
    byte[] bytes =
        new byte[(int) Math.clamp((long) LONG.getVolatile(memory, LENGTH), 0, BYTES - TEXT)];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, TEXT, bytes, 0, bytes.length);
    return isOf(txnId) ? new Found(since, new String(bytes, UTF_8)) : null;
  }
}
