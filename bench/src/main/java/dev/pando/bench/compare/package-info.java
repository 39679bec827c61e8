/**
 * Pando beside other stores: the same records, the same operations, one loop for all of them.
 *
 * <p>{@link dev.pando.bench.compare.Compare} plans, starts a fresh JVM for each measurement and
 * reports; {@link dev.pando.bench.compare.Trial} is the main class of that JVM. A {@link
 * dev.pando.bench.compare.Workload} says what is done, a {@link dev.pando.bench.compare.Peer} how
 * one store does it.
 */
@NullMarked
package dev.pando.bench.compare;

import org.jspecify.annotations.NullMarked;
