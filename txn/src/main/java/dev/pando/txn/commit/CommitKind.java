package dev.pando.txn.commit;

import dev.pando.txn.events.Count;

/** How a commit becomes durable. */
enum CommitKind {
  /** By a full sync before it is published. */
  SYNCED(Count.SYNCED_COMMITS),

  /** By its record in the commit log before it is published. */
  LOGGED(Count.LOGGED_COMMITS),

  /** By a later sync: it is published at once. */
  UNSYNCED(Count.UNSYNCED_COMMITS);

  /** What counts such commits. */
  final Count count;

  CommitKind(Count count) {
    this.count = count;
  }
}
