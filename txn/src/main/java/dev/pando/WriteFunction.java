package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Database#updateAndGet} runs: as a {@link WriteAction} with a result.
 *
 * @param <R> the result
 * @param <X> the checked exception that it throws; inferred
 */
@FunctionalInterface
public interface WriteFunction<R extends @Nullable Object, X extends Exception>
    extends TxnBody<WriteTxn, R> {
  /** Writes; the transaction is committed when this returns and rolled back when it throws. */
  @Override
  R apply(WriteTxn tx) throws X;
}
