package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * Three values as one key or value; see {@link Codec#tuple}.
 *
 * @param first the first component
 * @param second the second component
 * @param third the third component
 */
public record Tuple3<
    A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>(
    A first, B second, C third) {}
