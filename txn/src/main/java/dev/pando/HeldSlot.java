package dev.pando;

import dev.pando.txn.readers.Holder;
import dev.pando.txn.readers.ReaderSlot;
import org.jspecify.annotations.Nullable;

/**
 * The read transactions that hold a slot, one after the other: the one that holds it, if other
 * threads must find it, and the memory of calls that one leaves for the next.
 */
final class HeldSlot implements Holder {
  /**
   * A transaction that could not be closed. Set by a thread that cannot go on, perhaps because its
   * stack is exhausted: it makes no call.
   */
  volatile @Nullable Txn unclosed;

  /** The transaction, if it may be ended from outside. */
  private volatile @Nullable Txn limited;

  /** Memory of the last transaction in this slot, for the next one; see {@link Caller}. */
  private @Nullable Caller caller;

  static HeldSlot of(ReaderSlot slot) {
    return (HeldSlot) slot.holder();
  }

  /** Memory for a transaction, which a thread will probably use; null if there is none. */
  @Nullable Caller caller(Thread thread) {
    Caller mine = caller;
    if (mine != null) {
      mine.belongsTo(thread);
    }
    return mine;
  }

  /** Allows ending the transaction from outside. */
  void mayEnd(Txn tx) {
    limited = tx;
  }

  /** Ends the transaction and frees its slot, unless it was ended from outside. */
  void free(ReaderSlot slot, Txn tx) {
    boolean alone = limited == null && unclosed == null;
    if (alone ? tx.end() : endLimited(tx)) {
      try {
        Caller left = tx.leftBy(Thread.currentThread());
        if (left != caller) {
          caller = left;
        }
        slot.free();
      } catch (StackOverflowError e) {
        slot.leftBehind = true;
        throw e;
      }
    }
  }

  private synchronized boolean endLimited(Txn tx) {
    boolean ends = tx.end();
    if (ends) {
      limited = null;
    }
    return ends;
  }

  @Override
  public synchronized boolean endFromOutside() {
    Txn tx = limited;
    boolean ends = tx != null && tx.endFromOutside();
    if (ends) {
      limited = null;
    }
    return ends;
  }

  @Override
  public void closeLeft() {
    Txn tx = unclosed;
    if (tx != null) {
      try {
        tx.close();
      } finally {
        unclosed = null;
      }
    }
  }

  @Override
  public void trim() {
    Caller mine = caller;
    if (mine != null) {
      mine.trim();
    }
  }

  @Override
  public void forget() {
    caller = null;
  }
}
