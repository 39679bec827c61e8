package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Trees of a crafted file, in which all children of each branch are one page: to visit each
 * reference would take the fanout to the power of the depth, which is for ever.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PagesNamedTwiceTest {
  private static final int PAGE = 512;
  private static final int LEAVES = 20;

  private final MemoryPages pages = new MemoryPages(PAGE, 1 << 20);
  private final NodeWriter nodes =
      new NodeWriter(new LeafReader(pages, false), new BranchReader(pages), false);
  private final BranchReader branches = new BranchReader(pages);
  private final KeyBuffer key = new KeyBuffer(Tree.maxKey(PAGE));
  private final LeafCell cell = new LeafCell();

  /** A leaf that has no room for one entry more. */
  private long fullLeaf(int number) {
    long pgno = pages.allocate(PageHeader.LEAF, 1);
    long base = pgno * PAGE;
    LeafReader leaves = new LeafReader(pages, false);
    for (int slot = 0; ; slot++) {
      key.set(new byte[] {(byte) number, (byte) slot});
      cell.setInline(key, MemorySegment.ofArray(new byte[20]), 0, 20);
      if (leaves.free(leaves.header(pages.memory(), base))
          < cell.length() + NodeLayout.SLOT_BYTES) {
        return pgno;
      }
      nodes.insertLeafCell(pages.memory(), base, slot, cell);
    }
  }

  /** A branch that has no room for one child more; child i is {@code child(i)}. */
  private long fullBranch(IntToLongFunction child) {
    long pgno = pages.allocate(PageHeader.BRANCH, 1);
    long base = pgno * PAGE;
    MemorySegment memory = pages.memory();
    nodes.plantChild(memory, base, child.applyAsLong(0), pages.txnId(), 0);
    int room = BranchLayout.cell(1) + NodeLayout.SLOT_BYTES;
    for (int slot = 1; branches.free(branches.header(memory, base)) >= room; slot++) {
      long below = child.applyAsLong(slot); // makes a leaf with the same key buffer
      key.set(new byte[] {(byte) slot});
      nodes.insertChild(memory, base, slot, key, below, pages.txnId(), 0);
    }
    return pgno;
  }

  /** Full leaves below a branch, and above it branches of which each names one page only. */
  private TreeRoot deep(int depth) {
    int[] children = new int[1];
    long pgno =
        fullBranch(
            slot -> {
              children[0]++;
              return fullLeaf(slot);
            });
    assertTrue(children[0] >= LEAVES, "leaves: " + children[0]);
    for (int level = 3; level <= depth; level++) {
      long below = pgno;
      pgno = fullBranch(slot -> below);
    }
    TreeRoot root = new TreeRoot(pgno, pages.txnId(), depth, 1000, depth - 1, children[0], 0);
    pages.commit();
    return root;
  }

  @Test
  void aScanThatMustEndDoes() {
    Tree tree = new Tree(pages, deep(TreeRootLayout.MAX_DEPTH));
    for (boolean up : new boolean[] {true, false}) {
      ScanOrder order = up ? ScanOrder.ascending("file") : ScanOrder.descending("file");
      int[] entries = new int[1];
      CorruptFileException refused =
          assertThrows(
              CorruptFileException.class,
              () -> {
                Slice found = new Slice();
                Cursor cursor = tree.cursor();
                while (up ? cursor.next() : cursor.prev()) {
                  cursor.key(found);
                  order.check(found);
                  entries[0]++;
                }
              });
      assertTrue(refused.getMessage().startsWith("file"), refused.getMessage());
      assertTrue(entries[0] >= LEAVES * 10, "entries before: " + entries[0]);
    }
  }

  @Test
  void noPagesAreMovedInIt() {
    TreeWriter tree = new TreeWriter(pages, deep(TreeRootLayout.MAX_DEPTH));
    CorruptFileException refused =
        assertThrows(CorruptFileException.class, () -> PageMover.move(tree, 1 << 20, null, 1000));
    assertTrue(refused.getMessage().contains("more pages than its root says"), () -> "" + refused);
  }

  /** The path to a leaf has room for so many levels. */
  @Test
  void theDeepestTreeDoesNotGrow() {
    for (int depth : new int[] {TreeRootLayout.MAX_DEPTH - 1, TreeRootLayout.MAX_DEPTH}) {
      TreeWriter tree = new TreeWriter(pages, deep(depth));
      key.set(new byte[] {(byte) 0xFF});
      if (depth < TreeRootLayout.MAX_DEPTH) {
        assertTrue(tree.put(key, MemorySegment.ofArray(new byte[20]), 0, 20));
        assertEquals(TreeRootLayout.MAX_DEPTH, tree.root().depth());
      } else {
        CorruptFileException refused =
            assertThrows(
                CorruptFileException.class,
                () -> tree.put(key, MemorySegment.ofArray(new byte[20]), 0, 20));
        assertTrue(refused.getMessage().contains("48 levels"), () -> "" + refused);
      }
    }
  }
}
