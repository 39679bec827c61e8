/** Costs that must not grow with the file, its tables, its snapshots or its readers. */
@NullMarked
package dev.pando.bench.flat;

import org.jspecify.annotations.NullMarked;
