package dev.pando.txn;

import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.nio.file.Path;

/** For tests of other packages: databases on a disk that the test made. */
public final class OnStorage {
  private OnStorage() {}

  /** The options, for a database on this disk. */
  public static Options options(Options options, Storage storage) {
    return options.withStorage(storage);
  }

  /** The lock file of a disk in memory, which one process has. */
  public static StorageLock lock(Path path) {
    return new MemoryLock(path, () -> {});
  }
}
