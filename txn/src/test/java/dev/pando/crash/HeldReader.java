package dev.pando.crash;

import dev.pando.ReadTxn;

/**
 * A reader and what it must go on seeing.
 *
 * @param tx the reader
 * @param state the tables of its snapshot
 */
public record HeldReader<K extends Comparable<K>>(ReadTxn tx, ExpectedTables<K> state) {
  /** Fails if its snapshot has changed. */
  public void verify() {
    state.assertSeenBy(tx);
  }

  /** Ends it; fails if its snapshot has changed. */
  public void end() {
    verify();
    tx.close();
  }
}
