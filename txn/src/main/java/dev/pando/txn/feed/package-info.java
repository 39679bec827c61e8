/** Change feeds: the changes of tables, which commits add to a tree of the feed. */
@NullMarked
package dev.pando.txn.feed;

import org.jspecify.annotations.NullMarked;
