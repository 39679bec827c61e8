/** Names: the tables and the named snapshots of a commit, and how a table is found in it. */
@NullMarked
package dev.pando.txn.catalog;

import org.jspecify.annotations.NullMarked;
