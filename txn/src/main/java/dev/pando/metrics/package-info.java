/**
 * What {@link dev.pando.Database#metrics}, {@link dev.pando.Database#stat} and {@link
 * dev.pando.Database#feedStats} return, for tools: as a bean of JMX, as meters of Micrometer, and
 * as instruments of OpenTelemetry. Each class needs the library or the module of its name, and no
 * other class of Pando does.
 */
@NullMarked
package dev.pando.metrics;

import org.jspecify.annotations.NullMarked;
