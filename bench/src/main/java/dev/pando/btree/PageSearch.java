package dev.pando.btree;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.pando.pager.TreeRoot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullMarked;

/**
 * Searches in single pages of a tree that grew from random keys. Stands in this package because
 * nothing public searches one page.
 */
@NullMarked
public final class PageSearch {
  private static final int RECORDS = 200_000;
  private static final int VALUE_BYTES = 8;
  private static final int MAX_PAGES = 64;
  private static final int KEYS_A_PAGE = 16;

  private final Tree tree;
  private final MemorySegment memory;
  private final KeyBuffer[] keys;
  private final long[] bases;

  private PageSearch(int keyBytes, int height) {
    SamplePages pages = new SamplePages(8L * RECORDS * (keyBytes + VALUE_BYTES + 8) / 4096);
    memory = pages.segment(0);
    TreeWriter writer = new TreeWriter(pages, TreeRoot.EMPTY);
    SplittableRandom random = new SplittableRandom(42);
    MemorySegment value = Arena.ofAuto().allocate(VALUE_BYTES);
    KeyBuffer key = new KeyBuffer(2 * Long.BYTES);
    for (int i = 0; i < RECORDS; i++) {
      fill(key, random, keyBytes);
      boolean _ = writer.put(key, value, 0, VALUE_BYTES);
    }
    tree = new Tree(pages, writer.root());
    List<Long> sampled = new ArrayList<>();
    sample(tree.rootPgno * tree.pages.pageSize(), tree.depth, height, sampled);
    bases = new long[sampled.size() * KEYS_A_PAGE];
    keys = new KeyBuffer[bases.length];
    for (int i = 0; i < bases.length; i++) {
      bases[i] = sampled.get(i / KEYS_A_PAGE);
      keys[i] = keyBelow(bases[i], height, i);
    }
  }

  private static void fill(KeyBuffer key, SplittableRandom random, int bytes) {
    key.segment().set(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 0, random.nextLong());
    key.segment().set(JAVA_LONG_UNALIGNED, Long.BYTES, random.nextLong());
    key.length(bytes);
  }

  /** Leaves, with keys that they hold. */
  public static PageSearch leaves(int keyBytes) {
    return new PageSearch(keyBytes, 1);
  }

  /** Branches above leaves, with keys that stand below them. */
  public static PageSearch branches(int keyBytes) {
    return new PageSearch(keyBytes, 2);
  }

  private void sample(long base, int above, int height, List<Long> into) {
    if (above == height) {
      into.add(base);
      return;
    }
    for (int i = 0; i < children(base) && into.size() < MAX_PAGES; i++) {
      sample(child(base, i), above - 1, height, into);
    }
  }

  /** Some key of a subtree: another one for each number. */
  private KeyBuffer keyBelow(long base, int above, int number) {
    if (above > 1) {
      return keyBelow(child(base, number * 31 % children(base)), above - 1, number);
    }
    long word = tree.leaves.header(memory, base);
    int count = NodeReader.count(word);
    Slice found = new Slice();
    tree.leaves.entry(memory, base, word, number * 31 % count, found, null);
    KeyBuffer key = new KeyBuffer(2 * Long.BYTES);
    key.set(found.segment, found.offset, (int) found.length);
    return key;
  }

  private int children(long base) {
    return NodeReader.count(tree.branches.header(memory, base));
  }

  private long child(long base, int slot) {
    return tree.branches.childPgno(memory, base, children(base), slot) * tree.pages.pageSize();
  }

  /** Pairs of a page and a key. */
  public int size() {
    return keys.length;
  }

  /** The key's slot in its leaf. */
  public int searchLeaf(int pair) {
    long base = bases[pair];
    return tree.leaves.findExact(memory, base, tree.leaves.header(memory, base), keys[pair]);
  }

  /** The slot of the child under which the key stands. */
  public int searchBranch(int pair) {
    long base = bases[pair];
    return tree.branches.find(memory, base, tree.branches.header(memory, base), keys[pair]);
  }
}
