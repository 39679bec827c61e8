/**
 * Reading: slots that pin snapshots for all processes to see, and the newest commit that readers
 * see.
 */
@NullMarked
package dev.pando.txn.readers;

import org.jspecify.annotations.NullMarked;
