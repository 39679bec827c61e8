package dev.pando;

import dev.pando.error.BackupMismatchException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.IncrementWriter;
import dev.pando.pager.Lineage;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.SequentialVerifier;
import dev.pando.pager.Storage;
import dev.pando.txn.catalog.PagesSince;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.space.PageSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Copies the newest commit of an open database, page by page, while others read and write. Every
 * page is verified on its way, so that damage is found while there is something to compare with.
 */
final class Backup {
  /** Bytes read and written at a time; a multiple of every page size. */
  private static final int BATCH = 1 << 20;

  /** The source of a copy to which no increment can be added. */
  private static final UUID NO_SOURCE = new UUID(0, 0);

  private final Transactor database;
  private final DataFile file;
  private final Progress progress;

  private final SyncedCommits commits;

  private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH);
  private long done;
  private long total;

  /**
   * A copy that is to be made.
   *
   * @param file of the database
   * @param progress called after each batch; what it throws ends the copy
   */
  Backup(Transactor database, DataFile file, Progress progress, SyncedCommits commits) {
    this.database = database;
    this.file = file;
    this.progress = progress;
    this.commits = commits;
  }

  /** Takes the pages of a run, in ascending order. */
  interface Sink {
    void write(ByteBuffer pages, long offset);
  }

  /** Copies to a file that does not exist yet. */
  BackupReport to(Path target, Storage storage, BackupForm form) {
    refuseExisting(target, storage);
    if (form == BackupForm.COMPACT) {
      return new CompactCopy(database, file, storage, progress).to(target);
    }
    try (CopyTarget copy = CopyTarget.create(storage, target, pageSize())) {
      BackupReport report = to(copy);
      refuseExisting(target, storage);
      copy.install();
      return report;
    }
  }

  private int pageSize() {
    return database.known().meta().pageSize();
  }

  /** Another file is never replaced. */
  static void refuseExisting(Path target, Storage storage) {
    if (storage.exists(target)) {
      throw new StorageIoException(
          target + ": a file of this name exists and is left as it is; name another file", null);
    }
  }

  /**
   * Writes a copy that still has a temporary name.
   *
   * @param copy just created
   */
  BackupReport to(CopyTarget copy) {
    try (KeptCommit commit = KeptCommit.of(database)) {
      Meta meta = metaOfCopy(commit);
      copyUsed(commit, 0, copy::write);
      copy.finish(meta);
      return report(meta, total);
    }
  }

  /**
   * Copies the pages that a commit and its named snapshots use.
   *
   * @param more bytes that the caller writes afterwards, for the progress
   */
  void copyUsed(KeptCommit commit, long more, Sink sink) {
    PageSet used = commit.usedPages();
    int pageSize = commit.meta().pageSize();
    total = used.size() * pageSize + more;
    done = (long) PageHeader.META_SLOTS * pageSize;
    copyPages(commit, used, sink);
  }

  /** Reports bytes that the caller has written. */
  void wrote(long bytes) {
    done += bytes;
    progress.at(done, total);
  }

  /** Bytes that were written. */
  long written() {
    return done;
  }

  KeptCommit keep() {
    return KeptCommit.of(database);
  }

  /** The meta of a copy of a commit: increments can follow it if no crash takes the commit back. */
  Meta metaOfCopy(KeptCommit commit) {
    Meta meta = commit.meta();
    boolean stays = meta.isSealed() || commits.areOnDisk(meta.txnId());
    return checked(commit.metaOfCopy(stays), database.lifecycle().path());
  }

  /**
   * Writes the pages that were written since an older commit, and are still in use.
   *
   * @param incarnation of the database, when that commit was copied
   * @param since that commit
   */
  BackupReport increment(UUID incarnation, long since, SequentialOutput out) {
    try (KeptCommit commit = keep()) {
      refuseOther(commit.meta(), incarnation, since);
      Meta meta = metaOfCopy(commit);
      PageSet born = bornSince(commit, since);
      int pageSize = meta.pageSize();
      total = born.size() * pageSize;
      IncrementWriter writer = new IncrementWriter(out, meta, since, born.size());
      copyPages(commit, born, (pages, offset) -> writer.write(pages, offset / pageSize));
      writer.end();
      progress.at(total, total);
      return report(meta, out.position(), out.position());
    }
  }

  private static PageSet bornSince(KeptCommit commit, long since) {
    try {
      PageSet born = PagesSince.of(commit.tx().snapshot(), since);
      commit.tx().checkOpen(); // or others may have reused pages that were visited
      return born;
    } catch (RuntimeException | Error e) {
      throw commit.tx().explained(e);
    }
  }

  private void refuseOther(Meta meta, UUID incarnation, long since) {
    UUID mine = meta.lineage().incarnation();
    if (!incarnation.equals(mine)) {
      throw new BackupMismatchException(
          "%s: an increment since transaction %d of incarnation %s, allowed: of %s, which the database has since it was created or restored; make a full backup"
              .formatted(database.lifecycle().path(), since, incarnation, mine));
    }
    if (since > meta.txnId()) {
      throw new BackupMismatchException(
          "%s: an increment since transaction %d, allowed: up to %d, the newest commit; make a full backup"
              .formatted(database.lifecycle().path(), since, meta.txnId()));
    }
  }

  /** Writes the bytes of a copy, from the first to the last, to a channel. */
  BackupReport to(SequentialOutput out, Storage storage, BackupForm form) {
    if (form == BackupForm.COMPACT) {
      return new CompactCopy(database, file, storage, progress).to(out);
    }
    try (KeptCommit commit = KeptCommit.of(database)) {
      Meta meta = metaOfCopy(commit);
      PageSet used = commit.usedPages();
      total = meta.pageCount() * meta.pageSize();
      out.write(ByteBuffer.wrap(CopyTarget.firstPages(meta)));
      done = out.position();
      copyPages(
          commit,
          used,
          (pages, offset) -> {
            done += out.fill(offset);
            out.write(pages);
          });
      out.fill(total);
      progress.at(total, total);
      return report(meta, total);
    }
  }

  /** Refuses features that this build does not know: the copy might be incomplete. */
  static Meta checked(Meta meta, Path file) {
    meta.features().checkWritable(file.toString());
    return meta;
  }

  static BackupReport report(Meta meta, long written) {
    return report(meta, meta.pageCount() * meta.pageSize(), written);
  }

  private static BackupReport report(Meta meta, long fileBytes, long written) {
    Lineage lineage = meta.lineage();
    return new BackupReport(
        meta.txnId(),
        meta.databaseId(),
        lineage.incarnation(),
        lineage.parentTxn() == meta.txnId() ? lineage.parent() : NO_SOURCE,
        fileBytes,
        written);
  }

  private void copyPages(KeptCommit commit, PageSet used, Sink sink) {
    Meta meta = commit.meta();
    int most = BATCH / meta.pageSize();
    SequentialVerifier verifier =
        new SequentialVerifier(file.name(), meta.pageSize(), meta.txnId());
    long end = meta.pageCount();
    used.forEachRun(
        PageHeader.FIRST_PGNO,
        end,
        (first, run) -> {
          for (long at = first; at < first + run; at += most) {
            int pages = (int) Math.min(most, first + run - at);
            copyBatch(commit, at, pages, first + run, verifier, sink);
          }
        });
  }

  private void copyBatch(
      KeptCommit commit,
      long pgno,
      int pages,
      long runEnd,
      SequentialVerifier verifier,
      Sink sink) {
    int pageSize = commit.meta().pageSize();
    batch.clear().limit(pages * pageSize);
    file.file().read(batch, pgno * pageSize);
    commit.tx().checkOpen(); // or others may have reused the pages before they were read
    batch.flip();
    verifier.verify(batch, pgno, runEnd);
    sink.write(batch, pgno * pageSize);
    done += (long) pages * pageSize;
    progress.at(done, total);
  }
}
