package dev.pando.txn;

import dev.pando.btree.Delta;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the commit to open a database on: the newest whose meta is valid and whose delta holds,
 * which is every page that may not have been on disk when the meta was written. Reads only.
 *
 * @param meta the commit
 * @param passedOver why newer or damaged slots were not used
 */
record Recovery(Meta meta, List<String> passedOver) {
  /**
   * Chooses.
   *
   * @param pages verifies every page it locates
   * @throws CorruptFileException if no slot holds a whole commit
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
            "meta slot %d: transaction %d is not whole (%s)"
                .formatted(slot.slot(), slot.meta().txnId(), damage.getMessage()));
      }
    }
    throw new CorruptFileException(
        pages.name(),
        -1,
        "no commit is whole; restore the file from a copy; " + String.join("; ", passedOver));
  }

  /** Locates every page that may not have been on disk when the meta was written. */
  static void verify(PageReader pages, Meta meta) {
    List<Meta> named = new ArrayList<>();
    long durable = meta.durableTxn();
    verify(pages, meta, durable, named);
    for (Meta kept : named) { // they may be as new as the commit
      verify(pages, kept, durable, new ArrayList<>());
    }
  }

  /**
   * Verifies a commit's delta.
   *
   * @param named gets the metas of the named snapshots in it
   */
  private static void verify(PageReader pages, Meta meta, long durable, List<Meta> named) {
    Delta.verify(
        pages,
        meta.catalog(),
        durable,
        (key, value) -> {
          if (SnapshotEntry.isKey(key)) {
            named.add(SnapshotEntry.decode(pages.name(), meta.pageSize(), key, value).meta());
          } else {
            verifyTable(pages, meta, durable, key, value);
          }
        });
    Delta.verify(pages, meta.freeTree(), durable, null);
  }

  private static void verifyTable(
      PageReader pages, Meta meta, long durable, Slice key, Slice value) {
    String name = CatalogEntry.name(pages.name(), key);
    TreeRoot root =
        CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId()).root();
    Delta.verify(pages, root, durable, null);
  }
}
