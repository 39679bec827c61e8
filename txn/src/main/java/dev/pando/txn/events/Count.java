package dev.pando.txn.events;

/** What is counted since a database was opened. */
public enum Count {
  /** Commits that a full sync put on disk before they were published. */
  SYNCED_COMMITS,

  /** Commits whose record in the commit log put them on disk. */
  LOGGED_COMMITS,

  /** Commits that were published before they were on disk. */
  UNSYNCED_COMMITS,

  /** Write transactions that ended without a commit. */
  ROLLBACKS,

  /** Bytes of pages, metas and log records. */
  BYTES_WRITTEN,

  /** Syncs of commits that did not wait for one. */
  CHECKPOINTS,

  /** How often the file was extended. */
  GROWTHS,

  /** Bytes by which it was extended. */
  BYTES_GROWN,

  /** How often the file was truncated. */
  TRUNCATIONS,

  /** Bytes that were truncated. */
  BYTES_TRUNCATED,

  /** Pages that commits use and their bases do not. */
  PAGES_ALLOCATED,

  /** Those of the allocated pages that were in the file before. */
  PAGES_REUSED,

  /** Pages that bases of commits use and the commits do not. */
  PAGES_FREED,

  /** Read transactions that were reported because they were open for long, or ended for that. */
  LONG_READERS,

  /** How often a transaction began after one of another process, or was the first one. */
  TAKEOVERS,

  /** Compactions. */
  COMPACTIONS,

  /** Damaged pages that were met. */
  DAMAGED_PAGES
}
