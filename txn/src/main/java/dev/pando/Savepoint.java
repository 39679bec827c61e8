package dev.pando;

/**
 * A point in a write transaction to which it can go back, from {@link WriteTxn#savepoint}. Nothing
 * need be done with it: it ends with its transaction, to which alone it means something.
 */
public final class Savepoint {
  /** Those that it is one of. */
  final Savepoints all;

  /** How many savepoints are around it. */
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
