/**
 * Pando beside other stores: the same records, the same operations, one loop for all of them.
 *
 * <p>{@link dev.pando.bench.rates.Compare} plans, starts a fresh JVM for each measurement and
 * reports. A {@link dev.pando.bench.rates.Workload} says what is done, a {@link
 * dev.pando.bench.store.Store} how one store does it.
 */
@NullMarked
package dev.pando.bench.rates;

import org.jspecify.annotations.NullMarked;
