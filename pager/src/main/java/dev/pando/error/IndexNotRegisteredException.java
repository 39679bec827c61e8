package dev.pando.error;

/**
 * A write to a table whose index the program has not registered: the engine has no function to keep
 * the index with. Nothing has changed.
 */
public final class IndexNotRegisteredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The table. */
  private final String table;

  /** The index. */
  private final String index;

  /**
   * Names the index.
   *
   * @param table the table
   * @param index the index
   */
  public IndexNotRegisteredException(String table, String index) {
    super(
        "table %s has the index %s, and this program has not registered it: call Database.register with the Index before the first write, or drop the index"
            .formatted(table, index));
    this.table = table;
    this.index = index;
  }

  /** The name of the table. */
  public String table() {
    return table;
  }

  /** The name of the index. */
  public String index() {
    return index;
  }
}
