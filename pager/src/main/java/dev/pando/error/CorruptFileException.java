package dev.pando.error;

/**
 * The file's content breaks a rule of its format: damage by hardware, by another program, or a copy
 * that is not whole. Never thrown for wrong use of the API.
 */
public final class CorruptFileException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** The file. */
  private final String name;

  /** The damaged page, or -1 when the damage belongs to no single page. */
  private final long pgno;

  /** What was found and what the format allows. */
  private final String reason;

  /**
   * Names the damaged place.
   *
   * @param name the file
   * @param pgno the page, or -1 when the damage belongs to no single page
   * @param reason what was found and what the format allows
   */
  public CorruptFileException(String name, long pgno, String reason) {
    super(name + ": " + (pgno < 0 ? "" : "page " + pgno + ": ") + reason, null);
    this.name = name;
    this.pgno = pgno;
    this.reason = reason;
  }

  /** The file. */
  public String name() {
    return name;
  }

  /** The damaged page, or -1 when the damage belongs to no single page. */
  public long pgno() {
    return pgno;
  }

  /** What was found and what the format allows. */
  public String reason() {
    return reason;
  }
}
