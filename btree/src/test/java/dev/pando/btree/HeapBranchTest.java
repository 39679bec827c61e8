package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.DecodedPages;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A branch on the heap answers as its page does. */
class HeapBranchTest {
  /** Bytes of keys: zeros, which end nothing, and both ends of the order. */
  private static final byte[][] ALPHABETS = {{0, 1}, {0, 'a', -1}, {'a', 'b', 'c', 'd'}};

  @ParameterizedTest
  @CsvSource({
    "1, 0, 12",
    "2, 0, 30",
    "3, 1, 12",
    "4, 1, 100",
    "5, 2, 20",
    "6, 2, 200",
    "7, 0, 16",
    "8, 1, 9"
  })
  void searchesLikeItsPage(int seed, int alphabet, int longest) {
    Random random = new Random(seed);
    MemoryPages pages = new MemoryPages(512, 8 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    List<byte[]> keys = new ArrayList<>();
    KeyBuffer key = new KeyBuffer(Tree.maxKey(512));
    for (int i = 0; i < 4000; i++) {
      byte[] bytes = key(random, ALPHABETS[alphabet], Math.min(longest, Tree.maxKey(512)));
      keys.add(bytes);
      key.set(bytes);
      boolean _ = tree.put(key, MemorySegment.ofArray(new byte[8]).asReadOnly(), 0, 8);
    }
    Walk walk = new Walk(tree, pages, keys);
    walk.visit(tree.root().pgno(), tree.root().birth(), tree.root().depth() - 1);
    assertTrue(walk.branches > 5);
  }

  /** A reader that was ended may copy a page while it is reused. */
  @ParameterizedTest
  @ValueSource(ints = {512, 1024})
  void aPageOfAnyBytesIsDecodedOrNot(int pageSize) {
    Random random = new Random(pageSize);
    MemoryPages pages = new MemoryPages(pageSize, 8 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    KeyBuffer key = new KeyBuffer(Tree.maxKey(pageSize));
    for (int i = 0; i < 2000; i++) {
      key.set(key(random, ALPHABETS[1], 100));
      boolean _ = tree.put(key, MemorySegment.ofArray(new byte[8]), 0, 8);
    }
    long pgno = tree.root().pgno();
    long birth = tree.root().birth();
    long address = pages.locate(pgno, birth);
    byte[] whole = PageBytes.copy(pages.segment(address), pages.offset(address), pageSize);
    int decoded = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] page = whole.clone();
      if (i < pageSize) {
        PageBytes.put16(page, PageHeader.COUNT, i);
      }
      int changes = 1 + random.nextInt(3);
      for (int j = 0; j < changes; j++) {
        page[random.nextInt(random.nextBoolean() ? 200 : pageSize)] = (byte) random.nextInt();
      }
      decoded += searchIfDecoded(HeapBranch.decode(page, pgno, birth, 1), key) ? 1 : 0;
    }
    assertTrue(decoded > 1000 && decoded < 20_000, "decoded: " + decoded);
  }

  /** Or the heap of a branch that was given up would still be in use. */
  @Test
  void aBranchLetsGoOfAChildThatIsGivenUp() {
    DecodedPages pages = new DecodedPages();
    pages.limit(Long.MAX_VALUE);
    HeapBranch parent = branch(10, 2);
    HeapBranch later = branch(11, 2);
    HeapBranch child = branch(12, 1);
    pages.add(parent);
    pages.add(later);
    pages.add(child);
    parent.link(1, child);
    later.link(0, child);
    assertSame(child, parent.linked(1));
    assertNull(later.linked(0), "one link at most: another could not be found again");
    pages.limit(0);
    assertNull(parent.linked(1));
    later.link(0, child);
    assertNull(later.linked(0), "it is given up");
  }

  private static HeapBranch branch(long pgno, int level) {
    MemoryPages pages = new MemoryPages(512, 1 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    KeyBuffer key = new KeyBuffer(Tree.maxKey(512));
    for (int i = 0; i < 100; i++) {
      key.set(new byte[] {(byte) i});
      boolean _ = tree.put(key, MemorySegment.ofArray(new byte[50]), 0, 50);
    }
    long birth = tree.root().birth();
    long address = pages.locate(tree.root().pgno(), birth);
    byte[] page = PageBytes.copy(pages.segment(address), pages.offset(address), 512);
    PageBytes.put64(page, PageHeader.PGNO, pgno);
    return Objects.requireNonNull(HeapBranch.decode(page, pgno, birth, level));
  }

  private static boolean searchIfDecoded(@Nullable HeapBranch branch, KeyBuffer key) {
    if (branch == null) {
      return false;
    }
    branch.search(key, key.step);
    assertTrue(key.step.slot >= 0 && key.step.slot < branch.children());
    return true;
  }

  private static byte[] key(Random random, byte[] alphabet, int longest) {
    byte[] bytes = new byte[1 + random.nextInt(longest)];
    int same = random.nextInt(bytes.length); // so that many keys begin alike
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = alphabet[i < same ? 0 : random.nextInt(alphabet.length)];
    }
    return bytes;
  }

  private static final class Walk {
    private final Tree tree;
    private final MemoryPages pages;
    private final List<byte[]> keys;
    private final KeyBuffer key = new KeyBuffer(Tree.maxKey(512));
    private int branches;

    Walk(Tree tree, MemoryPages pages, List<byte[]> keys) {
      this.tree = tree;
      this.pages = pages;
      this.keys = keys;
    }

    void visit(long pgno, long birth, int level) {
      if (level == 0) {
        return;
      }
      branches++;
      long address = pages.locate(pgno, birth);
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      HeapBranch branch = HeapBranch.decode(PageBytes.copy(page, base, 512), pgno, birth, level);
      assertNotNull(branch);
      long word = tree.branches.header(page, base);
      int count = NodeReader.count(word);
      BranchStep step = new BranchStep();
      for (byte[] bytes : keys) {
        key.set(bytes);
        branch.search(key, step);
        int slot = tree.branches.find(page, base, word, key);
        assertEquals(slot, step.slot);
        assertEquals(count, step.children);
        assertEquals(tree.branches.childPgno(page, base, count, slot), step.pgno);
        assertEquals(tree.branches.childBirth(page, base, count, slot), step.birth);
      }
      for (int slot = 0; slot < count; slot++) {
        branch.child(slot, step);
        visit(step.pgno, step.birth, level - 1);
      }
    }
  }
}
