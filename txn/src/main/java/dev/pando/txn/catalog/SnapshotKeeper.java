package dev.pando.txn.catalog;

import org.jspecify.annotations.Nullable;

/** Keeps the pages of named snapshots, so that they are not reused while they are read. */
public interface SnapshotKeeper {
  /** Keeps pages until it is closed. */
  interface Kept extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins to keep the pages of a named snapshot.
   *
   * @param listed the snapshot in the list of a commit, which may be an older one
   * @return null if it was dropped since
   */
  @Nullable Kept keep(SnapshotEntry listed);
}
