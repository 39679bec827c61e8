package dev.pando;

import java.io.IOException;

/**
 * A channel has not as many bytes as its caller said, so nothing of it was stored; see {@link
 * WriteTxn#put(BlobTable, Object, java.nio.channels.ReadableByteChannel, long)}.
 */
public final class BlobLengthException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The table. */
  private final String table;

  /** The key, in words. */
  private final String key;

  /** Bytes that were read. */
  private final long found;

  /** Bytes that the caller said. */
  private final long allowed;

  BlobLengthException(String table, String key, long found, long allowed) {
    super(
        "table %s, key %s: the channel %s, allowed: exactly %d; nothing of it was stored"
            .formatted(
                table,
                key,
                found < allowed
                    ? "ended after %d bytes".formatted(found)
                    : "has at least %d bytes".formatted(found),
                allowed));
    this.table = table;
    this.key = key;
    this.found = found;
    this.allowed = allowed;
  }

  /** The name of the table. */
  public String table() {
    return table;
  }

  /** The key, as its {@code toString} shows it; an array of bytes in hexadecimal. */
  public String key() {
    return key;
  }

  /** Bytes that were read: all that the channel had, or one more than allowed. */
  public long found() {
    return found;
  }

  /** Bytes that the channel should have. */
  public long allowed() {
    return allowed;
  }
}
