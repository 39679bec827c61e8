package dev.pando.txn.recovery;

import dev.pando.error.StorageException;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.PageFile;
import dev.pando.pager.SequentialInput;
import dev.pando.pager.SequentialVerifier;
import dev.pando.pager.Storage;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The file beside a follower's that has the increment which is being applied. If a crash leaves the
 * increment applied in part, it is read again from there. For one thread.
 */
public final class SideFile {
  private final Storage storage;
  private final Path path;

  /** The side file of a database, whether it exists or not. */
  public SideFile(Storage storage, Path database) {
    this.storage = storage;
    this.path = DatabaseFile.incrementFile(storage.realPath(database));
  }

  Path path() {
    return path;
  }

  /** Whether it exists. */
  boolean exists() {
    return storage.exists(path);
  }

  /**
   * Reads an increment into the file, in place of another one, and verifies all of it. Bytes that
   * follow it stay in the channel. Not on disk before {@link #sync}.
   *
   * @param begins gets the increment when its beginning was read; it may refuse it
   * @param progress gets the bytes of the pages that were read, from time to time
   */
  public void receive(
      SequentialInput in, Consumer<IncrementReader> begins, Consumer<Long> progress) {
    delete();
    boolean whole = false;
    try (PageFile copy = storage.create(path);
        IncrementReader reader = new IncrementReader(in, copy)) {
      begins.accept(reader);
      verify(reader, progress);
      whole = true;
    } finally {
      if (!whole) {
        deleteIfPossible(); // the first failure says more
      }
    }
  }

  private static void verify(IncrementReader reader, Consumer<Long> progress) {
    int pageSize = reader.meta().pageSize();
    long end = reader.meta().pageCount();
    SequentialVerifier verifier =
        new SequentialVerifier(reader.name(), pageSize, reader.meta().txnId());
    long[] done = new long[1];
    reader.forEach(
        (pages, pgno) -> {
          verifier.verify(pages, pgno, end);
          done[0] += pages.remaining();
          progress.accept(done[0]);
        });
  }

  /** Opens it to read the increment. */
  public IncrementReader open() {
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

  /** Puts it on disk, with its name. */
  public void sync() {
    try (PageFile file = storage.open(path, true)) {
      file.sync(true);
    }
    storage.syncDirectory(DatabaseFile.directory(path));
  }

  /** Deletes it, if it exists. */
  void delete() {
    storage.delete(path);
  }

  /** Deletes it, if it exists, so that it does not come back after a power cut. */
  public void remove() {
    delete();
    storage.syncDirectory(DatabaseFile.directory(path));
  }

  /** As {@link #delete}, where the file has no meaning: the next increment would replace it. */
  public void deleteIfPossible() {
    try {
      storage.delete(path);
    } catch (StorageException e) {
      // it stays until then
    }
  }
}
