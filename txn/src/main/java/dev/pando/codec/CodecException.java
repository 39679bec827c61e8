package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that no value of a codec encodes to. The stored bytes are undamaged, as their checksums
 * say. So they were written by another codec, or were truncated before they were stored.
 */
public class CodecException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Characters of an id, or of what was found, that a message shows. */
  private static final int MAX_SHOWN = 1000;

  /** The codec that refused, as {@link Codec#id} gives it. */
  private final String codecId;

  /** The bytes that were found. */
  private final String found;

  /** The bytes that are allowed there. */
  private final String allowed;

  /**
   * Names the codec, and what it found.
   *
   * @param codecId the codec that refused, as {@link Codec#id} gives it
   * @param found the bytes that were found, in words
   * @param allowed the bytes that are allowed there, in words
   */
  public CodecException(String codecId, String found, String allowed) {
    this(codecId, found, allowed, null);
  }

  /**
   * Names the codec, what it found, and the exception that said so.
   *
   * @param codecId the codec that refused, as {@link Codec#id} gives it
   * @param found the bytes that were found, in words
   * @param allowed the bytes that are allowed there, in words
   * @param cause the exception of the value's own constructor, or null
   */
  public CodecException(String codecId, String found, String allowed, @Nullable Throwable cause) {
    super("codec " + shortened(codecId) + ": found " + found + ", allowed " + allowed, cause);
    this.codecId = codecId;
    this.found = found;
    this.allowed = allowed;
  }

  /**
   * For a codec that returned and did not read all bytes: it is not the one that wrote them.
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

  /** A text without its middle, if it is long: names of a file have any length. */
  static String shortened(String text) {
    int half = MAX_SHOWN / 2;
    return text.length() <= MAX_SHOWN
        ? text
        : text.substring(0, half) + "..." + text.substring(text.length() - half);
  }

  /** The codec that refused, as {@link Codec#id} gives it. */
  public String codecId() {
    return codecId;
  }

  /** The bytes that were found, in words. */
  public String found() {
    return found;
  }

  /** The bytes that are allowed there, in words. */
  public String allowed() {
    return allowed;
  }
}
