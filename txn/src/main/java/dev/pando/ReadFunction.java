package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Database#view} runs: reads and returns something. All its reads see the same commit.
 *
 * @param <R> the result
 * @param <X> the checked exception that it throws; inferred
 */
@FunctionalInterface
public interface ReadFunction<R extends @Nullable Object, X extends Exception>
    extends TxnBody<ReadTxn, R> {
  /** Reads; the transaction ends when this returns or throws. */
  @Override
  R apply(ReadTxn tx) throws X;
}
