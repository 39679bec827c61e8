package dev.pando;

import java.time.Duration;

/**
 * The size and state of a database at one moment.
 *
 * @param pageSize bytes of a page
 * @param fileBytes bytes of the file, with what was allocated ahead
 * @param pageCount pages in use or free
 * @param freePages pages that no table uses
 * @param txnId the newest commit
 * @param durableTxn the newest commit that is known to be on disk. Less than {@code txnId} while
 *     commits with {@link Durability#ASYNC}, of any process, wait for a sync, and from opening to
 *     the first commit or sync
 * @param tables tables
 * @param readers open read transactions of all processes
 * @param oldestReaderTxn the oldest state that one of them reads, or {@code txnId} without readers
 * @param oldestReaderAge how long the one has been open that was opened first; zero without readers
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
   * At most so many commits may be lost in a power cut; 0 if all are known to be on disk. Ids grow
   * not always by one, so they may be fewer. {@link Database#sync} puts them on disk.
   */
  public long unsyncedCommits() {
    return txnId - durableTxn;
  }
}
