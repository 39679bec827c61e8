package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.SnapshotKeeper;
import org.junit.jupiter.api.Test;

/** A named snapshot is dropped, and its pages are reused, while the pages it holds are counted. */
class DroppedWhileReadTest extends DatabaseTestBase {
  private static final int BLOBS_COUNT = 600;

  private static void churn(Database db, int from) {
    for (int i = from; i < from + 4; i++) {
      int first = i % 4;
      db.update(
          tx -> {
            for (long key = first; key < BLOBS_COUNT; key += 4) {
              if (!tx.delete(BLOBS, key)) {
                boolean _ = tx.put(BLOBS, key, new byte[450]);
              }
            }
          });
    }
  }

  @Test
  void isLeftOut() {
    Database db = open(Options.defaults().withPageSize(512));
    churn(db, 0);
    churn(db, 0);
    churn(db, 4);
    NamedSnapshot _ = db.snapshots().create("dropped");
    churn(db, 1);
    NamedSnapshot _ = db.snapshots().create("kept");
    try (ReadTxn tx = db.beginOwnRead()) {
      CatalogSnapshot listing = tx.snapshot();
      assertThat(listing.named().size()).isEqualTo(2);
      assertThat(db.snapshots().drop("dropped")).isTrue();
      for (int i = 0; i < 3; i++) {
        churn(db, i);
      }
      SnapshotKeeper nothing = _ -> db.beginOwnRead()::close;
      assertThatThrownBy(() -> listing.named().pagesSeen(listing, nothing))
          .as("its pages were reused")
          .isInstanceOf(CorruptFileException.class);
      long[] seen = listing.named().pagesSeen(listing, db.snapshots()::keepPages);
      assertThat(seen).isNotEmpty();
    }
    assertThat(db.stat().heldPages()).isPositive();
  }
}
