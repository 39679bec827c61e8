package dev.pando.error;

/**
 * The file is not a Pando database, or one that this version does not read. Nothing was changed.
 */
public final class UnsupportedFormatException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** What the file turned out to be. */
  private final String found;

  /** What this version reads. */
  private final String supported;

  /**
   * Names what was found.
   *
   * @param name the file
   * @param found what the file is: "format version 2"
   * @param supported what this version reads: "format version 1"
   * @param advice what the user can do
   */
  public UnsupportedFormatException(String name, String found, String supported, String advice) {
    super(name + ": found " + found + ", supported: " + supported + "; " + advice, null);
    this.found = found;
    this.supported = supported;
  }

  /** What the file is. */
  public String found() {
    return found;
  }

  /** What this version reads. */
  public String supported() {
    return supported;
  }
}
