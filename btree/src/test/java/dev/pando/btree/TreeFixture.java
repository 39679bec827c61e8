package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A tree over {@link MemoryPages} with byte arrays for keys and values, checked as a whole. */
final class TreeFixture {
  final MemoryPages pages;
  TreeWriter tree;
  private final KeyBuffer key;
  private final Slice slice = new Slice();

  TreeFixture(int pageSize) {
    this(pageSize, 64L << 20);
  }

  TreeFixture(int pageSize, long bytes) {
    this(pageSize, bytes, false);
  }

  TreeFixture(int pageSize, long bytes, boolean counted) {
    pages = new MemoryPages(pageSize, bytes);
    tree = new TreeWriter(pages, counted ? TreeRoot.EMPTY_COUNTED : TreeRoot.EMPTY);
    key = new KeyBuffer(Tree.maxKey(pageSize));
  }

  KeyBuffer key(byte[] bytes) {
    key.set(bytes);
    return key;
  }

  boolean put(byte[] k, byte[] v) {
    return tree.put(key(k), MemorySegment.ofArray(v), 0, v.length);
  }

  void append(byte[] k, byte[] v) {
    tree.append(key(k), MemorySegment.ofArray(v), 0, v.length);
  }

  boolean delete(byte[] k) {
    return tree.delete(key(k));
  }

  byte[] get(byte[] k) {
    return tree.get(key(k), slice) ? slice.toArray() : null;
  }

  /** Commits: the tree goes on from its root in the next transaction. */
  TreeRoot commit() {
    TreeRoot root = tree.root();
    pages.commit();
    tree = new TreeWriter(pages, root);
    return root;
  }

  /** Every rule, and that exactly the tree's pages are in use. */
  void check() {
    check(tree.root(), true);
  }

  /** Checks a tree; {@code alone} when no other snapshot's pages are in use. */
  void check(TreeRoot root, boolean alone) {
    List<String> problems = new ArrayList<>();
    BitSet seen = new BitSet();
    TreeCheck.check(
        pages,
        root,
        pages.txnId(),
        (pgno, birth, count) -> {
          for (long p = pgno; p < pgno + count; p++) {
            if (seen.get((int) p)) {
              problems.add("page " + p + " is used twice");
              return false;
            }
            seen.set((int) p);
            if (alone && !pages.isUsed(p)) {
              problems.add("page " + p + " is used and free");
            }
          }
          return true;
        },
        problems::add);
    assertTrue(problems.isEmpty(), () -> String.join("\n", problems));
    if (alone) {
      assertEquals(pages.usedPages(), seen.cardinality(), "pages in use that the tree has lost");
    }
  }
}
