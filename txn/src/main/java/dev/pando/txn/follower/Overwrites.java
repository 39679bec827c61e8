package dev.pando.txn.follower;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
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

  /** Those of {@link #written} that the newest commit uses, or a named snapshot that it lists. */
  private final PageSet inUse = new PageSet(0);

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
    addUsed(base.meta());
    named.entries().forEach(entry -> addUsed(entry.meta()));
    harmed.put(base.txnId(), inUse.size() > 0);
  }

  /** The pages that may be written only when no reader shows the newest commit any more. */
  PageSet inUse() {
    return inUse;
  }

  /** Whether the newest commit is harmed, or a named snapshot that it lists. */
  boolean harmBase() {
    return inUse.size() > 0;
  }

  /** The named snapshots that the newest commit lists. */
  NamedSnapshots named() {
    return named;
  }

  /** Whether a commit that a reader pins is harmed. */
  boolean harm(long txnId) {
    return txnId <= base.txnId() && harmed.computeIfAbsent(txnId, this::harmsPinned);
  }

  /** Whether a commit is older than the newest one, and not one of its named snapshots. */
  boolean isOlder(long txnId) {
    return txnId < base.txnId() && named.meta(txnId) == null;
  }

  /**
   * Whether readers that do not say what they read may be harmed.
   *
   * @param from the oldest commit that they may read; {@link Long#MAX_VALUE} if there are none
   */
  boolean harmUnlisted(long from) {
    return from < base.txnId() ? written.size() > 0 : from == base.txnId() && harmBase();
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
    boolean[] found = new boolean[1];
    forEachUsed(meta, (first, pages) -> found[0] = true);
    return found[0];
  }

  private void addUsed(Meta meta) {
    forEachUsed(
        meta,
        (first, pages) -> {
          long _ = inUse.addRun(first, pages);
        });
  }

  /** Visits the pages of the increment that a commit uses; all of them if that is not known. */
  private void forEachUsed(Meta meta, PageSet.RunVisitor visitor) {
    PageSet free = PageSet.keeping(meta.pageCount());
    try {
      FreeTree.read(base.map(), meta, free);
      FreeTree.apply(base.map().name(), meta.freeRuns(), free);
    } catch (CorruptFileException e) {
      // Its reader has just ended, or the map of the newest commit is shorter.
      written.forEachRun(PageHeader.FIRST_PGNO, written.end(), visitor);
      return;
    }
    written.forEachRun(
        PageHeader.FIRST_PGNO,
        meta.pageCount(),
        (first, pages) -> forEachOut(free, first, first + pages, visitor));
  }

  private static void forEachOut(PageSet free, long from, long end, PageSet.RunVisitor visitor) {
    for (long at = free.nextOut(from, end); at < end; ) {
      long in = free.nextIn(at, end);
      visitor.run(at, in - at);
      at = free.nextOut(in, end);
    }
  }
}
