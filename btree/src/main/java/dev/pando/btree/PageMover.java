package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves pages of a tree that are at or beyond a limit. It copies them, as every change does, and
 * the allocator decides where to. One call moves a part of the tree, from key to key.
 */
public final class PageMover {
  /** A leaf to be copied, by its first key, or a value in a run beyond the limit. */
  private static final class Move {
    final byte[] key;
    final boolean value;

    Move(byte[] key, boolean value) {
      this.key = key;
      this.value = value;
    }
  }

  private final TreeWriter tree;
  private final long limit;
  private final int most;
  private final List<Move> moves = new ArrayList<>();
  private final Slice key = new Slice();
  private final Slice value = new Slice();
  private final LeafReferences references;
  private byte @Nullable [] next;

  /** Pages left to visit: a crafted file can name one page many times. */
  private long pagesLeft;

  private PageMover(TreeWriter tree, long limit, int most) {
    this.tree = tree;
    this.limit = limit;
    this.most = most;
    this.references = new LeafReferences(tree.leaves);
    this.pagesLeft = tree.branchPages + tree.leafPages;
  }

  /**
   * Moves pages.
   *
   * @param limit pages with smaller numbers stay
   * @param from the key at which an earlier call stopped; null for the beginning
   * @param most leaves and values to move in this call, approximately
   * @return the key to go on from; null at the end of the tree
   * @throws CorruptFileException if the tree has more pages than its root says
   */
  public static byte @Nullable [] move(
      TreeWriter tree, long limit, byte @Nullable [] from, int most) {
    if (tree.depth == 0) {
      return null;
    }
    PageMover mover = new PageMover(tree, limit, most);
    KeyBuffer start = new KeyBuffer(Tree.maxKey(tree.pages.pageSize()));
    if (from != null) {
      start.set(from);
    }
    mover.collect(tree.rootPgno, tree.rootBirth, tree.depth - 1, from == null ? null : start);
    for (Move move : mover.moves) {
      start.set(move.key);
      if (!move.value) {
        tree.copyLeaf(start);
      } else if (tree.get(start, mover.value)) {
        boolean _ = tree.put(start, mover.value.segment, mover.value.offset, mover.value.length);
      }
    }
    return mover.next;
  }

  /** Collects what is to be moved below a page; false when that is enough for now. */
  private boolean collect(long pgno, long birth, int levelsBelow, @Nullable KeyBuffer from) {
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          tree.pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
    long address = tree.pages.locate(pgno, birth);
    MemorySegment page = tree.pages.segment(address);
    long base = tree.pages.offset(address);
    if (levelsBelow == 0) {
      return collectLeaf(pgno >= limit, page, base);
    }
    long word = tree.branches.header(page, base);
    int children = count(word);
    int first = from == null ? 0 : tree.branches.find(page, base, word, from);
    int before = moves.size();
    for (int i = first; i < children; i++) {
      long child = tree.branches.childPgno(page, base, children, i);
      long childBirth = tree.branches.childBirth(page, base, children, i);
      if (levelsBelow == 1 && child < limit && tree.overflowPages == 0) {
        continue; // no page of that leaf can be beyond the limit: it need not be read
      }
      if (!collect(child, childBirth, levelsBelow - 1, i == first ? from : null)) {
        return false;
      }
    }
    if (pgno >= limit && moves.size() == before && children > 0) {
      collectPath(page, base, children, first, levelsBelow);
    }
    return true;
  }

  /** Collects one leaf below a branch: copying any of them copies the branch. */
  private void collectPath(MemorySegment page, long base, int children, int slot, int below) {
    long pgno = tree.branches.childPgno(page, base, children, slot);
    long birth = tree.branches.childBirth(page, base, children, slot);
    for (int level = below; level > 0; level--) {
      long address = tree.pages.locate(pgno, birth);
      MemorySegment child = tree.pages.segment(address);
      long childBase = tree.pages.offset(address);
      if (level == 1) {
        moves.add(new Move(firstKey(child, childBase), false));
      } else {
        int count = count(tree.branches.header(child, childBase));
        pgno = tree.branches.childPgno(child, childBase, count, 0);
        birth = tree.branches.childBirth(child, childBase, count, 0);
      }
    }
  }

  private byte[] firstKey(MemorySegment page, long base) {
    return key(page, base, tree.leaves.header(page, base), 0);
  }

  private byte[] key(MemorySegment page, long base, long word, int slot) {
    tree.leaves.entry(page, base, word, slot, key, null);
    int cell = tree.leaves.cell(page, base, word, slot);
    tree.leaves.checkKeyLength(page, base, cell, key.length);
    return key.toArray();
  }

  private boolean collectLeaf(boolean beyond, MemorySegment page, long base) {
    if (moves.size() >= most) {
      next = firstKey(page, base);
      return false;
    }
    if (beyond) {
      moves.add(new Move(firstKey(page, base), false));
    }
    long word = tree.leaves.header(page, base);
    if (tree.overflowPages > 0) {
      references.forEach(
          page,
          base,
          word,
          (slot, run) -> {
            if (run.pgno() >= limit) {
              moves.add(new Move(key(page, base, word, slot), true));
            }
          });
    }
    return true;
  }
}
