/**
 * Pando's public API: {@link dev.pando.Database}, its transactions, typed tables with {@link
 * dev.pando.codec.Codec}s and {@link dev.pando.Range}s, and the raw layer below them.
 *
 * <p>Errors of files and disks are unchecked and lie in {@code dev.pando.error}; misuse is {@link
 * java.lang.IllegalStateException} or {@link java.lang.IllegalArgumentException}.
 */
@NullMarked
package dev.pando;

import org.jspecify.annotations.NullMarked;
