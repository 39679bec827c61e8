package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A position in a tree, which moves key by key in both directions. A step inside a leaf reads only
 * that leaf and allocates nothing, except for a key that is stored in two parts.
 *
 * <p>A cursor of a {@link TreeWriter} survives changes: it remembers its key and finds it again. If
 * that entry was deleted, the cursor is in the gap: {@link #next} moves to the next entry, {@link
 * #prev} to the previous one, and reading throws. A change costs time for each open cursor that has
 * moved since the change before, and forgets those that were dropped. Not thread-safe.
 */
public final class Cursor implements AutoCloseable {
  private enum State {
    /** New, or the last search found nothing. */
    NOWHERE,
    BEFORE_FIRST,
    ON_ENTRY,
    AFTER_LAST,
    /** The tree changed; {@link #parked} is the key of the cursor's entry. */
    PARKED
  }

  private static final int FIRST = 0;
  private static final int LAST = BranchReader.LAST;

  private final Tree tree;
  private final PageReader pages;
  private final @Nullable TreeWriter writer;
  private final ParkedKey parked = new ParkedKey();

  /** Index in {@link MovedCursors}, which sets it; negative if the cursor is not there. */
  int place = -1;

  private State state = State.NOWHERE;

  // One element a level. Many cursors serve one search, so the arrays are no longer than needed.
  private long[] pgno = {};
  private long[] birth = {};
  private int[] slots = {};
  private int[] children = {};
  private int leafLevel;

  /** The last step down without a key. */
  private final BranchStep step = new BranchStep();

  private long version;
  private MemorySegment leaf = MemorySegment.NULL;
  private long leafBase;
  private long leafWord;
  private int count;
  private int slot;

  /** Whether a search led to this leaf: only the lines that it read are in the cache. */
  private boolean leafIsFar;

  /**
   * The {@link #count} if a step inside the leaf needs no other check: the cursor is on an entry,
   * the leaf is near, and no writer moves its pages. Otherwise 0.
   */
  private int free;

  /** Written only so that the JIT compiler keeps the loads of {@link NodeReader#touch}. */
  @SuppressWarnings("unused")
  private long touched;

  Cursor(Tree tree) {
    this.tree = tree;
    this.pages = tree.pages;
    this.writer = tree instanceof TreeWriter treeWriter ? treeWriter : null;
  }

  /** Moves to the first entry; false if the tree is empty. */
  public boolean first() {
    return moveToEdge(FIRST, State.NOWHERE);
  }

  /** Moves to the last entry; false if the tree is empty. */
  public boolean last() {
    return moveToEdge(LAST, State.NOWHERE);
  }

  private boolean moveToEdge(int edge, State ifEmpty) {
    checkTree();
    leave(State.NOWHERE);
    if (tree.depth == 0) {
      return leave(ifEmpty);
    }
    makeLevels();
    enter(0, tree.rootPgno, tree.rootBirth);
    descend(0, edge);
    isOnEntry();
    leafIsFar = false; // a search for one entry at an edge needs no more of the leaf
    free = writer == null ? count : 0;
    return true;
  }

  /**
   * Moves one entry up. A cursor that is nowhere moves to the first one.
   *
   * @return false if there is none; the cursor then stays after the last entry, and {@link #prev}
   *     moves to the last entry
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
      case AFTER_LAST -> stay();
      case PARKED -> {
        boolean same = find(parkedKey());
        yield state == State.ON_ENTRY && (!same || next());
      }
      default -> moveToEdge(FIRST, State.AFTER_LAST);
    };
  }

  private boolean stay() {
    checkTree();
    return false;
  }

  /** As {@link #next}, one entry down: a cursor that is nowhere moves to the last one. */
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
      case BEFORE_FIRST -> stay();
      case PARKED -> {
        find(parkedKey());
        yield state == State.ON_ENTRY ? prev() : moveToEdge(LAST, State.BEFORE_FIRST);
      }
      default -> moveToEdge(LAST, State.BEFORE_FIRST);
    };
  }

  /** As {@link #next} or {@link #prev}, but stays on an entry that has not been deleted. */
  public boolean stayOrMove(boolean reversed) {
    if (state == State.PARKED) {
      boolean same = find(parkedKey());
      if (same || !reversed) {
        return state == State.ON_ENTRY;
      }
      return state == State.ON_ENTRY ? prev() : moveToEdge(LAST, State.BEFORE_FIRST);
    }
    return state == State.ON_ENTRY || (reversed ? prev() : next());
  }

  /**
   * Moves as {@link #next} or {@link #prev} if that needs no check: to an entry of the same leaf,
   * which is prefetched and which no writer moves.
   *
   * @return false if the cursor has not moved, which says nothing of the entries that follow
   */
  public boolean moveInLeaf(boolean reversed) {
    int to = reversed ? slot - 1 : slot + 1;
    if (to >= 0 && to < free) {
      slot = to;
      return true;
    }
    return false;
  }

  /** How many times {@link #moveInLeaf} can move. */
  public int leftInLeaf(boolean reversed) {
    if (free == 0) {
      return 0;
    }
    return reversed ? slot : free - 1 - slot;
  }

  /** Points a slice at the key that {@link #moveInLeaf} would come to last; it must be able to. */
  public void lastKeyInLeaf(boolean reversed, Slice key) {
    tree.leaves.entry(leaf, leafBase, leafWord, reversed ? 0 : free - 1, key, null);
  }

  /** Moves to the first entry whose key is not less than {@code key}; false if there is none. */
  public boolean seek(KeyBuffer key) {
    find(key);
    return state == State.ON_ENTRY;
  }

  /** Moves to the entry that has this many entries before it; false if there is none. */
  public boolean seekIndex(long index) {
    checkTree();
    leave(State.NOWHERE);
    if (index < 0 || index >= tree.entries) {
      return false;
    }
    makeLevels();
    enter(0, tree.rootPgno, tree.rootBirth);
    long left = index;
    EntryCounts counts = new EntryCounts(tree);
    for (int level = 0; level < tree.depth - 1; level++) {
      left = counts.search(pgno[level], birth[level], tree.depth - 1 - level, left, step);
      take(level, step);
    }
    long _ = enterLeaf(tree.depth - 1);
    if (left >= count) {
      throw tree.leaves.corrupt(
          leaf, leafBase, "%d entries, the root says %d or more", count, left + 1);
    }
    slot = (int) left;
    isOnEntry();
    return true;
  }

  /** Moves to the entry of {@code key}; the cursor is nowhere if there is none. */
  public boolean seekExact(KeyBuffer key) {
    return find(key) || leave(State.NOWHERE);
  }

  /** Moves to the last entry whose key is not greater than {@code key}; false if there is none. */
  public boolean seekFloor(KeyBuffer key) {
    if (find(key)) {
      return true;
    }
    return switch (state) {
      case ON_ENTRY -> prev();
      case AFTER_LAST -> moveToEdge(LAST, State.BEFORE_FIRST);
      default -> false;
    };
  }

  /** Moves to a key that a writer has just stored; searches for it when the cursor is used. */
  public void standOn(KeyBuffer key) {
    parked.set(key.segment(), 0, key.length());
    leave(State.PARKED);
  }

  /** Returns a cursor of another tree, at the same end; as a new one if this one is at no end. */
  public Cursor in(Tree other) {
    Cursor next = other.cursor();
    next.state = positioned() ? State.NOWHERE : state;
    return next;
  }

  /** Whether it is a cursor of this tree. */
  public boolean isIn(Tree other) {
    return tree == other;
  }

  /** Whether the cursor is on an entry, which may have been deleted since. */
  public boolean positioned() {
    return state == State.ON_ENTRY || state == State.PARKED;
  }

  /** As {@link #entry}, for the key alone. */
  public void key(Slice key) {
    entry(key, null);
  }

  /** As {@link #entry}, for the value alone. */
  public void value(Slice value) {
    entry(null, value);
  }

  /**
   * Points two slices at key and value, with one read of the cell instead of two.
   *
   * @throws IllegalStateException if the cursor is not on an entry
   */
  public void entry(@Nullable Slice key, @Nullable Slice value) {
    if (free == 0) {
      checkEntry();
    }
    tree.leaves.entry(leaf, leafBase, leafWord, slot, key, value);
  }

  /** Returns the length of the value, in bytes, without reading pages that it has of its own. */
  public long valueLength() {
    checkEntry();
    return tree.leaves.valueLength(leaf, leafBase, leafWord, slot);
  }

  /** Ends the cursor: changes of a writer's tree no longer park it. */
  @Override
  public void close() {
    if (writer != null) {
      writer.movedCursors().remove(this);
    }
    leave(State.NOWHERE);
  }

  /** Puts the cursor on no entry; returns false, as a move does that finds nothing. */
  private boolean leave(State next) {
    free = 0;
    state = next;
    return false;
  }

  /** Puts the cursor on an entry; first registers it to be parked, whatever fails later. */
  private void isOnEntry() {
    if (writer != null && place < 0) {
      writer.movedCursors().add(this);
    }
    state = State.ON_ENTRY;
  }

  /** Whether the cursor was parked, and so serves more than one search. */
  boolean wasParked() {
    return parked.isSet();
  }

  /** Remembers the key and releases the pages, before the tree changes. */
  void park() {
    if (state == State.ON_ENTRY) {
      refresh();
      Slice key = new Slice();
      tree.leaves.entry(leaf, leafBase, leafWord, slot, key, null);
      parked.set(key.segment, key.offset, (int) key.length);
      leave(State.PARKED);
    }
  }

  private KeyBuffer parkedKey() {
    checkTree();
    return parked.copyTo(Objects.requireNonNull(writer).cursorKey());
  }

  private void checkTree() {
    if (writer != null && writer.isDropped()) {
      throw new IllegalStateException("the table was dropped; begin another cursor or scan");
    }
  }

  private void checkEntry() {
    if (state == State.PARKED && !find(parkedKey())) {
      state = State.PARKED;
      throw new IllegalStateException("the entry under the cursor was deleted; move the cursor");
    }
    if (state != State.ON_ENTRY) {
      throw new IllegalStateException("the cursor is not on an entry; move it first");
    }
    refresh();
  }

  /** Locates the leaf again by its number: a writer may have moved dirty pages out of memory. */
  private void refresh() {
    if (writer != null && writer.version() != version) {
      locateLeaf();
    }
  }

  private void locateLeaf() {
    long address = pages.locate(pgno[leafLevel], birth[leafLevel]);
    leaf = pages.segment(address);
    leafBase = pages.offset(address);
    version = writer != null ? writer.version() : 0;
  }

  /** Moves to the first entry that is not less than the key; returns whether it has this key. */
  private boolean find(KeyBuffer key) {
    checkTree();
    leave(State.AFTER_LAST);
    if (tree.depth == 0) {
      return false;
    }
    makeLevels();
    enter(0, tree.rootPgno, tree.rootBirth);
    for (int level = 0; level < tree.depth - 1; level++) {
      tree.branches.search(pgno[level], birth[level], tree.depth - 1 - level, key);
      take(level, key.step);
    }
    long word = enterLeaf(tree.depth - 1);
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
   * Prefetches the leaf, because a cursor that moves on reads all of it. Entry by entry, its cache
   * lines would load one after the other. Together they load in a fraction of the time.
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
      if (slots[level] + 1 < children[level]) {
        descend(level, slots[level] + 1, FIRST);
        return true;
      }
    }
    return leave(State.AFTER_LAST);
  }

  private boolean previousLeaf() {
    for (int level = leafLevel - 1; level >= 0; level--) {
      if (slots[level] > 0) {
        descend(level, slots[level] - 1, LAST);
        return true;
      }
    }
    return leave(State.BEFORE_FIRST);
  }

  /** Moves to a sibling of the path's child, and from there along the first or last children. */
  private void descend(int level, int sibling, int edge) {
    tree.branches.child(pgno[level], birth[level], sibling, step);
    take(level, step);
    descend(level + 1, edge);
    touchLeaf();
  }

  /** Descends from a page along its first or its last children. */
  private void descend(int fromLevel, int edge) {
    for (int level = fromLevel; level < tree.depth - 1; level++) {
      tree.branches.child(pgno[level], birth[level], edge, step);
      take(level, step);
    }
    enterLeaf(tree.depth - 1);
    slot = edge == FIRST ? 0 : count - 1;
  }

  /** Makes room for the tree's levels: a writer's tree may have grown. */
  private void makeLevels() {
    if (slots.length < tree.depth) {
      pgno = new long[tree.depth];
      birth = new long[tree.depth];
      children = new int[tree.depth];
      slots = new int[tree.depth];
    }
  }

  private void enter(int level, long childPgno, long childBirth) {
    pgno[level] = childPgno;
    birth[level] = childBirth;
  }

  /** Goes on to the child that a step led to. */
  private void take(int level, BranchStep taken) {
    slots[level] = taken.slot;
    children[level] = taken.children;
    enter(level + 1, taken.pgno, taken.birth);
  }

  private long enterLeaf(int level) {
    free = 0;
    leafIsFar = true;
    leafLevel = level;
    locateLeaf();
    long word = tree.leaves.header(leaf, leafBase);
    leafWord = word;
    count = count(word);
    if (count == 0) {
      throw tree.leaves.corrupt(leaf, leafBase, "an empty leaf inside a tree");
    }
    return word;
  }
}
