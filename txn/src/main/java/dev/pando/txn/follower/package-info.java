/** Commits of another machine, which are applied to a copy as they were written there. */
@NullMarked
package dev.pando.txn.follower;

import org.jspecify.annotations.NullMarked;
