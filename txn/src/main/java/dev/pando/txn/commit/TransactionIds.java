package dev.pando.txn.commit;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.LockFile;

/**
 * Gives out transaction ids.
 *
 * <p>An id whose transaction wrote a page is never given out again, not even if it was rolled back
 * or interrupted by a crash. A page's birth distinguishes its versions. If an id were used twice
 * and the second write were lost, recovery would take the first version for the second. After a
 * crash it is unknown which ids were used; they were at most the limit in the newest durable meta.
 * So each meta sets a limit some way above its own id. The first writer of a file puts a meta on
 * disk before any page, with an id above all limits. From then on the lock file records which ids
 * were used.
 *
 * <p>See DECISIONS.md, 'Transaction ids used once' and 'Limit of ids in each meta'.
 */
public final class TransactionIds {
  /** The number of ids that a meta allows above its own, ... */
  public static final long RANGE = 1 << 10;

  /** ... and up to so many in a session that uses more between two syncs. */
  static final long MOST_RANGE = 1 << 16;

  /** Which limit of ids the meta of a transaction gave. */
  private record Limit(long txnId, long limit) {}

  private final LockFile lock;
  private final String file;

  /** Of the meta written last: one object, because another thread may sync. */
  private volatile Limit lastLimit = new Limit(-1, 0);

  private long range = RANGE;

  TransactionIds(LockFile lock, String file) {
    this.lock = lock;
    this.file = file;
  }

  /** The id of the transaction that begins. */
  long next() {
    return lock.lastUsed() + 1;
  }

  /** Marks the id of a transaction that wrote pages as used, whatever its outcome. */
  void use(long txnId) {
    if (txnId > lock.lastUsed()) {
      lock.setLastUsed(txnId);
    }
  }

  /**
   * Refuses to begin a transaction when there are no ids for it.
   *
   * @param newest the newest commit
   * @throws DatabaseFullException then, for ever; reading goes on
   * @throws dev.pando.error.DatabaseFailedException if the lock file would give out an id again
   */
  void check(long newest) {
    long last = lock.lastUsed();
    long _ = lock.checked("last transaction id", last, newest, PageHeader.LIMIT_U48 - 1);
    if (last >= Meta.LAST_TXN) {
      throw new DatabaseFullException(
          "%s: all %d transaction ids are used; copy the tables into a new database"
              .formatted(file, Meta.LAST_TXN),
          null);
    }
  }

  /** Whether {@link MetaWriter#claim} is due before the next transaction. */
  boolean mustClaim() {
    if (!lock.claimed()) {
      return true;
    }
    long limit = lock.idLimit(); // before the other word, which only rises
    long last = lock.lastUsed();
    return last >= lock.checked("limit of transaction ids", limit, 0, last + MOST_RANGE);
  }

  /** This process takes over: its metas must allow as many ids as are allowed now. */
  void takeOver() {
    range = Math.clamp(lock.idLimit() - lock.lastUsed(), range, MOST_RANGE);
  }

  /** Begins a claim: a session that has used all its ids claims more this time. */
  void widen(boolean isClaimed) {
    if (isClaimed) {
      range = Math.min(2 * range, MOST_RANGE);
    }
  }

  /** The limit of ids for a meta of some id. */
  long limit(long txnId) {
    return Math.min(txnId + range, PageHeader.LIMIT_U48 - 1);
  }

  /** A meta has been written. */
  void written(Meta meta) {
    lastLimit = new Limit(meta.txnId(), meta.idLimit());
  }

  /** The meta of a transaction is on disk: ids up to its limit may be used. */
  void synced(long txnId) {
    Limit last = lastLimit;
    if (txnId == last.txnId) {
      lock.setIdLimit(last.limit);
    } else if (lock.claimed()) { // not a seal, which is the last: its limit is this at least
      lock.setIdLimit(Math.max(lock.idLimit(), Math.min(txnId + RANGE, PageHeader.LIMIT_U48 - 1)));
    }
  }
}
