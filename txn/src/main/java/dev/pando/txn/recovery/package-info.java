/** Opening: creating a file, choosing the commit to go on from, and the check of a whole file. */
@NullMarked
package dev.pando.txn.recovery;

import org.jspecify.annotations.NullMarked;
