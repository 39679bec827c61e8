package dev.pando.metrics;

import java.util.List;

/**
 * A database as JMX shows it. Attributes whose names begin with a verb's past tense, and those of
 * commits, syncs, waits and pages, count from the opening on, in this process; see {@link
 * dev.pando.Metrics}. The others are of the newest commit of any process; see {@link
 * dev.pando.Stat} and {@link FeedLag}. Times are in nanoseconds, sizes in bytes. Thread-safe.
 */
public interface DatabaseMXBean {
  /** The path of the file. */
  String getPath();

  /** Commits of all kinds. */
  long getCommits();

  /** Commits that a full sync put on disk before they were visible. */
  long getSyncedCommits();

  /** Commits that a record of the commit log put on disk before they were visible. */
  long getLoggedCommits();

  /** Commits that were visible before they were on disk. */
  long getUnsyncedCommits();

  /** Write transactions that ended without a commit. */
  long getRollbacks();

  /** Bytes that were written to the file. */
  long getBytesWritten();

  /** Syncs of the file. */
  long getSyncs();

  /** The time of a sync that half of them do not exceed. */
  long getSyncNanosMedian();

  /** The time of a sync that 99 % of them do not exceed. */
  long getSyncNanosPercentile99();

  /** The time of the slowest sync. */
  long getSyncNanosMax();

  /** Writes of log records. */
  long getLogWrites();

  /** The time of the write of a log record that 99 % of them do not exceed. */
  long getLogWriteNanosPercentile99();

  /** Waits for the right to write. */
  long getWriteWaits();

  /** The time of a wait for the right to write that 99 % of them do not exceed. */
  long getWriteWaitNanosPercentile99();

  /** The time of the longest wait for the right to write. */
  long getWriteWaitNanosMax();

  /** The average number of updates that shared a commit. */
  double getUpdatesPerCommit();

  /** Syncs in the background. */
  long getCheckpoints();

  /** How often the file was extended. */
  long getGrowths();

  /** How often the file was truncated. */
  long getTruncations();

  /** Pages that commits use and the commits before them do not. */
  long getPagesAllocated();

  /** Those of the allocated pages that were free pages of the file. */
  long getPagesReused();

  /** Pages that commits no longer use. */
  long getPagesFreed();

  /** Read transactions that were reported, or ended, because they were open for long. */
  long getLongReaders();

  /** Branch pages that are decoded on the heap. */
  int getCachedBranches();

  /** Bytes of heap that these take. */
  long getCachedBranchBytes();

  /** How often a write transaction began after one of another process. */
  long getTakeovers();

  /** Damaged pages that were met. */
  long getDamagedPages();

  /** Bytes of a page. */
  int getPageSize();

  /** Bytes of the file. */
  long getFileBytes();

  /** Pages in use or free. */
  long getPageCount();

  /** Pages that no table uses. */
  long getFreePages();

  /** Free pages that readers or named snapshots keep from reuse. */
  long getHeldPages();

  /** Tables. */
  long getTables();

  /** The newest commit. */
  long getTxnId();

  /** An upper bound of the commits that a power cut may lose. */
  long getUnsyncedTransactions();

  /** Open read transactions of all processes. */
  int getReaders();

  /** The age of the read transaction that was opened first; 0 without one. */
  long getOldestReaderNanos();

  /** The lag of each change feed, in the order of their names. Reads a few pages of each. */
  List<FeedLag> getFeeds();
}
