/** The stores that are measured, each bound once, and the records that all of them hold. */
@NullMarked
package dev.pando.bench.store;

import org.jspecify.annotations.NullMarked;
