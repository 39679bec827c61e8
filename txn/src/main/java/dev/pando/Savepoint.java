package dev.pando;

/**
 * A point in a write transaction to which it can return, from {@link WriteTxn#savepoint}. It is
 * valid only in that transaction and ends with it; it need not be released.
 */
public final class Savepoint {
  /** The savepoints of the transaction. */
  final Savepoints all;

  /** The number of savepoints around it. */
  final int depth;

  Savepoint(Savepoints all, int depth) {
    this.all = all;
    this.depth = depth;
  }

  @Override
  public String toString() {
    return "savepoint " + (depth + 1);
  }
}
