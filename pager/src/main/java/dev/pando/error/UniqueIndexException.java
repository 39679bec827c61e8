package dev.pando.error;

/**
 * A write would give a key of a unique index a second row. The statement did nothing, and the
 * transaction can go on.
 */
public final class UniqueIndexException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The table. */
  private final String table;

  /** The index. */
  private final String index;

  /** The key of the index; lost by serialization, as the other keys are. */
  private final transient Object indexKey;

  /** The key of the row that has it. */
  private final transient Object existingKey;

  /** The key of the row that was to get it. */
  private final transient Object newKey;

  /**
   * Names the rows.
   *
   * @param table the table
   * @param index the index
   * @param indexKey the key of the index
   * @param existingKey the key of the row that has it
   * @param newKey the key of the row that was to get it
   */
  public UniqueIndexException(
      String table, String index, Object indexKey, Object existingKey, Object newKey) {
    super(
        "unique index %s of table %s: the key %s belongs to the row %s, and the row %s was to get it; change or remove one of them first"
            .formatted(index, table, indexKey, existingKey, newKey));
    this.table = table;
    this.index = index;
    this.indexKey = indexKey;
    this.existingKey = existingKey;
    this.newKey = newKey;
  }

  /** The name of the table. */
  public String table() {
    return table;
  }

  /** The name of the index. */
  public String index() {
    return index;
  }

  /** The key of the index; null after serialization. */
  public Object indexKey() {
    return indexKey;
  }

  /** The key of the row that has the index's key; null after serialization. */
  public Object existingKey() {
    return existingKey;
  }

  /** The key of the row that was to get the index's key; null after serialization. */
  public Object newKey() {
    return newKey;
  }
}
