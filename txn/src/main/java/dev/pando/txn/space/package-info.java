/** Free pages: which of them may be reused, which is taken next, and how they are recorded. */
@NullMarked
package dev.pando.txn.space;

import org.jspecify.annotations.NullMarked;
