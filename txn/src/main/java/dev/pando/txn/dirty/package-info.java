/**
 * Changed pages: those of the running write transaction, in memory and on their way to the file.
 */
@NullMarked
package dev.pando.txn.dirty;

import org.jspecify.annotations.NullMarked;
