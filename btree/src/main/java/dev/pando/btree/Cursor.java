package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree that moves key by key in both directions. A step inside a leaf touches only
 * that leaf and allocates nothing.
 *
 * <p>A cursor of a {@link TreeWriter} survives changes: it remembers its key and finds it again. If
 * that entry was deleted, the cursor stands in the gap: {@link #next} moves to the follower, {@link
 * #prev} to the predecessor, and reading throws. A change costs time for each cursor that has moved
 * since the last one and was not closed; one that is dropped is no longer referred to after that.
 * Not thread-safe.
 */
public final class Cursor implements AutoCloseable {
  private enum State {
    /** New, or its last search found nothing. */
    NOWHERE,
    BEFORE_FIRST,
    ON_ENTRY,
    AFTER_LAST,
    /** The tree changed: {@link #parked} is the key of the entry stood on. */
    PARKED
  }

  private static final int FIRST = -1;
  private static final int LAST = -2;

  private final Tree tree;
  private final PageReader pages;
  private final @Nullable TreeWriter writer;
  private byte @Nullable [] parked;

  /** Its place in {@link MovedCursors}, which sets it; negative if it is not there. */
  int place = -1;

  private State state = State.NOWHERE;

  // One element a level. Cursors are often made for one search, so no longer than need be.
  private long[] pgno = {};
  private long[] birth = {};
  private long[] address = {};
  private int[] slots = {};
  private int leafLevel;
  private long version;

  private MemorySegment leaf = MemorySegment.NULL;
  private long leafBase;
  private long leafWord;
  private int count;
  private int slot;

  /** Whether a search led to this leaf, of which only the lines on its way are near. */
  private boolean leafIsFar;

  /**
   * The {@link #count} if a step inside the leaf needs no other check: the cursor stands on an
   * entry, the leaf is near, and no writer moves its pages. Otherwise 0.
   */
  private int free;

  /** Written only so that the loads of {@link NodeReader#touch} are not optimised away. */
  @SuppressWarnings("unused")
  private long touched;

  Cursor(Tree tree) {
    this.tree = tree;
    this.pages = tree.pages;
    this.writer = tree instanceof TreeWriter treeWriter ? treeWriter : null;
  }

  /** Moves to the first entry; false if the tree is empty. */
  public boolean first() {
    return moveToEdge(FIRST);
  }

  /** Moves to the last entry; false if the tree is empty. */
  public boolean last() {
    return moveToEdge(LAST);
  }

  private boolean moveToEdge(int edge) {
    leave(State.NOWHERE);
    if (tree.depth == 0) {
      return false;
    }
    makeLevels();
    descend(0, tree.rootPgno, tree.rootBirth, edge);
    isOnEntry();
    leafIsFar = false; // a search for one entry at an edge needs no more of the leaf
    free = writer == null ? count : 0;
    return true;
  }

  /**
   * Moves one entry up. A cursor that is nowhere moves to the first one.
   *
   * @return false if there is none; the cursor is then after the last entry, stays there, and
   *     {@link #prev} moves to the last entry
   */
  public boolean next() {
    int to = slot + 1;
    if (to < free) {
      slot = to;
      return true;
    }
    return nextSlowly();
  }

  private boolean nextSlowly() {
    if (state == State.ON_ENTRY) {
      refresh();
      if (slot + 1 < count) {
        slot++;
        touchLeaf();
        return true;
      }
      return nextLeaf();
    }
    return switch (state) {
      case AFTER_LAST -> false;
      case PARKED -> {
        KeyBuffer from = parkedKey();
        boolean same = find(from);
        yield state == State.ON_ENTRY && (!same || next());
      }
      default -> first();
    };
  }

  /**
   * Moves one entry down. A cursor that is nowhere moves to the last one.
   *
   * @return false if there is none; the cursor is then before the first entry, stays there, and
   *     {@link #next} moves to the first entry
   */
  public boolean prev() {
    int to = slot - 1;
    if (to >= 0 && to < free) {
      slot = to;
      return true;
    }
    return prevSlowly();
  }

  private boolean prevSlowly() {
    if (state == State.ON_ENTRY) {
      refresh();
      if (slot > 0) {
        slot--;
        touchLeaf();
        return true;
      }
      return previousLeaf();
    }
    return switch (state) {
      case BEFORE_FIRST -> false;
      case PARKED -> {
        find(parkedKey());
        yield state == State.ON_ENTRY ? prev() : last();
      }
      default -> last();
    };
  }

  /** Moves to the first entry whose key is not below {@code key}; false if there is none. */
  public boolean seek(KeyBuffer key) {
    find(key);
    return state == State.ON_ENTRY;
  }

  /** Moves to the entry of {@code key}; if there is none the cursor is nowhere. */
  public boolean seekExact(KeyBuffer key) {
    if (find(key)) {
      return true;
    }
    leave(State.NOWHERE);
    return false;
  }

  /** Moves to the last entry whose key is not above {@code key}; false if there is none. */
  public boolean seekFloor(KeyBuffer key) {
    if (find(key)) {
      return true;
    }
    return switch (state) {
      case ON_ENTRY -> prev();
      case AFTER_LAST -> last();
      default -> false;
    };
  }

  /** Whether the cursor stands on an entry (which may have been deleted since). */
  public boolean positioned() {
    return state == State.ON_ENTRY || state == State.PARKED;
  }

  /**
   * Points a slice at the key.
   *
   * @throws IllegalStateException if the cursor does not stand on an entry
   */
  public void key(Slice key) {
    entry(key, null);
  }

  /**
   * Points a slice at the value.
   *
   * @throws IllegalStateException if the cursor does not stand on an entry
   */
  public void value(Slice value) {
    entry(null, value);
  }

  /**
   * Points slices at key and value, where given: one look at the cell instead of two.
   *
   * @throws IllegalStateException if the cursor does not stand on an entry
   */
  public void entry(@Nullable Slice key, @Nullable Slice value) {
    if (free == 0) {
      checkEntry();
    }
    tree.leaves.entry(leaf, leafBase, leafWord, slot, key, value);
  }

  /** Tells a writer's tree that this cursor needs no care any more. */
  @Override
  public void close() {
    if (writer != null) {
      writer.movedCursors().remove(this);
    }
    leave(State.NOWHERE);
  }

  /** The cursor stands on no entry any more. */
  private void leave(State next) {
    free = 0;
    state = next;
  }

  /** The next change must park it. First of all, so that it is so whatever fails. */
  private void isOnEntry() {
    if (writer != null && place < 0) {
      writer.movedCursors().add(this);
    }
    state = State.ON_ENTRY;
  }

  /** Whether it was parked, so that it is used for more than one search. */
  boolean wasParked() {
    return parked != null;
  }

  /** The tree is about to change: remember the key, let go of the pages. */
  void park() {
    if (state == State.ON_ENTRY) {
      refresh();
      Slice key = new Slice();
      tree.leaves.entry(leaf, leafBase, leafWord, slot, key, null);
      int length = (int) key.length;
      byte[] copy = parked;
      if (copy == null || copy.length != length) {
        copy = new byte[length];
      }
      MemorySegment.copy(key.segment, ValueLayout.JAVA_BYTE, key.offset, copy, 0, length);
      parked = copy;
      state = State.PARKED;
    }
  }

  private KeyBuffer parkedKey() {
    byte[] key = parked;
    if (key == null || writer == null) {
      throw new AssertionError("parked without a key");
    }
    KeyBuffer buffer = writer.cursorKey();
    buffer.set(key);
    return buffer;
  }

  private void checkEntry() {
    if (state == State.PARKED && !find(parkedKey())) {
      state = State.PARKED;
      throw new IllegalStateException("the entry under the cursor was deleted; move the cursor");
    }
    if (state != State.ON_ENTRY) {
      throw new IllegalStateException("the cursor does not stand on an entry; move it first");
    }
    refresh();
  }

  /** A writer may have moved dirty pages out of memory; their numbers still lead to them. */
  private void refresh() {
    if (writer != null && writer.version() != version) {
      for (int level = 0; level <= leafLevel; level++) {
        address[level] = pages.locate(pgno[level], birth[level]);
      }
      leaf = pages.segment(address[leafLevel]);
      leafBase = pages.offset(address[leafLevel]);
      version = writer.version();
    }
  }

  /** Moves to the first entry not below the key; returns whether it is the key's own. */
  private boolean find(KeyBuffer key) {
    leave(State.AFTER_LAST);
    if (tree.depth == 0) {
      return false;
    }
    makeLevels();
    long childPgno = tree.rootPgno;
    long childBirth = tree.rootBirth;
    for (int level = 0; level < tree.depth - 1; level++) {
      enter(level, childPgno, childBirth);
      MemorySegment page = pages.segment(address[level]);
      long base = pages.offset(address[level]);
      long word = tree.branches.header(page, base);
      slots[level] = tree.branches.find(page, base, word, key);
      int cell = tree.branches.checkedCell(page, base, count(word), slots[level]);
      childPgno = BranchReader.cellPgno(page, base, cell);
      childBirth = BranchReader.cellBirth(page, base, cell);
    }
    long word = enterLeaf(tree.depth - 1, childPgno, childBirth);
    int found = tree.leaves.find(leaf, leafBase, word, key);
    isOnEntry();
    slot = found >= 0 ? found : ~found;
    if (slot == count) {
      slot = count - 1;
      nextLeaf();
    }
    return found >= 0;
  }

  /**
   * Brings the leaf near, because a cursor that moves on reads all of it. Entry by entry its lines
   * would come one after the other; together they come in a fraction of the time.
   */
  private void touchLeaf() {
    if (leafIsFar) {
      leafIsFar = false;
      touched = NodeReader.touch(leaf, leafBase, pages.pageSize());
      free = writer == null ? count : 0;
    }
  }

  private boolean nextLeaf() {
    for (int level = leafLevel - 1; level >= 0; level--) {
      MemorySegment page = pages.segment(address[level]);
      long base = pages.offset(address[level]);
      int children = count(tree.branches.header(page, base));
      if (slots[level] + 1 < children) {
        slots[level]++;
        int cell = tree.branches.checkedCell(page, base, children, slots[level]);
        descend(
            level + 1,
            BranchReader.cellPgno(page, base, cell),
            BranchReader.cellBirth(page, base, cell),
            FIRST);
        touchLeaf();
        return true;
      }
    }
    leave(State.AFTER_LAST);
    return false;
  }

  private boolean previousLeaf() {
    for (int level = leafLevel - 1; level >= 0; level--) {
      if (slots[level] > 0) {
        MemorySegment page = pages.segment(address[level]);
        long base = pages.offset(address[level]);
        int children = count(tree.branches.header(page, base));
        slots[level]--;
        int cell = tree.branches.checkedCell(page, base, children, slots[level]);
        descend(
            level + 1,
            BranchReader.cellPgno(page, base, cell),
            BranchReader.cellBirth(page, base, cell),
            LAST);
        touchLeaf();
        return true;
      }
    }
    leave(State.BEFORE_FIRST);
    return false;
  }

  /** Goes down from a page along its first or its last children. */
  private void descend(int fromLevel, long fromPgno, long fromBirth, int edge) {
    long childPgno = fromPgno;
    long childBirth = fromBirth;
    for (int level = fromLevel; level < tree.depth - 1; level++) {
      enter(level, childPgno, childBirth);
      MemorySegment page = pages.segment(address[level]);
      long base = pages.offset(address[level]);
      int children = count(tree.branches.header(page, base));
      slots[level] = edge == FIRST ? 0 : children - 1;
      int cell = tree.branches.checkedCell(page, base, children, slots[level]);
      childPgno = BranchReader.cellPgno(page, base, cell);
      childBirth = BranchReader.cellBirth(page, base, cell);
    }
    enterLeaf(tree.depth - 1, childPgno, childBirth);
    slot = edge == FIRST ? 0 : count - 1;
  }

  /** A writer's tree may have grown since. */
  private void makeLevels() {
    if (slots.length < tree.depth) {
      pgno = new long[tree.depth];
      birth = new long[tree.depth];
      address = new long[tree.depth];
      slots = new int[tree.depth];
    }
  }

  private void enter(int level, long childPgno, long childBirth) {
    pgno[level] = childPgno;
    birth[level] = childBirth;
    address[level] = pages.locate(childPgno, childBirth);
  }

  private long enterLeaf(int level, long childPgno, long childBirth) {
    free = 0;
    leafIsFar = true;
    enter(level, childPgno, childBirth);
    leafLevel = level;
    version = writer != null ? writer.version() : 0;
    leaf = pages.segment(address[level]);
    leafBase = pages.offset(address[level]);
    long word = tree.leaves.header(leaf, leafBase);
    leafWord = word;
    count = count(word);
    if (count == 0) {
      throw tree.leaves.corrupt(leaf, leafBase, "an empty leaf inside a tree");
    }
    return word;
  }
}
