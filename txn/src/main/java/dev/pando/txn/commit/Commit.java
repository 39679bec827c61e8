package dev.pando.txn.commit;

import dev.pando.btree.TreeWriter;
import dev.pando.error.StorageIoException;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.ChangedTables;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.Pins;
import dev.pando.txn.space.SavedSpace;
import java.util.function.Supplier;

/**
 * Makes the changes of a write transaction the newest commit. A failure before the write of the
 * meta ends only the transaction. A later one also ends all writing, because it is unknown what is
 * on disk.
 *
 * <p>See DECISIONS.md, 'Data synced before the meta'.
 */
final class Commit {
  /** Dirty bytes above which data is synced first, so that recovery need not verify it. */
  private static final long LARGE = 8 << 20;

  private final Snapshot base;
  private final DirtyPages pages;
  private final FreeSpace free;
  private final Catalog catalog;
  private final MetaWriter metas;
  private final DataFile file;
  private final WriterMemory memory;
  private final Supplier<Pins> pinsNow;
  private final CommitLog log;
  private final CommitKind kind;

  /** A commit of the changes of a transaction. */
  Commit(
      Changes changes,
      MetaWriter metas,
      DataFile file,
      CommitLog log,
      WriterMemory memory,
      Supplier<Pins> pinsNow,
      CommitKind kind) {
    this.log = log;
    this.kind = kind;
    this.base = changes.base();
    this.pages = changes.pages();
    this.free = changes.free();
    this.catalog = changes.catalog();
    this.metas = metas;
    this.file = file;
    this.memory = memory;
    this.pinsNow = pinsNow;
  }

  /**
   * Runs a commit up to its sync, or up to the write of its log record. The result is complete, and
   * durable after the next sync. From now on the next transaction may begin on it.
   */
  Snapshot write() {
    free.mayUseReserve(true);
    if (kind == CommitKind.SYNCED && !free.isPacking()) {
      free.wantLog(log.wantedPages(base.meta()));
    }
    TreeRoot tables = catalog.save();
    TreeWriter freeTree = new TreeWriter(pages, base.meta().freeTree(), memory.scratch());
    SavedSpace saved = free.save(freeTree);
    file.counters().commitPrepared();
    LogPlace place = place(saved.logPgno());
    boolean dataIsOnDisk = writePages();
    Meta meta = meta(tables, freeTree.root(), saved, dataIsOnDisk).withLog(place);
    Snapshot next =
        CatalogSnapshot.of(base).next(meta, file.map(), catalog.changedEntries(), catalog.named());
    long durable = metas.durableTxn(); // before the pins, which have it, or a newer one
    Pins pins = pinsNow.get();
    metas.checkTurn(meta.txnId());
    for (Meta dropped : catalog.dropped()) { // readers may have it open
      metas.pin(dropped, pins);
      pins = pins.with(dropped.txnId());
    }
    metas.write(meta, base.txnId(), pins);
    try {
      free.keep(meta, pins, durable);
    } catch (Throwable e) { // no memory: what the meta names must not be taken for free pages
      file.failure().latch(); // first: what follows needs memory
      throw file.failure().fail("commit", new StorageIoException(file.name() + ": " + e, e));
    }
    return next;
  }

  /** The log as the meta names it. A new one is empty; a synced commit may leave one. */
  private LogPlace place(long newLog) {
    if (newLog > 0) {
      return new LogPlace(newLog, free.wantedLog(), 0, pages.txnId());
    }
    boolean leaves = free.isPacking() || log.isOff();
    if (kind == CommitKind.SYNCED && leaves && free.mayLeaveLog()) {
      return LogPlace.NONE;
    }
    return kind == CommitKind.LOGGED
        ? log.placeAfterRecord(pages.txnId())
        : base.meta().log().after(pages.txnId());
  }

  /**
   * Writes all dirty pages. Then syncs them, if they are many, or if a page was written twice: of
   * two versions with the same birth recovery could not know which one the meta means.
   *
   * @return whether they are on disk
   */
  private boolean writePages() {
    boolean syncData = pages.dirtyBytes() >= LARGE;
    syncData |= pages.writeAll();
    pages.mapNewPages();
    file.countGrowth();
    if (syncData) {
      metas.syncData();
    }
    file.counters().pagesWritten();
    return syncData;
  }

  /**
   * The meta. It says that all of its pages are on disk only if nothing is written before it is on
   * disk itself: recovery does not verify them then, and pages of a commit that is not durable may
   * be used again as soon as another one is based on it.
   */
  private Meta meta(TreeRoot tables, TreeRoot freeTree, SavedSpace saved, boolean onDisk) {
    long txnId = pages.txnId();
    boolean hadFeeds = base.meta().features().hasFeeds();
    return base.meta()
        .withFeeds(ChangedTables.hasFeeds(catalog, file.name(), hadFeeds))
        .withIds(
            txnId,
            onDisk && kind == CommitKind.SYNCED ? txnId : metas.durableTxn(),
            metas.ids().limit(txnId))
        .withContent(pages.pageCount(), saved.freePages(), tables, freeTree, saved.changes());
  }
}
