package dev.pando;

import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.feed.FeedCheck;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.DatabaseCheck;
import dev.pando.txn.recovery.OpenedFile;
import dev.pando.txn.recovery.SlotCheck;
import java.util.ArrayList;
import java.util.List;

/** Inspects a whole database, in read transactions of the engine. */
final class Inspection {
  private final Transactor database;
  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final Publication publication;
  private final Writer writer;

  Inspection(
      Transactor database,
      DataFile file,
      LockFile lock,
      ReaderSlots readers,
      Publication publication,
      Writer writer) {
    this.database = database;
    this.file = file;
    this.lock = lock;
    this.readers = readers;
    this.publication = publication;
    this.writer = writer;
  }

  Stat stat() {
    try (ReadTxn tx = database.beginOwnRead()) {
      return ReaderList.of(database, readers, writer::pinnedMeta, tx.snapshot())
          .stat(file.size(), lock.onDisk());
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(database.lifecycle(), e);
    }
  }

  /** Also after the end. */
  Metrics metrics() {
    int open = 0;
    try {
      open = database.lifecycle().hasEnded() ? 0 : readers.countHere();
    } catch (IllegalStateException | InternalError e) {
      // It is just being closed, or its lock file was truncated.
    }
    return Metrics.of(file, open);
  }

  List<OpenReader> readers() {
    try (ReadTxn tx = database.beginOwnRead()) {
      readers.clearDead();
      return ReaderList.of(database, readers, writer::pinnedMeta, tx.snapshot()).infos();
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(database.lifecycle(), e);
    }
  }

  void warmUp(Progress progress) {
    try (ReadTxn tx = database.beginOwnRead()) {
      try {
        WarmUp.run(tx.snapshot(), progress);
      } catch (InternalError | IllegalStateException e) {
        throw tx.explained(e);
      }
    }
  }

  CheckReport check() {
    try (ReadTxn tx = database.beginOwnRead()) {
      Meta meta = tx.snapshot().meta();
      PageMap pages = file.mapForCheck(meta.pageCount());
      try {
        List<String> notes = new ArrayList<>();
        DatabaseCheck check = new DatabaseCheck(meta, pages, new Snapshots(database)::keepPages);
        SlotCheck slots = new SlotCheck(file, lock, publication);
        writer.withoutCommits(() -> slots.run(check, notes));
        DatabaseCheck.Found found = check.run();
        List<String> problems = new ArrayList<>(found.problems());
        if (problems.isEmpty()) {
          new IndexCheck(tx, database.writing().indexes(), problems, notes).run();
          new BlobCheck(tx, problems).run();
          new FeedCheck(tx.snapshot(), problems).run();
        } else {
          notes.add(
              "indexes were not compared with their tables, nor chunks of large values with heads, nor were feeds checked");
        }
        return CheckReport.of(database.lifecycle().path(), found, problems, notes);
      } finally {
        pages.release();
      }
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(database.lifecycle(), e);
    }
  }
}
