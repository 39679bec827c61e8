package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * Two values as one key or value; see {@link Codec#tuple}.
 *
 * @param first the first component
 * @param second the second component
 */
public record Tuple2<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {}
