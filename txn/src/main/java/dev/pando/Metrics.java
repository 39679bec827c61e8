package dev.pando;

import dev.pando.pager.DecodedPages;
import dev.pando.txn.events.Count;
import dev.pando.txn.events.Counters;
import dev.pando.txn.file.DataFile;

/**
 * What a database has done in this process since it was opened there, at one moment. Other
 * processes count for themselves. Counts only grow, except those of what is there now: {@code
 * readers}, {@code cachedBranches} and {@code cachedBranchBytes}.
 *
 * @param syncedCommits commits that a full sync put on disk before they were visible
 * @param loggedCommits commits that a record of the commit log put on disk before they were visible
 * @param unsyncedCommits commits that were visible before they were on disk
 * @param rollbacks write transactions that ended without a commit, those that failed included
 * @param bytesWritten bytes of pages, metas and log records that were written to the file
 * @param syncNanos times of syncs of the file, in nanoseconds
 * @param logWriteNanos times of writes of log records, in nanoseconds; each is on disk then
 * @param writeWaitNanos times that threads waited for the right to write, in nanoseconds; those
 *     that did not wait, and those with a limit, are left out
 * @param updatesPerCommit updates that shared a commit; transactions of {@link Database#beginWrite}
 *     are left out
 * @param checkpoints syncs in the background, of commits that did not wait for one
 * @param growths how often the file was extended
 * @param bytesGrown bytes by which it was extended
 * @param truncations how often the file was truncated
 * @param bytesTruncated bytes that were truncated
 * @param pagesAllocated pages that commits use and the commits before them do not
 * @param pagesReused those of {@code pagesAllocated} that were free pages of the file
 * @param pagesFreed pages that commits no longer use
 * @param readers open read transactions of this process
 * @param longReaders read transactions that were reported, or ended, because they were open for
 *     long; see {@link Options#withReaderWarning}
 * @param cachedBranches branch pages that are decoded on the heap
 * @param cachedBranchBytes bytes of heap that these take
 * @param takeovers how often a write transaction began after one of another process, or was the
 *     first one after opening
 * @param compactions calls of {@link Database#compact} that were completed
 * @param damagedPages pages that failed their checksum, or were not those that their references
 *     name, except those that {@link Database#check} has met
 */
public record Metrics(
    long syncedCommits,
    long loggedCommits,
    long unsyncedCommits,
    long rollbacks,
    long bytesWritten,
    Histogram syncNanos,
    Histogram logWriteNanos,
    Histogram writeWaitNanos,
    Histogram updatesPerCommit,
    long checkpoints,
    long growths,
    long bytesGrown,
    long truncations,
    long bytesTruncated,
    long pagesAllocated,
    long pagesReused,
    long pagesFreed,
    int readers,
    long longReaders,
    int cachedBranches,
    long cachedBranchBytes,
    long takeovers,
    long compactions,
    long damagedPages) {

  static Metrics of(DataFile file, int readers) {
    Counters counters = file.counters();
    DecodedPages decoded = file.map().decoded();
    return new Metrics(
        counters.get(Count.SYNCED_COMMITS),
        counters.get(Count.LOGGED_COMMITS),
        counters.get(Count.UNSYNCED_COMMITS),
        counters.get(Count.ROLLBACKS),
        counters.get(Count.BYTES_WRITTEN),
        new Histogram(counters.syncs()),
        new Histogram(counters.logWrites()),
        new Histogram(counters.waits()),
        new Histogram(counters.groups()),
        counters.get(Count.CHECKPOINTS),
        counters.get(Count.GROWTHS),
        counters.get(Count.BYTES_GROWN),
        counters.get(Count.TRUNCATIONS),
        counters.get(Count.BYTES_TRUNCATED),
        counters.get(Count.PAGES_ALLOCATED),
        counters.get(Count.PAGES_REUSED),
        counters.get(Count.PAGES_FREED),
        readers,
        counters.get(Count.LONG_READERS),
        decoded == null ? 0 : decoded.count(),
        decoded == null ? 0 : decoded.heapBytes(),
        counters.get(Count.TAKEOVERS),
        counters.get(Count.COMPACTIONS),
        counters.get(Count.DAMAGED_PAGES));
  }

  /** Returns the number of commits of all kinds. */
  public long commits() {
    return syncedCommits + loggedCommits + unsyncedCommits;
  }
}
