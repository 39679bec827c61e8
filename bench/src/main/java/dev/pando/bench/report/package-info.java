/** What the kinds of measurement share: options, child JVMs, tables, plots, JSON. */
@NullMarked
package dev.pando.bench.report;

import org.jspecify.annotations.NullMarked;
