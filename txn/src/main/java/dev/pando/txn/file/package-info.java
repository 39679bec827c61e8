/** The data file, the lock file that processes share, and one snapshot as a meta and a map. */
@NullMarked
package dev.pando.txn.file;

import org.jspecify.annotations.NullMarked;
