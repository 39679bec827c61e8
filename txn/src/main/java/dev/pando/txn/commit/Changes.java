package dev.pando.txn.commit;

import dev.pando.error.StorageException;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeSpace;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one write transaction, based on the commit that was the newest when it began. It
 * lives from {@link Writer#begin} until it is committed or rolled back. Updates that share a
 * transaction share its changes. For one thread at a time.
 *
 * <p>See DECISIONS.md, 'Changes instead of a WriteTxn'.
 */
public final class Changes {
  private final Snapshot base;
  private final DirtyPages pages;
  private final FreeSpace free;
  private final Catalog catalog;
  private final LogRecord record;

  /**
   * The failure of an incomplete change. Callers set the field: after a stack overflow there may be
   * no room for a call.
   */
  public @Nullable Throwable broken;

  /** The updates that share them; 0 if they are of a transaction that is no update. */
  private int updates;

  /** Nothing has changed yet. */
  Changes(Snapshot base, WriterMemory memory, DirtyPages pages, FreeSpace free, CommitLog log) {
    this.base = base;
    this.pages = pages;
    this.free = free;
    this.catalog = new Catalog(pages, base, memory);
    this.record = log.begin(base, catalog, free.isLogApart());
  }

  /** The commit on which they are made. */
  public Snapshot base() {
    return base;
  }

  public DirtyPages pages() {
    return pages;
  }

  public FreeSpace free() {
    return free;
  }

  public Catalog catalog() {
    return catalog;
  }

  /** The changes as the commit log will have them. */
  public LogRecord record() {
    return record;
  }

  /** So many updates share them. */
  public void shared(int count) {
    updates = count;
  }

  /** The updates that share them; 0 if they are of a transaction that is no update. */
  int updates() {
    return updates;
  }

  /** The id of the commit that they become. */
  public long txnId() {
    return pages.txnId();
  }

  /** Whether there is something to commit. */
  public boolean isChanged() {
    return catalog.isChanged();
  }

  /** Whether no error occurred that may strike between any two steps. */
  public boolean isInOrder() {
    Throwable failure = broken;
    return failure == null || failure instanceof StorageException;
  }
}
