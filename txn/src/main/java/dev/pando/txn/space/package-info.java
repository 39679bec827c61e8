/** Free pages: which ones may be used again, which one is taken next, and how they are recorded. */
@NullMarked
package dev.pando.txn.space;

import org.jspecify.annotations.NullMarked;
