/**
 * Writing: the turn among threads and processes, the commit protocol as named steps ({@code
 * Commit}), meta slots and transaction ids, what is taken over from dead writers, syncs in the
 * background.
 */
@NullMarked
package dev.pando.txn.commit;

import org.jspecify.annotations.NullMarked;
