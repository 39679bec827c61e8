package dev.pando.txn;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that no value of a codec encodes to. The storage underneath is sound (its checksums say
 * so): the bytes were written by something else than this codec, or cut short on the way.
 */
public class CodecException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String codecId;
  private final String found;
  private final String allowed;

  /**
   * @param codecId the codec that refused, as {@link Codec#id} gives it
   * @param found what stands in the bytes
   * @param allowed what may stand there
   */
  public CodecException(String codecId, String found, String allowed) {
    this(codecId, found, allowed, null);
  }

  /**
   * @param codecId the codec that refused, as {@link Codec#id} gives it
   * @param found what stands in the bytes
   * @param allowed what may stand there
   * @param cause what the value's own constructor threw, or null
   */
  public CodecException(String codecId, String found, String allowed, @Nullable Throwable cause) {
    super("codec " + codecId + ": found " + found + ", allowed " + allowed, cause);
    this.codecId = codecId;
    this.found = found;
    this.allowed = allowed;
  }

  /** The codec that refused, as {@link Codec#id} gives it. */
  public String codecId() {
    return codecId;
  }

  /** What stands in the bytes. */
  public String found() {
    return found;
  }

  /** What may stand there. */
  public String allowed() {
    return allowed;
  }
}
