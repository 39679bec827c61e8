package dev.pando.btree;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One side of a {@link TreeDiff}: a position in a tree of a snapshot. It is before a child that has
 * not been read, on an entry of a leaf, or at the end. Not thread-safe.
 */
final class DiffPath {
  private final Tree tree;
  private final PageReader pages;

  /** 1 from low keys to high ones, -1 from high ones to low ones. */
  private final int step;

  // One element a level, the root's first. The first ones, as many as were entered, are in use.
  private final long[] pgnos;
  private final long[] births;
  private final MemorySegment[] memory;
  private final long[] bases;
  private final long[] words;
  private final int[] slots;

  /** Pages on the way to the position. The slot of the last one is the position. */
  private int entered;

  private boolean atEnd;

  /** Pages that may be read: a crafted file may name one page many times on each level. */
  private long pagesLeft;

  private @Nullable OverflowRun run;
  private final Consumer<OverflowRun> noteRun = found -> run = found;

  /** A position before the root, or at the end of an empty tree. */
  DiffPath(Tree tree, boolean reversed) {
    assert !(tree instanceof TreeWriter) : "pages of a writer change";
    this.tree = tree;
    this.pages = tree.pages;
    this.step = reversed ? -1 : 1;
    this.pgnos = new long[tree.depth];
    this.births = new long[tree.depth];
    this.memory = new MemorySegment[tree.depth];
    this.bases = new long[tree.depth];
    this.words = new long[tree.depth];
    this.slots = new int[tree.depth];
    this.pagesLeft = tree.branchPages + tree.leafPages;
    this.atEnd = tree.depth == 0;
  }

  boolean isAtEnd() {
    return atEnd;
  }

  /** Levels below the position: 0 on an entry, 1 before a leaf. */
  int height() {
    return tree.depth - entered;
  }

  /** Whether both are before the same page. What is below it is then the same. */
  boolean isBeforeSamePage(DiffPath other) {
    return height() > 0
        && height() == other.height()
        && childPgno() == other.childPgno()
        && childBirth() == other.childBirth();
  }

  /** Whether both are at the same slot of the same page. The rest of it is then the same. */
  boolean isInSamePlace(DiffPath other) {
    int mine = entered - 1;
    int others = other.entered - 1;
    return mine >= 0
        && others >= 0
        && height() == other.height()
        && pgnos[mine] == other.pgnos[others]
        && births[mine] == other.births[others]
        && slots[mine] == other.slots[others];
  }

  private long childPgno() {
    int level = entered - 1;
    return level < 0
        ? tree.rootPgno
        : tree.branches.childPgno(
            memory[level], bases[level], NodeReader.count(words[level]), slots[level]);
  }

  private long childBirth() {
    int level = entered - 1;
    return level < 0
        ? tree.rootBirth
        : tree.branches.childBirth(
            memory[level], bases[level], NodeReader.count(words[level]), slots[level]);
  }

  /** Reads the page that the position is before, and moves to its first child or entry. */
  void enter() {
    long pgno = childPgno();
    long birth = childBirth();
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    int level = entered;
    boolean isLeaf = level == tree.depth - 1;
    long word = isLeaf ? tree.leaves.header(page, base) : tree.branches.header(page, base);
    int count = NodeReader.count(word);
    if (count == 0) {
      throw tree.leaves.corrupt(page, base, "an empty leaf inside a tree");
    }
    pgnos[level] = pgno;
    births[level] = birth;
    memory[level] = page;
    bases[level] = base;
    words[level] = word;
    slots[level] = step > 0 ? 0 : count - 1;
    entered++;
  }

  /** Moves beyond the child or entry. */
  void advance() {
    if (entered == 0) {
      atEnd = true;
    } else {
      slots[entered - 1] += step;
      leavePages();
    }
  }

  /** Moves beyond all that is left of the page. */
  void leavePage() {
    int level = entered - 1;
    slots[level] = step > 0 ? NodeReader.count(words[level]) : -1;
    leavePages();
  }

  /** Goes up as long as a page has nothing left. */
  private void leavePages() {
    while (hasLeftPage()) {
      entered--;
      if (entered == 0) {
        atEnd = true;
        return;
      }
      slots[entered - 1] += step;
    }
  }

  private boolean hasLeftPage() {
    int slot = slots[entered - 1];
    return slot < 0 || slot >= NodeReader.count(words[entered - 1]);
  }

  /**
   * Moves from the root to the first entry that is not before a key.
   *
   * @param inclusive whether an entry of this key is not before it
   */
  void seek(KeyBuffer key, boolean inclusive) {
    if (atEnd) {
      return;
    }
    while (height() > 0) {
      enter();
      int level = entered - 1;
      MemorySegment page = memory[level];
      if (height() > 0) {
        slots[level] = tree.branches.find(page, bases[level], words[level], key);
      } else {
        int found = tree.leaves.find(page, bases[level], words[level], key);
        slots[level] = slotFrom(found, inclusive);
      }
    }
    leavePages();
  }

  private int slotFrom(int found, boolean inclusive) {
    if (found >= 0) {
      return inclusive ? found : found + step;
    }
    return step > 0 ? ~found : ~found - 1;
  }

  /** Points slices at the key and the value of the entry; null for what is not needed. */
  void entry(@Nullable Slice key, @Nullable Slice value) {
    int level = entered - 1;
    tree.leaves.entry(memory[level], bases[level], words[level], slots[level], key, value);
  }

  /** The run that has the entry's value; null if the value is in the leaf. */
  @Nullable OverflowRun run() {
    int level = entered - 1;
    run = null;
    tree.leaves.references(memory[level], bases[level], words[level], slots[level], noteRun);
    return run;
  }
}
