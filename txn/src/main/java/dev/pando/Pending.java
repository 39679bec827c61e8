package dev.pando;

/** What waits in a write transaction to be made in its table: see {@link Batches}. */
sealed interface Pending permits PendingChanges, PendingLoad {
  /** The description of its table. */
  Table<?, ?> table();

  /** Nothing waits any more: it is made, or undone. Needs no memory. */
  void clear();
}
