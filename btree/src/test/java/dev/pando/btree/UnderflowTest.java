package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs where the pages above have no room. */
class UnderflowTest {
  private static final int PAGE = 512;

  private final TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);

  private static String key(char first, int length) {
    return String.valueOf(first).repeat(length);
  }

  private long leaf(NodeWriter nodes, String key) {
    long pgno = fixture.pages.allocate(PageHeader.LEAF, 1);
    LeafCell cell = new LeafCell();
    cell.setInline(buffer(key), MemorySegment.NULL, 0, 0);
    nodes.insertLeafCell(fixture.pages.memory(), pgno * PAGE, 0, cell);
    return pgno;
  }

  private static KeyBuffer buffer(String key) {
    KeyBuffer buffer = new KeyBuffer(Tree.maxKey(PAGE));
    buffer.set(key.getBytes(US_ASCII));
    return buffer;
  }

  /** A branch with these children, of which all but the first have a separator. */
  private long branch(NodeWriter nodes, int level, long[] children, int[] counts, String... keys) {
    MemorySegment memory = fixture.pages.memory();
    long pgno = fixture.pages.allocate(PageHeader.BRANCH, 1);
    if (counts.length > 0) {
      nodes.setCountWidth(memory, pgno * PAGE, level);
    }
    for (int i = 0; i < children.length; i++) {
      int entries = counts.length > 0 ? counts[i] : 0;
      long txn = fixture.pages.txnId();
      if (i == 0) {
        nodes.plantChild(memory, pgno * PAGE, children[i], txn, entries);
      } else {
        nodes.insertChild(memory, pgno * PAGE, i, buffer(keys[i - 1]), children[i], txn, entries);
      }
    }
    return pgno;
  }

  /**
   * The first branch loses its only leaf. The next branch is full, so the two cannot be merged, and
   * the root has no room for the longer separator that a loan needs. The branch stayed empty.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noBranchStaysEmpty(boolean counted) {
    NodeWriter nodes = new NodeWriter(fixture.tree.leaves, fixture.tree.branches, counted);
    String b = key('b', 40);
    String c = key('c', 195);
    String d = key('d', 195);
    String e = key('e', 195);
    String f = key('f', 120);
    int[] one = counted ? new int[] {1} : new int[0];
    int[] three = counted ? new int[] {1, 1, 1} : new int[0];
    long[] full = {leaf(nodes, b), leaf(nodes, c), leaf(nodes, d)};
    long[] branches = {
      branch(nodes, 1, new long[] {leaf(nodes, "a")}, one),
      branch(nodes, 1, full, three, c, d),
      branch(nodes, 1, new long[] {leaf(nodes, e)}, one),
      branch(nodes, 1, new long[] {leaf(nodes, f)}, one)
    };
    int[] counts = counted ? new int[] {1, 3, 1, 1} : new int[0];
    long root = branch(nodes, 2, branches, counts, b, e, f);
    fixture.tree =
        new TreeWriter(
            fixture.pages, new TreeRoot(root, fixture.pages.txnId(), 3, 6, 5, 6, 0, counted));
    fixture.check();
    assertTrue(fixture.delete("a".getBytes(US_ASCII)));
    fixture.check();
    assertEquals(4, fixture.tree.root().branchPages());
    for (String key : new String[] {b, c, d, e, f}) {
      assertNotNull(fixture.get(key.getBytes(US_ASCII)));
    }
  }
}
