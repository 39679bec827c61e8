package dev.pando.txn.commit;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageMap;
import dev.pando.txn.events.Change;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.Pins;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * The steps of a process before it writes after other processes. Some of them may have died in a
 * transaction. The caller has the turn, and the commit lock unless a method says otherwise.
 */
final class Takeover {
  private static final long CHECK_NAMES_NANOS = 1_000_000_000;

  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final Publication publication;
  private final FreeSpace free;
  private final MetaWriter metas;
  private final Function<Snapshot, Pins> pins;

  /** When the files were looked for by their names. */
  private long lastCheck = System.nanoTime();

  /** {@code pins} gives the commits to keep while a snapshot is the base. */
  Takeover(
      DataFile file,
      LockFile lock,
      ReaderSlots readers,
      Publication publication,
      FreeSpace free,
      MetaWriter metas,
      Function<Snapshot, Pins> pins) {
    this.file = file;
    this.lock = lock;
    this.readers = readers;
    this.publication = publication;
    this.free = free;
    this.metas = metas;
    this.pins = pins;
  }

  /** Checks the files' names now and then: it costs two system calls. Needs no commit lock. */
  void checkNames(Path path) {
    long now = System.nanoTime();
    if (now - lastCheck < CHECK_NAMES_NANOS) {
      return;
    }
    if (!file.file().isNamed()) {
      throw new DatabaseFailedException(
          path
              + ": the file was deleted, renamed or replaced while the database was open, and what"
              + " is committed now may be gone when it is closed; give the file its name back, or"
              + " close the database and restore the file from a copy",
          null);
    }
    if (!lock.isNamed()) {
      throw new DatabaseFailedException(
          path
              + ": its lock file was deleted or replaced while the database was open, so that live"
              + " processes cannot be distinguished from dead ones; close the database in all"
              + " processes and"
              + " open it again",
          null);
    }
    lastCheck = now;
  }

  /**
   * Another process has written, or none of this session: reads everything again. The caller takes
   * the commit that is returned as its base, and then says that it was the last to write.
   *
   * @return the newest commit
   * @throws dev.pando.error.UnsupportedFormatException if a newer build has written meanwhile, and
   *     this one may only read what is there
   */
  Snapshot takeOver() {
    long known = publication.known().txnId();
    boolean died = lock.writing() != 0 || lock.committing() != 0;
    Change takeover = file.counters().takeoverBegins(died);
    readers.clearDead();
    file.lookAtSize();
    MetaSlots slots = MetaSlots.read(file.file());
    checkWritable(slots);
    metas.look(slots);
    metas.forgetSync();
    free.othersWrote(publication.known().txnId());
    if (died) {
      adopt(slots.valid().getFirst().meta());
    }
    Snapshot newest = publication.newest();
    file.counters().tookOver(takeover, known, newest.txnId());
    return newest;
  }

  /** Checks also a commit that is not shown: the process that wrote it may have died. */
  private void checkWritable(MetaSlots slots) {
    long current = lock.current();
    for (MetaSlots.Valid slot : slots.valid()) {
      if (slot.meta().txnId() >= current) {
        slot.meta().features().checkWritable(file.name());
      }
    }
  }

  /**
   * Handles a process that died in a transaction. If the meta of its commit is in the file, so is
   * the whole commit, because the kernel keeps the writes of a killed process. Then it is synced
   * and adopted. Otherwise its pages are free, as before.
   */
  private void adopt(Meta newest) {
    metas.ids().use(Math.max(lock.writing(), Math.max(lock.committing(), newest.txnId())));
    boolean counts = newest.txnId() > lock.current() && (lock.claimed() || isWrittenAgain(newest));
    metas.sync(counts ? newest.txnId() : lock.current());
    if (counts) {
      metas.pin(newest, pins.apply(publication.newest()));
      lock.setCurrent(newest.txnId());
      lock.setIdLimit(Math.min(lock.idLimit(), newest.idLimit())); // it may be a seal
    }
    lock.setWriting(0);
    lock.setCommitting(0);
  }

  /**
   * Writes the commit again after a failed sync; false if the unacknowledged commit has lost a
   * page.
   */
  private boolean isWrittenAgain(Meta newest) {
    PageMap pages = file.mapForCheck(newest.pageCount());
    try {
      FoundCommit.rewrite(new Snapshot(newest, pages), lock.durable(), file);
      return true;
    } catch (CorruptFileException e) {
      return false;
    } finally {
      pages.release();
    }
  }

  /**
   * Claims transaction ids: see {@link MetaWriter#claim}. The caller takes what is returned as its
   * base, and then publishes it.
   *
   * @param replays whether the commits that only the commit log has follow the base
   * @return the base with the meta that claims them
   */
  Snapshot claim(Snapshot base, boolean replays) {
    Meta claimed = metas.claim(base.meta(), pins.apply(base), replays);
    return base.same(claimed, base.map());
  }
}
