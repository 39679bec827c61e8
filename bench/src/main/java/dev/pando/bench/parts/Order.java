package dev.pando.bench.parts;

import java.time.Instant;

/** A value as applications have them. */
public record Order(String customer, double total, Instant placed) {}
