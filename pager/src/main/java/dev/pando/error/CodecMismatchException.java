package dev.pando.error;

/**
 * A table is used with another codec than the one that has written its keys or values, and that
 * does not read them. Nothing was changed. If it is the right codec, {@code WriteTxn.convert}
 * writes the table with it.
 */
public final class CodecMismatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The table's name. */
  private final String table;

  /** The id of the codec that has written the table. */
  private final String storedId;

  /** The id of the codec with which it is used. */
  private final String codecId;

  /**
   * Names the table and both codecs.
   *
   * @param table the table's name
   * @param what keys or values
   * @param storedId the id of the codec that has written them
   * @param codecId the id of the codec with which they are used
   * @param why the reason, to follow the message; may be empty
   */
  public CodecMismatchException(
      String table, String what, String storedId, String codecId, String why) {
    super(
        "table %s: its %s were written with codec %s, not %s%s"
            .formatted(table, what, storedId, codecId, why));
    this.table = table;
    this.storedId = storedId;
    this.codecId = codecId;
  }

  /** The table's name. */
  public String table() {
    return table;
  }

  /** The id of the codec that has written the keys or values. */
  public String storedId() {
    return storedId;
  }

  /** The id of the codec with which they are used. */
  public String codecId() {
    return codecId;
  }
}
