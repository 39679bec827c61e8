package dev.pando;

import dev.pando.error.BackupMismatchException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.Storage;
import dev.pando.txn.space.PageBound;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Increments of a backup that are added to a full one, in their order. For one thread. */
final class Increments {
  /**
   * One of them.
   *
   * @param since the commit that it is added to
   * @param meta of the commit that it completes
   * @param bytes of its pages
   */
  private record Increment(Path file, long since, Meta meta, long bytes) {}

  private final Storage storage;
  private final List<Increment> all = new ArrayList<>();

  /** Reads where each begins and ends. */
  Increments(Storage storage, List<Path> files) {
    this.storage = storage;
    for (Path file : files) {
      try (IncrementReader reader = open(file)) {
        all.add(new Increment(file, reader.since(), reader.meta(), reader.bytes()));
      }
    }
  }

  private IncrementReader open(Path path) {
    PageFile file = storage.open(path, false);
    IncrementReader reader = null;
    try {
      reader = new IncrementReader(file);
      return reader;
    } finally {
      if (reader == null) {
        file.close();
      }
    }
  }

  /** Refuses increments that do not follow a full backup, or each other. */
  void checkFollow(Path full, Meta base) {
    String before = full.toString();
    Meta last = base;
    for (Increment each : all) {
      if (!last.lineage().hasParent() || last.lineage().parentTxn() != last.txnId()) {
        throw new BackupMismatchException(
            "%s: nothing can be added to it, because it is compact, was written since, has a commit that was not on disk, or is no backup; name an unchanged full backup of the form PAGES, and increments that follow it"
                .formatted(before));
      }
      checkFollows(each, before, last);
      before = each.file.toString();
      last = each.meta;
    }
    if (!all.isEmpty()) {
      checkPageCount(base);
    }
  }

  private void checkPageCount(Meta base) {
    Increment last = all.getLast();
    long bytes = all.stream().mapToLong(Increment::bytes).sum();
    PageBound.check(
        last.file.toString(), last.meta, base.pageCount(), bytes / last.meta.pageSize());
  }

  private static void checkFollows(Increment next, String before, Meta last) {
    Meta meta = next.meta;
    UUID source = meta.lineage().parent();
    UUID wanted = last.lineage().parent();
    if (!source.equals(wanted)
        || !meta.databaseId().equals(last.databaseId())
        || meta.pageSize() != last.pageSize()) {
      throw new BackupMismatchException(
          "%s: an increment of incarnation %s, allowed: of %s, as %s; the database is another one, or was restored in between"
              .formatted(next.file, source, wanted, before));
    }
    if (next.since != last.txnId()) {
      throw new BackupMismatchException(
          "%s: an increment since transaction %d, allowed: since %d, where %s ends; name all increments, in their order"
              .formatted(next.file, next.since, last.txnId(), before));
    }
  }

  /** Writes the full backup and the increments to a file, and checks the whole. */
  BackupReport to(CopyTarget copy, Backup full) {
    try (KeptCommit commit = full.keep()) {
      Meta meta = metaOf(full, commit);
      long end = meta.pageCount() * meta.pageSize();
      long added = all.stream().mapToLong(Increment::bytes).sum();
      full.copyUsed(commit, added, (pages, offset) -> write(copy, pages, offset, end));
      for (Increment each : all) {
        write(each, copy, end, full);
      }
      // A commit that a power cut has taken back leaves increments that only seem to follow.
      CopyCheck.run(
          copy,
          meta,
          "the full backup and its increments are damaged, or not of one history; use a later full backup");
      copy.finish(meta);
      return Backup.report(meta, full.written());
    }
  }

  private void write(Increment increment, CopyTarget copy, long end, Backup progress) {
    try (IncrementReader reader = open(increment.file)) {
      reader.forEach(
          (pages, pgno) -> {
            int bytes = pages.remaining();
            write(copy, pages, pgno * increment.meta.pageSize(), end);
            progress.wrote(bytes);
          });
    }
  }

  private Meta metaOf(Backup full, KeptCommit commit) {
    if (all.isEmpty()) {
      return full.metaOfCopy(commit);
    }
    Meta meta = all.getLast().meta;
    meta.features().checkWritable(all.getLast().file.toString());
    long txnId = meta.txnId();
    return meta.withIds(txnId, txnId, txnId)
        .withLog(LogPlace.NONE)
        .withLineage(meta.lineage().child(UUID.randomUUID(), txnId));
  }

  /** Writes pages that the result may use: later commits may have shortened the file. */
  private static void write(CopyTarget copy, ByteBuffer pages, long offset, long end) {
    if (offset < end) {
      pages.limit(pages.position() + (int) Math.min(pages.remaining(), end - offset));
      copy.write(pages, offset);
    }
  }
}
