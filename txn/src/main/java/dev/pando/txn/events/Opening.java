package dev.pando.txn.events;

/**
 * How a database was opened, as it is recorded.
 *
 * @param created whether there was none
 * @param txnId the commit that was found
 * @param replayed commits after it that were replayed from the commit log
 * @param skipped meta slots that were skipped
 * @param at System.nanoTime() when it was open
 */
record Opening(boolean created, long txnId, int replayed, int skipped, long at) {}
