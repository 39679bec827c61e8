package dev.pando.txn.recovery;

import dev.pando.btree.Delta;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogKey;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.space.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Chooses the commit to open a database on: the newest one with a valid meta and a valid delta. The
 * delta is every page that may not have been on disk when the meta was written. Reads only.
 *
 * <p>See DECISIONS.md, 'Verification at opening'.
 *
 * @param meta the commit
 * @param passedOver why newer or damaged slots were not used
 */
public record Recovery(Meta meta, List<String> passedOver) {
  /**
   * Chooses.
   *
   * @param pages verifies every page it locates
   * @throws CorruptFileException if no slot holds an intact commit
   * @throws dev.pando.error.UnsupportedFormatException if the newest one has features that this
   *     build does not know: falling back would lose it
   */
  static Recovery choose(PageReader pages, MetaSlots slots) {
    List<String> passedOver = new ArrayList<>();
    for (MetaSlots.Damaged slot : slots.damaged()) {
      passedOver.add("meta slot " + slot.slot() + ": " + slot.reason());
    }
    for (MetaSlots.Valid slot : slots.valid()) {
      try {
        verify(pages, slot.meta());
        return new Recovery(slot.meta(), passedOver);
      } catch (CorruptFileException damage) {
        passedOver.add(
            "meta slot %d: transaction %d is incomplete (%s)"
                .formatted(slot.slot(), slot.meta().txnId(), damage.getMessage()));
      }
    }
    throw new CorruptFileException(
        pages.name(),
        -1,
        "no commit is intact; restore the file from a copy; " + String.join("; ", passedOver));
  }

  /** Locates every page that may not have been on disk when the meta was written. */
  public static void verify(PageReader pages, Meta meta) {
    new Verification(pages, meta.durableTxn()).run(meta);
  }

  /** Visits each page once, whatever the file says: it may be crafted. */
  private static final class Verification {
    private final PageReader pages;
    private final long durable;
    private final PageSet seen = new PageSet(0);
    private final List<Meta> named = new ArrayList<>();

    Verification(PageReader pages, long durable) {
      this.pages = pages;
      this.durable = durable;
    }

    void run(Meta meta) {
      verify(meta, named, this::checkNew);
      for (Meta kept : named) { // they may be as new as the commit
        verify(kept, new ArrayList<>(), seen::add); // and have pages in common with it
      }
    }

    private boolean checkNew(long pgno) {
      if (!seen.add(pgno)) {
        throw new CorruptFileException(
            pages.name(), pgno, "the page is in one commit twice, allowed: once");
      }
      return true;
    }

    /**
     * Verifies a commit's delta.
     *
     * @param snapshots gets the metas of the named snapshots in it
     * @param isNew see {@link Delta#verify}
     */
    private void verify(Meta meta, List<Meta> snapshots, LongPredicate isNew) {
      Delta.verify(
          pages,
          meta.catalog(),
          durable,
          isNew,
          (key, value) -> {
            switch (CatalogKey.of(pages.name(), key)) {
              case SNAPSHOT ->
                  snapshots.add(
                      SnapshotEntry.decode(pages.name(), meta.pageSize(), key, value).meta());
              case TABLE -> verifyTable(meta, key, value, isNew);
              case CARRIED -> {}
            }
          });
      Delta.verify(pages, meta.freeTree(), durable, isNew, null);
    }

    private void verifyTable(Meta meta, Slice key, Slice value, LongPredicate isNew) {
      String name = CatalogEntry.name(pages.name(), key);
      TreeRoot root =
          CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId()).root();
      Delta.verify(pages, root, durable, isNew, null);
    }
  }
}
