package dev.pando;

import java.util.UUID;

/**
 * How far a change feed was read. A reader outside the database may store it, for example with
 * {@code Codec.record(FeedPosition.class)}.
 *
 * @param incarnation of the database, which a restored backup does not share with its original
 * @param txnId the last commit that was read
 */
public record FeedPosition(UUID incarnation, long txnId) {
  /**
   * The position of a reader that has a copy of what a transaction sees. Call {@link Database#sync}
   * after the transaction has begun, and before the copy is committed or used: it may have commits
   * with {@link Durability#ASYNC}, which a power cut can take back.
   *
   * @param tx a read transaction; of a write transaction this is the commit before it, without its
   *     own changes
   */
  public static FeedPosition of(ReadTxn tx) {
    return new FeedPosition(tx.snapshot().meta().lineage().incarnation(), tx.snapshot().txnId());
  }
}
