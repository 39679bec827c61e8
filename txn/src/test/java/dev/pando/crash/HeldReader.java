package dev.pando.crash;

import dev.pando.ReadTxn;

/** A reader and what it must go on seeing. */
record HeldReader(ReadTxn tx, Model state) {
  /** Ends it; fails if its snapshot has changed. */
  void end() {
    if (!state.isSeenBy(tx)) {
      throw new AssertionError("a reader's snapshot has changed");
    }
    tx.close();
  }
}
