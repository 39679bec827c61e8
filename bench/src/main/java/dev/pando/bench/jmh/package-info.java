/** JMH benchmarks of single operations, and a check that reading makes no garbage. */
@NullMarked
package dev.pando.bench.jmh;

import org.jspecify.annotations.NullMarked;
