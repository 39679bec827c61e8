package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.Checksums;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A database file that was opened, or created, and recovered.
 *
 * @param file open for writing unless the options say otherwise
 * @param map of all its pages, with one reference
 * @param slots as they were found
 * @param meta the commit to go on from
 * @param report for the user
 */
record OpenedFile(PageFile file, PageMap map, MetaSlots slots, Meta meta, OpenReport report) {

  /**
   * Takes the database's lock. What is no database gets no lock file: it is refused before. Where a
   * lock file stands already, {@link #open} refuses it, which spares a look at each opening.
   */
  static StorageLock lock(Path path, Options options) {
    Storage storage = options.storage();
    Path lockFile = DatabaseFile.lockFile(path);
    if (storage.exists(path)) {
      if (!storage.exists(lockFile)) {
        probe(path, options);
      }
    } else if (!options.createIfMissing()) {
      throw new StorageIoException(
          path
              + ": there is no such file, and "
              + (options.readOnly()
                  ? "opening for reading only does not create it"
                  : "the options say not to create it"),
          null);
    }
    return storage.lock(lockFile, !options.readOnly());
  }

  private static void probe(Path path, Options options) {
    try (PageFile file = options.storage().open(path, !options.readOnly())) {
      MetaSlots _ = MetaSlots.read(file);
    } catch (CorruptFileException e) {
      // Another process may be writing a meta: look again under the lock.
    }
  }

  /** Opens or creates the file; the caller holds the lock. */
  static OpenedFile open(Path path, Options options) {
    Storage storage = options.storage();
    boolean created = false;
    if (!options.readOnly()) {
      boolean _ = DatabaseFile.removeLeftover(storage, path);
      if (!storage.exists(path)) {
        DatabaseFile.create(storage, path, options.pageSize(), UUID.randomUUID());
        created = true;
      }
    }
    PageFile file = storage.open(path, !options.readOnly());
    try {
      return recover(path, file, options, created);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private static OpenedFile recover(Path path, PageFile file, Options options, boolean created) {
    MetaSlots slots = MetaSlots.read(file);
    int pageSize = slots.pageSize();
    if (options.pageSizeRequired() && pageSize != options.pageSize()) {
      throw new IllegalArgumentException(
          "%s: page size=%d was asked for, the database has %d; leave the page size out to open it"
              .formatted(path, options.pageSize(), pageSize));
    }
    long pages = file.size() / pageSize;
    PageMap verifying = file.map(pageSize, pages, Checksums.FIRST_TOUCH, null);
    try {
      Recovery recovery = Recovery.choose(verifying, slots);
      PageMap map =
          options.pagerChecksums() == Checksums.FIRST_TOUCH
              ? verifying.retain()
              : file.map(pageSize, pages, options.pagerChecksums(), verifying);
      OpenReport report = new OpenReport(created, recovery.meta().txnId(), recovery.passedOver());
      return new OpenedFile(file, map, slots, recovery.meta(), report);
    } finally {
      verifying.release();
    }
  }

  /** A map's page could not be read. */
  static StorageIoException faulted(Path path, InternalError error) {
    String message = error.getMessage();
    if (message == null || !message.contains("unsafe memory access")) {
      throw error;
    }
    return new StorageIoException(
        path
            + ": cannot be read through the map: the file was cut short while it was open, or its"
            + " disk failed; close the database and restore the file",
        error);
  }
}
