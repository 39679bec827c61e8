/**
 * The exceptions that a Pando database throws for what files, disks and other processes do. All are
 * unchecked and sealed under {@link dev.pando.error.StorageException}; misuse of the API is an
 * {@link IllegalStateException} or {@link IllegalArgumentException} instead.
 */
@NullMarked
package dev.pando.error;

import org.jspecify.annotations.NullMarked;
