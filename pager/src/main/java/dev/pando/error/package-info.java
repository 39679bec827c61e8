/**
 * The exceptions of a Pando database for faults of files, disks and other processes. All are
 * unchecked and sealed under {@link dev.pando.error.StorageException}; misuse of the API is an
 * {@link IllegalStateException} or {@link IllegalArgumentException} instead.
 */
@NullMarked
package dev.pando.error;

import org.jspecify.annotations.NullMarked;
