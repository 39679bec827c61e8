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
  /** The position of a reader that has a copy of what a transaction sees. */
  public static FeedPosition of(ReadTxn tx) {
    return new FeedPosition(tx.snapshot().meta().lineage().incarnation(), tx.snapshot().txnId());
  }
}
