/** JMH benchmarks of Pando's parts, and a check that reading makes no garbage. */
@NullMarked
package dev.pando.bench.parts;

import org.jspecify.annotations.NullMarked;
