package dev.pando;

import dev.pando.txn.catalog.SnapshotEntry;

/** The changes of named snapshots in a write transaction. */
final class SnapshotChanges {
  private SnapshotChanges() {}

  /** Adds a named snapshot. */
  static void put(ChangingTxn tx, SnapshotEntry entry) {
    tx.beginChange();
    boolean _ =
        tx.orRefuse(
            () -> {
              tx.catalog.putSnapshot(entry);
              return true;
            });
  }

  /** Removes a named snapshot; false if there is none. */
  static boolean drop(ChangingTxn tx, String name) {
    tx.beginChange();
    tx.mayUseReserve();
    return tx.orBreak(() -> tx.catalog.removeSnapshot(name));
  }

  /** Makes the tables those of a named snapshot; for a transaction that has changed nothing. */
  static void restore(ChangingTxn tx, SnapshotEntry entry) {
    tx.beginChange();
    tx.mayUseReserve();
    tx.orBreak(() -> new Restoration(tx.snapshot(), entry.meta()).run(tx.catalog, tx.free));
  }
}
