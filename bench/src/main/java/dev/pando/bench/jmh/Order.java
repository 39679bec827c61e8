package dev.pando.bench.jmh;

import java.time.Instant;

/** A value as applications have them. */
public record Order(String customer, double total, Instant placed) {}
