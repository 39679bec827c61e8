package dev.pando.cli;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.error.CorruptFileException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.pager.Meta;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the newest commit, which a read transaction keeps while they are read, if the file
 * can be opened.
 */
final class PinnedPages {
  private static final int TRIES = 100;

  private PinnedPages() {}

  /** What is done with the pages. */
  interface Work {
    /** Returns the exit code. */
    int run(RawPages pages, Meta meta) throws Exception;
  }

  /** Does the work with the newest commit. */
  static int run(RawPages pages, Work work) throws Exception {
    try (Database db = openIfPossible(pages)) {
      return run(pages, db, work);
    }
  }

  /**
   * Does the work with the newest commit.
   *
   * @param db the same file; null if it cannot be opened
   */
  static int run(RawPages pages, @Nullable Database db, Work work) throws Exception {
    return db == null
        ? work.run(pages, pages.slots().valid().getFirst().meta())
        : runPinned(pages, db, work);
  }

  private static @Nullable Database openIfPossible(RawPages pages) {
    try {
      return Database.open(
          pages.file(), FileVerb.usual().withReadOnly(true).withCreateIfMissing(false));
    } catch (CorruptFileException | RecoveryNeededException e) {
      return null;
    }
  }

  /** The slots are read after the transaction began, and must have its commit. */
  private static int runPinned(RawPages pages, Database db, Work work) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      try (ReadTxn tx = db.beginRead()) {
        for (Meta meta : pages.metasNow()) {
          if (meta.txnId() == tx.txnId()) {
            return work.run(pages, meta);
          }
        }
      }
    }
    throw new IOException(
        pages.file() + ": commits came faster than its meta slots could be read; try again");
  }
}
