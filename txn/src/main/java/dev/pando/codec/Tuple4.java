package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * Four values as one key or value; see {@link Codec#tuple}.
 *
 * @param first the first component
 * @param second the second component
 * @param third the third component
 * @param fourth the fourth component
 */
public record Tuple4<
    A extends @Nullable Object,
    B extends @Nullable Object,
    C extends @Nullable Object,
    D extends @Nullable Object>(
    A first, B second, C third, D fourth) {}
