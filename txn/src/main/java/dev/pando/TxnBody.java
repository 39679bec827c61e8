package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Database#view} and {@link Database#updateAndGet} run where the type of its exceptions
 * is not known. Java infers that type for lambda expressions, and takes a {@link ReadFunction} or
 * {@link WriteFunction}; Kotlin has no checked exceptions, and takes this.
 *
 * @param <T> the transaction
 * @param <R> the result
 */
@FunctionalInterface
public interface TxnBody<T, R extends @Nullable Object> {
  /** Runs; the transaction ends when this returns or throws. */
  R apply(T tx) throws Exception;
}
