package dev.pando.txn.readers;

/**
 * The transactions that hold a reader slot, one after the other, as the slot sees them. Each slot
 * has one holder for all of them, so that beginning to read allocates no object for it.
 */
public interface Holder {
  /**
   * Ends the transaction from outside, if that is allowed: its next operation fails.
   *
   * @return false if it is not allowed, or if the transaction has just ended by itself
   */
  boolean endFromOutside();

  /** Closes a transaction that its thread could not close. */
  void closeLeft();

  /** Trims the memory for the next transaction, after one has ended. */
  void trim();

  /** Forgets the memory for the next transaction: one ended from outside may still use it. */
  void forget();
}
