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

  /** Hooks of the transaction that were added before it. */
  final int hooks;

  Savepoint(Savepoints all, int depth, int hooks) {
    this.all = all;
    this.depth = depth;
    this.hooks = hooks;
  }

  @Override
  public String toString() {
    return "savepoint " + (depth + 1);
  }
}
