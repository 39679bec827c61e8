package dev.pando.txn.readers;

/**
 * The transactions that hold a reader's slot, one after the other, as the slot sees them. Each slot
 * has one of its own for all of them, so that beginning to read makes no object for it.
 */
public interface Holder {
  /**
   * Ends the transaction, if that may be done from outside: its next operation fails.
   *
   * @return false if it may not, or has just ended by itself
   */
  boolean endFromOutside();

  /** Closes a transaction that its thread could not close. */
  void closeLeft();

  /** The transaction is over: what it leaves for the next one gets small. */
  void trim();

  /** The transaction was ended from outside, and may still use what it would leave. */
  void forget();
}
