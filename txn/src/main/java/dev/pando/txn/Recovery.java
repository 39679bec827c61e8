package dev.pando.txn;

import dev.pando.btree.Delta;
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

  private static void verify(PageReader pages, Meta meta) {
    long durable = meta.durableTxn();
    Delta.verify(
        pages,
        meta.catalog(),
        durable,
        (key, value) -> {
          String name = CatalogEntry.name(pages.name(), key);
          TreeRoot root =
              CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId()).root();
          Delta.verify(pages, root, durable, null);
        });
    Delta.verify(pages, meta.freeTree(), durable, null);
  }
}
