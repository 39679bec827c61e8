package dev.pando;

import dev.pando.error.StorageIoException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.SequentialVerifier;
import dev.pando.pager.Storage;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.space.PageSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Copies the newest commit of an open database, page by page, while others read and write. Every
 * page is verified on its way, so that damage is found while there is something to compare with.
 */
final class Backup {
  /** Bytes read and written at a time; a multiple of every page size. */
  private static final int BATCH = 1 << 20;

  private final Transactor database;
  private final DataFile file;
  private final Progress progress;
  private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH);
  private long done;
  private long total;

  /**
   * A copy that is to be made.
   *
   * @param file of the database
   * @param progress called after each batch; what it throws ends the copy
   */
  Backup(Transactor database, DataFile file, Progress progress) {
    this.database = database;
    this.file = file;
    this.progress = progress;
  }

  /** Takes the pages of a run, in ascending order. */
  private interface Sink {
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
      Meta meta = checked(commit.metaOfCopy(), database.lifecycle().path());
      PageSet used = commit.usedPages();
      total = used.size() * meta.pageSize();
      done = (long) PageHeader.META_SLOTS * meta.pageSize();
      copyPages(commit, used, copy::write);
      copy.finish(meta);
      return report(meta, total);
    }
  }

  /** Writes the bytes of a copy, from the first to the last, to a channel. */
  BackupReport to(SequentialOutput out, Storage storage, BackupForm form) {
    if (form == BackupForm.COMPACT) {
      return new CompactCopy(database, file, storage, progress).to(out);
    }
    try (KeptCommit commit = KeptCommit.of(database)) {
      Meta meta = checked(commit.metaOfCopy(), database.lifecycle().path());
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
    return new BackupReport(
        meta.txnId(),
        meta.databaseId(),
        meta.lineage().incarnation(),
        meta.pageCount() * meta.pageSize(),
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
