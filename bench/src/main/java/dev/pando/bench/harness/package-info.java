/**
 * What all kinds of measurement share. Each {@link dev.pando.bench.harness.Trial} runs in a JVM of
 * its own, started by the {@link dev.pando.bench.harness.TrialRunner}; the results are a {@link
 * dev.pando.bench.harness.Report}.
 */
@NullMarked
package dev.pando.bench.harness;

import org.jspecify.annotations.NullMarked;
