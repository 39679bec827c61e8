package dev.pando.txn;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;

/**
 * What the use of the free tree keeps from one write transaction to the next: memory for keys, and
 * where searches for long runs stand. Each search looks at a bounded number of records, and the
 * next one, be it in the next transaction, goes on behind them: so a long run is found in the end,
 * however many short ones are free.
 */
final class FreeTreeScratch {
  /** For reading the base's tree, which happens in the middle of changes to other trees. */
  final KeyBuffer readKey = new KeyBuffer(FreeRecord.KEY_BYTES);

  /** For changing the transaction's own tree. */
  final KeyBuffer writeKey = new KeyBuffer(FreeRecord.KEY_BYTES);

  private byte[] at = {0};
  private boolean wrapped;
  private boolean over;

  /** A transaction begins: it may go round once. */
  void begin() {
    wrapped = false;
    over = false;
  }

  /** Whether this transaction came to the end of the tree twice. */
  boolean isOver() {
    return over;
  }

  void wrap() {
    over = wrapped;
    wrapped = true;
  }

  void at(Slice key) {
    at = key.toArray();
  }

  void writeKey(KeyBuffer key) {
    key.set(at);
  }
}
