package dev.pando.txn.events;

/** A commit with its phases. Each ends when the method of its name is called. */
interface CommitSpan {
  /** The catalog and the free space are in pages. */
  void prepared();

  /** The pages are in the file. */
  void pagesWritten();

  /** The meta is in the file. */
  void metaWritten();

  /** The sync or the write of the log record is over, if the commit waits for one. */
  void synced();

  /** It is published, and is recorded. */
  void finish(long txnId, Count kind, long bytes, int updates);
}
