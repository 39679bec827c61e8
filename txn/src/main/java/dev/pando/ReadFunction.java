package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Database#view} runs: reads and returns something. Reads made by it see one state of
 * the database.
 *
 * @param <R> the result
 * @param <X> what it throws besides unchecked exceptions; inferred
 */
@FunctionalInterface
public interface ReadFunction<R extends @Nullable Object, X extends Exception> {
  /** Reads; the transaction ends when this returns or throws. */
  R apply(ReadTxn tx) throws X;
}
