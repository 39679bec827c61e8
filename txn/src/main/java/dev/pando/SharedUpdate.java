package dev.pando;

import dev.pando.txn.commit.Changes;

/**
 * One of several updates that share a transaction, one after the other. Each has a {@link WriteTxn}
 * of its own on the same {@link Changes}, which ends with the update. The shared transaction goes
 * on.
 */
final class SharedUpdate {
  private final WriteTxn whole;
  private final WriteTxn tx;

  /** Whether the update's thread has taken the caller for good: no other thread can come. */
  private boolean sealed;

  /** Whether another thread did not leave its call when the update had ended. */
  private boolean stuck;

  SharedUpdate(WriteTxn whole, CommitHooks hooks) {
    this.whole = whole;
    this.tx = new WriteTxn(whole, hooks);
  }

  /** The transaction that the update may use. */
  WriteTxn tx() {
    return tx;
  }

  /** The update has returned: checks that what it did may be committed. */
  void check() {
    long _ = tx.caller().begin();
    sealed = true;
    tx.checkWritable();
    tx.flushBatches();
  }

  /** The first update of its transaction: keeps what it did since its savepoints. */
  void keep() {
    tx.orBreak(tx.savepoints::releaseAll);
  }

  /** Undoes what the update did since a savepoint that was made before it. */
  void undo(Savepoint before) {
    if (!seal() || !tx.mayGoOn()) {
      throw new IllegalStateException(
          "not known what state the transaction is in", tx.changes().broken);
    }
    tx.savepoints.rollBackTo(before);
    tx.savepoints.release(before);
    tx.mended();
  }

  /** The update is over. */
  void end() {
    boolean alone = seal();
    tx.ended();
    if (alone) {
      tx.catalog().endUpdate();
      tx.onlyCaller().endLast();
    } else {
      whole.left = tx.onlyCaller();
    }
  }

  /** Locks out other threads; false if one is in a call and does not leave it. */
  private boolean seal() {
    Caller only = tx.onlyCaller();
    if (!sealed && !stuck) {
      sealed = only.take(Thread.currentThread(), Txn.LEAVE_NANOS);
      stuck = !sealed;
      if (sealed) {
        long _ = only.begin();
      }
    }
    return sealed;
  }
}
