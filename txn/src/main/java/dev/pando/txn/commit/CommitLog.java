package dev.pando.txn.commit;

import dev.pando.pager.LogLayout;
import dev.pando.pager.LogPlace;
import dev.pando.pager.LogReader;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.Catalog;
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
 * has covered all of its records. For the holder of the writer's turn.
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

  /** Bytes for which a full half counts: those after which a sync begins by default. */
  private static final long FULL_HALF = 64 << 20;

  /** Dirty bytes of a commit that counts as small. */
  private static final long SMALL = 8 << 20;

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

  /** The newest synced commit of this process, which may be on its way to the disk. */
  private long last = -1;

  /** The commit before it, if it is on disk; if the last one failed, it is the base again. */
  private long beforeLast = -1;

  /** Small synced commits without the log. */
  private int unlogged;

  /** Where the record that is written begins and ends, in bytes from the log's beginning. */
  private long start;

  private long end;

  CommitLog(DataFile file, LockFile lock, Settings settings) {
    this.file = file;
    this.lock = lock;
    this.settings = settings;
  }

  /** Another process may have written. */
  void othersWrote() {
    isOutdated = true;
  }

  /** Begins to record a transaction if its commit can use the log. */
  LogRecord begin(Snapshot base, Catalog catalog) {
    LogPlace now = base.meta().log();
    if (isOutdated || now.pgno() != place.pgno()) {
      Arrays.fill(newest, base.txnId());
      isOutdated = false;
    }
    place = now;
    boolean isUsed = settings.logBytes() != 0 && now.exists() && isOnDisk(base.txnId());
    long most = isUsed ? now.halfBytes(file.pageSize()) / RECORD_SHARE : 0;
    record.begin(catalog::entryOf, Math.min(most, Integer.MAX_VALUE / 4));
    return record;
  }

  /** Whether a commit is on disk, or will be before the next one is. */
  private boolean isOnDisk(long txnId) {
    return txnId == last || txnId == beforeLast || txnId <= lock.durable();
  }

  /**
   * Begins a synced commit.
   *
   * @return whether its record makes it durable; otherwise a full sync must
   */
  boolean admits(Changes changes) {
    long base = changes.base().txnId();
    beforeLast = isOnDisk(base) ? base : -1;
    last = changes.txnId();
    if (!record.isComplete() || !findPlace(LogLayout.blocks(record.length(), file.pageSize()))) {
      unlogged += changes.pages().dirtyBytes() <= SMALL ? 1 : 0;
      return false;
    }
    newest[half(start)] = last;
    return true;
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

  /**
   * Bytes to be added to those that the commit wrote, so that a full sync begins: its record has
   * come to a half, and those of the other one are still needed.
   */
  long fullHalf() {
    boolean begins = start % place.halfBytes(file.pageSize()) == 0;
    return begins && newest[1 - half(start)] > lock.durable() ? FULL_HALF : 0;
  }

  /** The place for the meta of a commit whose record is about to be written. */
  LogPlace placeAfterRecord(long txnId) {
    return place.at(end, txnId);
  }

  /** Copies the record, so that the next transaction can begin. */
  void prepare(Changes changes) {
    Meta base = changes.base().meta();
    int length = record.length();
    LogReader.seal(
        record.bytes(), length, changes.txnId(), place.after(), base.lineage().incarnation());
    int bytes = (int) (end - start);
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(Math.max(bytes, Math.min(2 * bytes, 1 << 20)));
    }
    buffer.clear().put(record.bytes(), 0, length);
    while (buffer.position() < bytes) {
      buffer.put((byte) 0);
    }
    buffer.flip();
  }

  /** Writes the record: then the commit is on disk. */
  void write(Snapshot next) {
    file.writeLog(buffer, place.pgno() * file.pageSize() + start);
    lock.setLogged(next.txnId());
  }

  /** Whether the newest commit is on disk by its record. */
  boolean covers(long txnId) {
    return lock.logged() == txnId;
  }

  /**
   * The pages of a log that a synced commit without a record should make.
   *
   * @return 0 if there is no need for one
   */
  long wantedPages(Meta base) {
    long used = (base.pageCount() - base.freePages()) * file.pageSize();
    long bytes = settings.logBytes();
    if (bytes == 0) {
      return 0;
    }
    if (bytes < 0) {
      bytes = Math.clamp(used / SHARE, LEAST_BYTES, MOST_BYTES);
      if (unlogged < COMMITS_BEFORE || bytes > settings.maxSize() / SHARE) {
        return 0;
      }
      unlogged = 0; // if there is no room now, it is tried again later
    }
    long pages = Math.max(bytes / file.pageSize() / 2 * 2, 2);
    LogPlace now = base.log();
    boolean isShort = settings.logBytes() < 0 && pages >= MUCH_LARGER * now.pages();
    return !now.exists() || isShort ? pages : 0;
  }
}
