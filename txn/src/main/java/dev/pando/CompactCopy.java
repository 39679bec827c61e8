package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.PageReader;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.Storage;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogKey;
import dev.pando.txn.file.DataFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Copies the newest commit of an open database by writing all tables again, in the order of their
 * keys. The copy is loaded as a database of its own, under a temporary name; then its meta is
 * replaced by one that names the commit.
 */
final class CompactCopy {
  private static final int BATCH = 1 << 20;

  /** Entries between two calls of the progress. */
  private static final int STEP = 10_000;

  private final Transactor source;
  private final DataFile file;
  private final Storage storage;
  private final Progress progress;

  /** Whether the file under the temporary name is this copy's: another one's is left alone. */
  private boolean made;

  private long done;
  private long total;

  CompactCopy(Transactor source, DataFile file, Storage storage, Progress progress) {
    this.source = source;
    this.file = file;
    this.storage = storage;
    this.progress = progress;
  }

  /** Copies to a file that does not exist yet. */
  BackupReport to(Path target) {
    Path temporary = CopyTarget.temporaryFile(storage, target);
    try {
      Meta meta = load(temporary, target);
      try (CopyTarget copy = CopyTarget.adopt(storage, target, temporary, meta.pageSize())) {
        copy.finish(meta);
        Backup.refuseExisting(target, storage);
        copy.install();
      }
      return Backup.report(meta, meta.pageCount() * meta.pageSize());
    } finally {
      delete(temporary);
    }
  }

  /** Writes the bytes of a copy, through a temporary file in the database's directory. */
  BackupReport to(SequentialOutput out) {
    Path name = source.lifecycle().path().toAbsolutePath();
    Path target = name.resolveSibling(name.getFileName() + "-backup-" + UUID.randomUUID());
    Path temporary = CopyTarget.temporaryFile(storage, target);
    try {
      Meta meta = load(temporary, target);
      long bytes = meta.pageCount() * meta.pageSize();
      out.write(ByteBuffer.wrap(CopyTarget.firstPages(meta)));
      try (PageFile copy = storage.open(temporary, false)) {
        ByteBuffer batch = ByteBuffer.allocateDirect(BATCH);
        for (long at = out.position(); at < bytes; at = out.position()) {
          batch.clear().limit((int) Math.min(BATCH, bytes - at));
          copy.read(batch, at);
          out.write(batch.flip());
        }
      }
      return Backup.report(meta, bytes);
    } finally {
      delete(temporary);
    }
  }

  private void delete(Path temporary) {
    if (made) {
      storage.delete(temporary);
      storage.delete(DatabaseFile.lockFile(temporary));
    }
  }

  /** Creates the file; returns the meta to write into it. */
  private Meta load(Path temporary, Path target) {
    try (KeptCommit commit = KeptCommit.of(source)) {
      Meta meta = Backup.checked(commit.metaOfCopy(false), source.lifecycle().path());
      Options options =
          Options.defaults()
              .withStorage(storage)
              .withPageSize(meta.pageSize())
              .withGrowthStep(meta.pageSize())
              .withDatabaseId(CopyTarget.mark(target));
      Meta loaded;
      try (Database copy = Database.open(temporary, options)) {
        made = copy.openReport().created();
        if (!made) {
          throw new StorageIoException(
              temporary + ": another copy to the same name is being made; begin again later", null);
        }
        copyTables(commit, copy);
        loaded = copy.known().meta();
      }
      return meta.withContent(
          loaded.pageCount(),
          loaded.freePages(),
          loaded.catalog(),
          loaded.freeTree(),
          loaded.freeRuns());
    }
  }

  private void copyTables(KeptCommit commit, Database copy) {
    if (commit.meta().catalog().isEmpty()) {
      return;
    }
    PageMap pages = file.mapForCheck(commit.meta().pageCount());
    try (WriteTxn out = copy.beginWrite()) {
      total = commit.meta().pageCount() * commit.meta().pageSize();
      Slice key = new Slice();
      Slice value = new Slice();
      try (Cursor cursor = new Tree(pages, commit.meta().catalog()).cursor()) {
        for (boolean there = cursor.first(); there; there = cursor.next()) {
          cursor.entry(key, value);
          copyEntry(commit, pages, key, value, out);
        }
      }
      out.commit(Durability.SYNC);
      progress.at(total, total);
    } finally {
      pages.release();
    }
  }

  /** One of the catalog. */
  private void copyEntry(
      KeptCommit commit, PageReader pages, Slice key, Slice value, WriteTxn out) {
    switch (CatalogKey.of(pages.name(), key)) {
      case SNAPSHOT -> {}
      case CARRIED -> {
        checkLength(pages.pageSize(), key);
        out.catalog().carry(key, value);
      }
      case TABLE -> {
        Meta meta = commit.meta();
        String name = CatalogEntry.name(pages.name(), key);
        CatalogEntry entry =
            CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId());
        copyTable(commit, new Tree(pages, entry.root()), createLike(out, name, entry));
        if (!entry.indexes().isEmpty()) { // their trees come before all tables
          out.catalog().setIndexes(name, entry.indexes());
        }
      }
    }
  }

  /** Creates a table with the codecs of another one, or an index tree; without indexes. */
  private static RawTable createLike(WriteTxn out, String name, CatalogEntry other) {
    out.beginChange();
    TreeWriter _ = out.catalog().create(name, other.keyCodec(), other.valueCodec());
    return new RawTable(out, Table.ofIndex(name, Codec.bytes(), Codec.bytes()), false);
  }

  private void copyTable(KeptCommit commit, Tree from, RawTable to) {
    Slice key = new Slice();
    Slice value = new Slice();
    ScanOrder order = ScanOrder.ascending(file.name());
    int entries = 0;
    try (Cursor cursor = from.cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        order.check(key);
        checkLength(commit.meta().pageSize(), key);
        to.append(bytes(key), bytes(value));
        done += key.length + value.length;
        if (++entries % STEP == 0) {
          commit.tx().checkOpen();
          progress.at(Math.min(done, total), total);
        }
      }
    }
    commit.tx().checkOpen();
  }

  private void checkLength(int pageSize, Slice key) {
    if (key.length > Tree.maxKey(pageSize)) {
      throw new CorruptFileException(
          file.name(),
          -1,
          "a key of %d bytes, allowed: 0 to %d".formatted(key.length, Tree.maxKey(pageSize)));
    }
  }

  private static MemorySegment bytes(Slice slice) {
    return slice.segment.asSlice(slice.offset, slice.length);
  }
}
