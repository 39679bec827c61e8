package dev.pando.txn.commit;

import dev.pando.error.StorageException;
import dev.pando.pager.LogLayout;
import dev.pando.pager.LogPlace;
import dev.pando.pager.LogReader;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import dev.pando.txn.file.Snapshot;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The commit log as its writer sees it. A small synced commit writes its pages and its meta without
 * a sync, and one record in one piece, which the same call puts on disk. Recovery makes the changes
 * of the records again that follow the commit which it finds. The next full sync, in the
 * background, is the checkpoint: records up to it are not needed any more.
 *
 * <p>Records go through the two halves of the log in turns. A half is written over when a full sync
 * has covered all of its records. A transaction begins in the writer's turn; the other methods are
 * for a commit, under the commit lock.
 *
 * <p>See DECISIONS.md, 'Commit log'.
 */
final class CommitLog {
  /** Small synced commits of this process before the file gets a log. */
  private static final int COMMITS_BEFORE = 16;

  private static final long LEAST_BYTES = 256 << 10;
  private static final long MOST_BYTES = 64 << 20;

  /** The log has one byte for so many that the database uses. */
  private static final long SHARE = 16;

  /** A log is replaced when the file calls for one so many times as large. */
  private static final long MUCH_LARGER = 4;

  /** A record has at most one byte of so many in a half. */
  private static final long RECORD_SHARE = 2;

  /** Dirty bytes of a small commit: larger ones sync their pages before the meta. */
  private static final long SMALL = 7 << 20;

  /** Bytes of the first buffer. */
  private static final int FIRST_BUFFER = 16 << 10;

  private static final byte[] PADDING = new byte[LogLayout.MAX_BLOCK];

  private final DataFile file;
  private final LockFile lock;
  private final Settings settings;
  private final LogRecord record = new LogRecord();

  /** Memory for the record that is written. */
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /** The base of the running transaction. */
  private LogPlace place = LogPlace.NONE;

  /** The newest transaction with a record in each half, as far as is known. */
  private final long[] newest = new long[2];

  /** Whether other processes may have written records since. */
  private boolean isOutdated = true;

  /** The newest synced commit of this process. If it is not on disk yet, the next one waits. */
  private long last = -1;

  /** Small synced commits until the file gets a log, if there is room. */
  private int due;

  /** Whether the commit that runs is small. */
  private boolean isSmall;

  // Of the commit that runs: the next transaction may begin before its record is written.

  /** Where the record begins and ends, in bytes from the log's beginning. */
  private long start;

  private long end;

  /** Where it begins in the file. */
  private long position;

  /** Whether it is the first one of its half, while those of the other half are still needed. */
  private boolean fillsOtherHalf;

  CommitLog(DataFile file, LockFile lock, Settings settings) {
    this.file = file;
    this.lock = lock;
    this.settings = settings;
    due = settings.logBytes() < 0 ? COMMITS_BEFORE : 0;
  }

  /** Another process may have written. */
  void othersWrote() {
    isOutdated = true;
  }

  /**
   * Begins to record a transaction if its commit can use the log.
   *
   * @param isApart whether all pages of the log are set apart
   */
  LogRecord begin(Snapshot base, Catalog catalog, boolean isApart) {
    LogPlace now = base.meta().log();
    if (isOutdated || now.pgno() != place.pgno()) {
      Arrays.fill(newest, base.txnId());
      isOutdated = false;
    }
    place = now;
    boolean isUsed = settings.logBytes() != 0 && isApart && isOnDisk(base.txnId());
    long most = isUsed ? place.halfBytes(file.pageSize()) / RECORD_SHARE : 0;
    record.begin(catalog, Math.min(most, LogLayout.MAX_RECORD));
    return record;
  }

  /** Whether a commit is on disk, or will be before the next one is. */
  private boolean isOnDisk(long txnId) {
    return txnId == last || txnId <= lock.durable();
  }

  /**
   * Prepares a synced commit's record, while a failure still has no consequences.
   *
   * @return whether the record will make the commit durable; otherwise a full sync must
   */
  boolean admits(Changes changes) {
    DirtyPages pages = changes.pages();
    isSmall = pages.dirtyBytes() <= SMALL && !pages.anythingWritten();
    boolean isAdmitted =
        isSmall
            && isOnDisk(changes.base().txnId()) // by now it has come to its end
            && record.isComplete()
            && findPlace(LogLayout.blocks(record.length(), file.pageSize()))
            && prepare(changes);
    if (isAdmitted) {
      position = place.pgno() * file.pageSize() + start;
      boolean begins = start % place.halfBytes(file.pageSize()) == 0;
      fillsOtherHalf = begins && newest[1 - half(start)] > lock.durable();
      newest[half(start)] = changes.txnId();
    } else if (isSmall) {
      due--;
    }
    return isAdmitted;
  }

  /** A synced commit was written: the next one, which waits for it, may follow it. */
  void written(long txnId) {
    last = txnId;
  }

  /** A commit has not come to its end: it may be visible to the next one, and not on disk. */
  void failed() {
    last = -1;
  }

  private int half(long at) {
    return at < place.halfBytes(file.pageSize()) ? 0 : 1;
  }

  /** Finds the place of a record; false if all of the other half is still needed. */
  private boolean findPlace(long bytes) {
    long half = place.halfBytes(file.pageSize());
    start = place.next();
    if (start + bytes > (half(start) + 1) * half) {
      start = half(start) == 0 ? half : 0;
    }
    end = start + bytes;
    return start % half != 0 || newest[half(start)] <= lock.durable();
  }

  /** Bytes to be added to those that the commit wrote, so that a full sync begins if it is due. */
  long fullHalf() {
    return fillsOtherHalf ? settings.syncBytes() : 0;
  }

  /** The place for the meta of a commit whose record is about to be written. */
  LogPlace placeAfterRecord(long txnId) {
    return place.at(end, txnId);
  }

  /** Copies the record, because the next transaction may begin before it is written. */
  private boolean prepare(Changes changes) {
    Meta base = changes.base().meta();
    int length = record.length();
    int bytes = (int) (end - start);
    try {
      if (buffer.capacity() < bytes) {
        buffer = ByteBuffer.allocateDirect(Math.max(bytes, FIRST_BUFFER));
      }
      file.file().prepareWriteThrough();
    } catch (OutOfMemoryError | StorageException e) {
      return false; // the commit does without the log
    }
    LogReader.seal(
        record.bytes(), length, changes.txnId(), place.after(), base.lineage().incarnation());
    buffer.clear().put(record.bytes(), 0, length).put(PADDING, 0, bytes - length).flip();
    return true;
  }

  /** Writes the record: then the commit is on disk. */
  void write(Snapshot next) {
    file.writeLog(buffer, position);
    lock.log().setLogged(next.txnId());
  }

  /** Whether the newest commit is on disk by its record. */
  boolean covers(long txnId) {
    return lock.log().logged() == txnId;
  }

  /** Whether the database is to have no log, so that a synced commit leaves it. */
  boolean isOff() {
    return settings.logBytes() == 0;
  }

  /**
   * The pages of a log that a synced commit without a record should make.
   *
   * @return 0 if there is no need for one
   */
  long wantedPages(Meta base) {
    if (settings.logBytes() == 0 || !isSmall || due > 0) {
      return 0;
    }
    due = COMMITS_BEFORE; // if there is no room now, it is tried again later
    boolean isAutomatic = settings.logBytes() < 0;
    long used = (base.pageCount() - base.freePages()) * file.pageSize();
    long bytes =
        isAutomatic ? Math.clamp(used / SHARE, LEAST_BYTES, MOST_BYTES) : settings.logBytes();
    if (isAutomatic && bytes > settings.maxSize() / SHARE) {
      return 0;
    }
    long pages = Math.max(bytes / file.pageSize() / 2 * 2, 2);
    boolean isShort = isAutomatic && pages >= MUCH_LARGER * base.log().pages();
    return !base.log().exists() || isShort ? pages : 0;
  }
}
