package dev.pando;

import java.time.Duration;

/**
 * The size and state of a database at one moment.
 *
 * @param pageSize bytes of a page
 * @param fileBytes bytes of the file, including space that was allocated ahead
 * @param pageCount pages in use or free
 * @param freePages pages that no table uses
 * @param txnId the newest commit
 * @param durableTxn the newest commit that is known to be on disk. Less than {@code txnId} while
 *     commits with {@link Durability#ASYNC}, of any process, wait for a sync, and from opening to
 *     the first commit or sync
 * @param tables tables
 * @param readers open read transactions of all processes
 * @param oldestReaderTxn the oldest commit that a reader sees, or {@code txnId} without readers
 * @param oldestReaderAge the age of the reader that was opened first; zero without readers
 * @param heldPages free pages that cannot be reused yet, because readers or named snapshots still
 *     show them
 */
public record Stat(
    int pageSize,
    long fileBytes,
    long pageCount,
    long freePages,
    long txnId,
    long durableTxn,
    long tables,
    int readers,
    long oldestReaderTxn,
    Duration oldestReaderAge,
    long heldPages) {
  /**
   * An upper bound of the commits that a power cut may lose; 0 if all are known to be on disk. Ids
   * do not always grow by one, so there may be fewer. {@link Database#sync} puts them on disk.
   */
  public long unsyncedCommits() {
    return txnId - durableTxn;
  }
}
