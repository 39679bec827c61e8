package dev.pando.txn.follower;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.space.FreeTree;
import dev.pando.txn.space.PageSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots of a follower's file an increment harms: those that show a page which it writes.
 * A snapshot shows the pages that its meta does not count as free. For one thread.
 */
final class Overwrites {
  private final Snapshot base;

  /** What the newest commit lists; read before pages of its catalog are overwritten. */
  private final NamedSnapshots named;

  private final PageFile file;
  private final PinnedMetas pinned;
  private final PageSet written = new PageSet(0);
  private final Map<Long, Boolean> harmed = new HashMap<>();

  /**
   * Looks which pages an increment writes.
   *
   * @param base the newest commit of the follower
   */
  Overwrites(Snapshot base, PageFile file, PinnedMetas pinned, IncrementReader increment) {
    this.base = base;
    this.named = CatalogSnapshot.of(base).named();
    this.file = file;
    this.pinned = pinned;
    int pageSize = base.meta().pageSize();
    increment.forEach(
        (pages, pgno) -> {
          long _ = written.addRun(pgno, pages.remaining() / pageSize);
        });
    harmed.put(base.txnId(), harmsBase());
  }

  /** Whether the newest commit is harmed, or a named snapshot that it lists. */
  boolean harmBase() {
    return Boolean.TRUE.equals(harmed.get(base.txnId()));
  }

  /** The named snapshots that the newest commit lists. */
  NamedSnapshots named() {
    return named;
  }

  /** Whether a commit that a reader pins is harmed. */
  boolean harm(long txnId) {
    return txnId <= base.txnId() && harmed.computeIfAbsent(txnId, this::harmsPinned);
  }

  /**
   * Whether readers that do not say what they read may be harmed.
   *
   * @param from the oldest commit that they may read; {@link Long#MAX_VALUE} if there are none
   */
  boolean harmUnlisted(long from) {
    return from < base.txnId() ? written.size() > 0 : from == base.txnId() && harmBase();
  }

  private boolean harmsBase() {
    if (harms(base.meta())) {
      return true;
    }
    for (SnapshotEntry entry : named.entries()) {
      if (harms(entry.meta())) {
        return true;
      }
    }
    return false;
  }

  private boolean harmsPinned(long txnId) {
    Meta meta = meta(txnId);
    return meta == null || harms(meta); // of an unknown one, every page may be shown
  }

  private @Nullable Meta meta(long txnId) {
    Meta kept = named.meta(txnId);
    if (kept == null) {
      kept = pinned.find(txnId);
    }
    return kept != null ? kept : Publication.read(file, txnId);
  }

  private boolean harms(Meta meta) {
    PageSet free = PageSet.keeping(meta.pageCount());
    try {
      FreeTree.read(base.map(), meta, free);
      FreeTree.apply(base.map().name(), meta.freeRuns(), free);
    } catch (CorruptFileException e) {
      return true; // its reader has just ended, or the map of the newest commit is shorter
    }
    boolean[] found = new boolean[1];
    written.forEachRun(
        PageHeader.FIRST_PGNO,
        meta.pageCount(),
        (first, pages) -> found[0] |= free.nextOut(first, first + pages) < first + pages);
    return found[0];
  }
}
