package dev.pando.txn.recovery;

import dev.pando.error.RecoveryNeededException;
import dev.pando.pager.LogReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.txn.file.Settings;

/**
 * Commits that follow the one that was found, and that only the commit log has.
 *
 * @param count how many
 * @param idLimit transactions up to this one may have written pages; 0 if there are none
 */
record LoggedCommits(int count, long idLimit) {
  static final LoggedCommits NONE = new LoggedCommits(0, 0);

  /** Transactions that may have begun after the last one in the log. */
  private static final long RANGE = 1 << 10;

  /** Reads the log, unless what it has is to be left out. */
  static LoggedCommits after(PageFile file, Meta meta, Settings settings) {
    if (!meta.log().exists() || (settings.readOnly() && settings.logIgnored())) {
      return NONE;
    }
    LogReader log = new LogReader(file, meta);
    int count = 0;
    while (log.next()) {
      count++;
    }
    return count == 0
        ? NONE
        : new LoggedCommits(count, Math.min(log.txnId() + RANGE, Meta.LAST_TXN));
  }

  /** Refuses to read a file for reading only whose commits are to be replayed first. */
  void check(PageFile file, Meta meta) {
    if (count > 0 && !file.writable()) {
      throw new RecoveryNeededException(
          "%s: %d commits after transaction %d are only in the commit log, because a crash came before their pages were on disk, and opening for reading only cannot replay them; open the database for writing once, or see transaction %d with Options.withLogIgnored"
              .formatted(file.path(), count, meta.txnId(), meta.txnId()));
    }
  }
}
