/**
 * A program that shows the stores at work: begin at {@code StreamsExample}. Not in the artifact.
 */
@NullMarked
package dev.pando.kafka.streams.example;

import org.jspecify.annotations.NullMarked;
