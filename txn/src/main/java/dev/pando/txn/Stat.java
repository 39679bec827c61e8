package dev.pando.txn;

/**
 * The size and state of a database at one moment.
 *
 * @param pageSize bytes of a page
 * @param fileBytes bytes of the file, with what was allocated ahead
 * @param pageCount pages in use or free
 * @param freePages pages that no table uses
 * @param txnId the newest commit
 * @param tables tables
 * @param readers open read transactions
 * @param oldestReaderTxn the oldest state that one of them reads, or {@code txnId} without readers
 */
public record Stat(
    int pageSize,
    long fileBytes,
    long pageCount,
    long freePages,
    long txnId,
    long tables,
    int readers,
    long oldestReaderTxn) {}
