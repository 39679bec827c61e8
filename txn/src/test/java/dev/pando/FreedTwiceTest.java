package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.TreeRoot;
import org.junit.jupiter.api.Test;

/** A file made for the purpose may have a page in two trees: then it is freed twice. */
class FreedTwiceTest extends DatabaseTestBase {
  /**
   * The commit failed, as it must, but of the run that was partly free already the other pages were
   * left among the free ones: the next commit said that they are, and the one after used them.
   */
  @Test
  void nothingIsLeftFree() {
    Database db = open();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[50_000]));
    try (WriteTxn tx = db.beginWrite()) {
      TreeRoot root = root(tx);
      tx.free().free(root.pgno(), 1, root.birth());
      tx.free().free(root.pgno(), 3, root.birth());
      tx.put(NAMES, 1L, "x");
      assertThatThrownBy(tx::commit)
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("second time");
    }
    for (long key = 0; key < 5; key++) {
      long next = key;
      db.update(tx -> tx.put(NAMES, next, "y".repeat(2000)));
      assertThat(db.check().problems()).isEmpty();
    }
    assertThat(db.<byte[], RuntimeException>view(tx -> tx.get(BLOBS, 1L))).hasSize(50_000);
  }

  /** What lies outside of the file cannot be free in it. */
  @Test
  void pagesOutsideAreRefused() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    try (WriteTxn tx = db.beginWrite()) {
      long pages = tx.snapshot().meta().pageCount();
      for (long[] run : new long[][] {{2, 1}, {pages, 1}, {pages - 1, 2}, {1L << 47, 5}, {4, 0}}) {
        assertThatThrownBy(() -> tx.free().free(run[0], run[1], 1))
            .isInstanceOf(CorruptFileException.class)
            .hasMessageContaining("allowed: within 3 to " + (pages - 1));
      }
    }
  }

  private static TreeRoot root(WriteTxn tx) {
    TreeWriter tree = tx.catalog().find(BLOBS.name());
    if (tree == null) {
      throw new AssertionError("no table");
    }
    return tree.root();
  }
}
