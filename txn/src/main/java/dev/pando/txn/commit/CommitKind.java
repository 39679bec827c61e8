package dev.pando.txn.commit;

/** How a commit becomes durable. */
enum CommitKind {
  /** By a full sync before it is published. */
  SYNCED,

  /** By its record in the commit log before it is published. */
  LOGGED,

  /** By a later sync: it is published at once. */
  UNSYNCED
}
