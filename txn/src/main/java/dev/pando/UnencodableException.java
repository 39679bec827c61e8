package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import org.jspecify.annotations.Nullable;

/**
 * A key or a value that a table cannot store: its codec refuses it or is one of another class, the
 * codec writes nothing for it and reads nothing back, or the key is too long. Nothing was changed.
 */
public final class UnencodableException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The most characters of a value in a message. */
  private static final int SHOWN = 100;

  /** The table's name. */
  private final String table;

  /** The id of the codec. */
  private final String codecId;

  /** The key or the value in words. */
  private final String value;

  /** What is allowed, in words. */
  private final String allowed;

  private UnencodableException(
      String table,
      String codecId,
      String value,
      String found,
      String allowed,
      @Nullable Throwable cause) {
    super(
        "table %s: %s, allowed %s; found in %s for codec %s"
            .formatted(table, found, allowed, value, codecId),
        cause);
    this.table = table;
    this.codecId = codecId;
    this.value = value;
    this.allowed = allowed;
  }

  /** For a key that is longer than a page allows. */
  static UnencodableException tooLong(
      String table, Codec<?> codec, Object key, long length, int maxLength) {
    return new UnencodableException(
        table,
        codec.id(),
        "key " + shown(key),
        "key length=" + length,
        "0 to " + maxLength + " bytes",
        null);
  }

  /**
   * For a codec that throws.
   *
   * @param what "key" or "value"
   */
  static UnencodableException refused(
      String table, Codec<?> codec, String what, Object value, RuntimeException cause) {
    return new UnencodableException(
        table,
        codec.id(),
        what + " " + shown(value),
        what + " that its codec cannot encode: " + cause.getMessage(),
        "values of its codec",
        cause);
  }

  /**
   * For a codec that writes no bytes for a value, and cannot read any value from them.
   *
   * @param what "key" or "value"
   */
  static UnencodableException empty(
      String table, Codec<?> codec, String what, Object value, RuntimeException cause) {
    return new UnencodableException(
        table,
        codec.id(),
        what + " " + shown(value),
        what + " of 0 bytes, from which its codec reads nothing",
        "what its codec can read",
        cause);
  }

  /** A key or a value for messages; of a long one the beginning. */
  static String shown(Object value) {
    String words;
    try {
      words = LeadingBytes.show(value);
    } catch (RuntimeException | StackOverflowError e) { // of the value's own toString
      words = "of " + value.getClass().getName();
    }
    return words.length() <= SHOWN ? words : words.substring(0, SHOWN) + "...";
  }

  /** The table's name. */
  public String table() {
    return table;
  }

  /** The id of the codec. */
  public String codecId() {
    return codecId;
  }

  /** The key or the value in words: at most 100 of its characters. */
  public String value() {
    return value;
  }

  /** What is allowed, in words. */
  public String allowed() {
    return allowed;
  }
}
