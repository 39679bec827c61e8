package dev.pando.codec;

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

  /**
   * A codec has returned and did not read all: it is not the one that wrote these bytes.
   *
   * @param what was decoded
   * @param left how many bytes it did not read
   * @param length how many there were
   */
  public static CodecException notAllRead(String codecId, String what, long left, long length) {
    return new CodecException(
        codecId,
        "%d of %d bytes of %s that decode did not read".formatted(left, length, what),
        "none: decode reads or skips all that encode writes, and a codec of other bytes has another id");
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
