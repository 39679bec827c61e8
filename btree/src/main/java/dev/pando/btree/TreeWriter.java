package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tree of the one write transaction. Pages are copied before their first change, so the snapshot
 * that the transaction began from stays whole. The transaction stores {@link #root()} when it
 * commits. After a change has thrown an exception, the tree must not be used: abort the
 * transaction.
 */
public final class TreeWriter extends Tree {
  private final PageAllocator allocator;
  private final WriteContext context;
  private final NodeWriter nodes;
  private final WritePath path;
  private final LeafPages resizing;
  private final LeafSplit leafSplit;
  private final Underflow underflow;
  private final LeafCell cell;
  private final Consumer<OverflowRun> freeRun = this::free;
  private final MovedCursors moved = new MovedCursors();
  private final KeyBuffer cursorKey;
  private final int maxKey;
  private final int maxCell;
  private @Nullable SortedLoad sortedLoad;
  private int clears;
  private boolean dropped;
  private @Nullable Object attachment;

  /**
   * Makes a writer with memory of its own.
   *
   * @param pages the write transaction's pages
   * @param root the tree's root; for a new tree {@link TreeRoot#EMPTY} or {@link
   *     TreeRoot#EMPTY_COUNTED}
   */
  public TreeWriter(PageAllocator pages, TreeRoot root) {
    this(pages, root, new WriteScratch(pages.pageSize()));
  }

  /**
   * Makes a writer that shares memory with other trees of its transaction.
   *
   * @param pages the write transaction's pages
   * @param root the tree's root; for a new tree {@link TreeRoot#EMPTY} or {@link
   *     TreeRoot#EMPTY_COUNTED}
   * @param scratch memory that no other thread uses at the same time
   */
  public TreeWriter(PageAllocator pages, TreeRoot root, WriteScratch scratch) {
    super(pages, root);
    context = new WriteContext(this, pages, leaves, branches, scratch);
    allocator = pages;
    nodes = context.nodes;
    path = new WritePath(context);
    resizing = new LeafPages(context, path);
    Neighbours neighbours = new Neighbours(context, path, resizing);
    leafSplit = new LeafSplit(context, path, resizing, neighbours);
    underflow = new Underflow(context, path, resizing, neighbours);
    cell = scratch.cell;
    cursorKey = scratch.cursorKey;
    maxKey = Tree.maxKey(pages.pageSize());
    maxCell = LeafLayout.maxCell(pages.pageSize());
  }

  /**
   * Stores a value under a key.
   *
   * @param key 0 to {@link Tree#maxKey} bytes
   * @param value memory with the value; {@code length} bytes from {@code offset} are copied
   * @return whether the key is new; otherwise its value was replaced
   */
  public boolean put(KeyBuffer key, MemorySegment value, long offset, long length) {
    checkKey(key);
    int found = depth == 0 ? plantLeaf(key) : path.find(key);
    return store(found, key, value, offset, length);
  }

  private boolean store(int found, KeyBuffer key, MemorySegment value, long offset, long length) {
    beginChange();
    fillCell(key, value, offset, length);
    path.edit();
    if (found >= 0) {
      replace(found);
      return false;
    }
    addEntries(1);
    if (counted) {
      path.addEntries(path.leafLevel(), 1);
    }
    insert(~found);
    return true;
  }

  /**
   * Stores a value under a key greater than every other: the sorted load. It does the same as
   * {@link #put}, but a load that is not sorted fails instead of being slow.
   *
   * @throws IllegalArgumentException if the key is not greater than the last one; nothing has
   *     changed
   */
  public void append(KeyBuffer key, MemorySegment value, long offset, long length) {
    checkKey(key);
    store(findEnd(key), key, value, offset, length);
  }

  /**
   * Moves the path to the end of the tree; returns the complement of the slot.
   *
   * @throws IllegalArgumentException if a key is not greater than the last one
   */
  int findEnd(KeyBuffer key) {
    int found = depth == 0 ? plantLeaf(key) : path.find(key);
    int level = path.leafLevel();
    int count = count(leaves.header(path.page(level), path.base(level)));
    if (~found != count || !path.rightmost()) {
      throw new IllegalArgumentException(
          "append of the key " + key.inHex() + ", which is not above the last one");
    }
    return found;
  }

  /** Returns the loader of this tree, which stores many entries at its end. */
  public SortedLoad sortedLoad() {
    SortedLoad loader = sortedLoad;
    if (loader == null) {
      loader = new SortedLoad(this, context, path, resizing);
      sortedLoad = loader;
    }
    return loader;
  }

  /** Copies the leaf of a key, and the branches above it, as a change would. */
  void copyLeaf(KeyBuffer key) {
    int _ = path.find(key);
    beginChange();
    path.edit();
  }

  /**
   * Removes a key.
   *
   * @return whether the key was there
   */
  public boolean delete(KeyBuffer key) {
    if (depth == 0) {
      return false;
    }
    int slot = path.find(key);
    if (slot < 0) {
      return false;
    }
    beginChange();
    // Parking a cursor does not move the path, which still leads to the key.
    path.edit();
    int level = path.leafLevel();
    freeOverflow(level, slot);
    nodes.removeLeafCell(path.page(level), path.base(level), slot);
    addEntries(-1);
    if (counted) {
      path.addEntries(level, -1);
    }
    resizing.shrink();
    underflow.repair(level);
    return true;
  }

  /** Removes every key and frees every page. */
  public void clear() {
    removeAll();
    clears++;
  }

  /** As {@link #clear}, for a table that goes: its cursors throw when they are used. */
  public void drop() {
    clear();
    dropped = true;
  }

  /** What the transaction keeps with the tree; null if that is nothing. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Keeps an object with the tree, in place of the one before. */
  public void attach(@Nullable Object kept) {
    attachment = kept;
  }

  /** Counts calls of {@link #clear}. */
  public int clears() {
    return clears;
  }

  /** Whether {@link #drop} was called. */
  boolean isDropped() {
    return dropped;
  }

  private void removeAll() {
    beginChange();
    TreePages.visit(this, (pgno, birth, pages, _) -> allocator.free(pgno, birth, pages));
    clearAll();
    path.invalidate();
  }

  /**
   * Removes the keys from one key, included, to another, excluded. Whole parts of the tree are
   * removed: of their leaves one line is read, and none in a counted tree. More is read if the tree
   * has overflow runs or leaves of several pages.
   *
   * @param from null for the first key
   * @param to null for the end of the tree
   * @return how many were removed
   */
  public long deleteRange(@Nullable KeyBuffer from, @Nullable KeyBuffer to) {
    long count = countBetween(from, to);
    if (count == entries) {
      removeAll();
    } else if (count > 0) {
      beginChange();
      new RangeCut(this, context, path, resizing, underflow).run(from, to, count);
    }
    return count;
  }

  /**
   * Fills a page with cells of the page after it.
   *
   * @param above levels above the leaves
   */
  Underflow.Filling fillPage(KeyBuffer key, int above) {
    if (depth - 1 - above < 1) {
      return Underflow.Filling.NOTHING;
    }
    int _ = path.find(key);
    int level = path.leafLevel() - above;
    if (!underflow.mayFill(level)) {
      return Underflow.Filling.NOTHING;
    }
    beginChange();
    path.edit(level + 1);
    return underflow.fill(level);
  }

  /** Sets a key to the beginning of the page after its own; false if that is the last one. */
  boolean moveToNextPage(KeyBuffer key, int above) {
    if (depth - 1 - above < 1) {
      return false;
    }
    int _ = path.find(key);
    return path.nextPage(path.leafLevel() - above, key, new Slice());
  }

  /** Returns the cursors that a change must park. */
  MovedCursors movedCursors() {
    return moved;
  }

  /** Returns the memory for a key that a cursor finds again. */
  KeyBuffer cursorKey() {
    return cursorKey;
  }

  /** Forgets the open cursors, which must not be used any more: changes no longer park them. */
  public void forgetCursors() {
    moved.clear();
  }

  long version() {
    return allocator.version();
  }

  private void checkKey(KeyBuffer key) {
    if (key.length() > maxKey) {
      throw new IllegalArgumentException(
          "key length=" + key.length() + ", allowed 0 to " + maxKey + " bytes");
    }
  }

  /** Parks the cursors: they remember their keys before pages move. */
  void beginChange() {
    moved.parkAll();
  }

  private int plantLeaf(KeyBuffer key) {
    growTo(resizing.allocate(1), allocator.txnId());
    path.invalidate();
    return path.find(key);
  }

  private void fillCell(KeyBuffer key, MemorySegment value, long offset, long length) {
    if (LeafLayout.inlineCell(key.length(), length) <= maxCell) {
      cell.setInline(key, value, offset, length);
      return;
    }
    long run = allocator.writeRun(value, offset, length);
    addOverflowPages(OverflowRun.pages(length, leaves.pageSize));
    cell.setOverflow(key, run, allocator.txnId(), length);
  }

  private void insert(int slot) {
    int level = path.leafLevel();
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    if (counted) {
      nodes.shareKey(page, base, word, slot, cell);
    }
    if (leaves.free(word) >= cell.room() + NodeLayout.SLOT_BYTES) {
      nodes.insertLeafCell(page, base, slot, cell);
    } else if (!leafSplit.insert(slot, cell)) {
      cell.unshare();
      int found = path.find(cell.key());
      if (found >= 0) {
        throw leaves.corrupt(page, base, "a key is there twice: its leaf is not in order");
      }
      path.edit();
      path.addEntries(path.leafLevel(), 1); // only a counted tree shares keys
      insert(~found);
    }
  }

  private void replace(int slot) {
    int level = path.leafLevel();
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    boolean isShared =
        counted && leaves.isSharedKey(page, base, leaves.cell(page, base, word, slot));
    if (isShared && cell.mayShare()) {
      return; // neither has a value
    }
    freeOverflow(level, slot);
    int oldLength = leaves.cellLength(page, base, word, slot);
    if (oldLength == cell.length() && !isShared) {
      nodes.overwrite(page, base, word, slot, cell);
      return;
    }
    nodes.removeLeafCell(page, base, slot);
    insert(slot);
    if (cell.length() < oldLength && path.isValid()) { // an heir's whole key may divide the leaf
      resizing.shrink();
      underflow.repair(level);
    }
  }

  private void freeOverflow(int level, int slot) {
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    leaves.references(page, base, word, slot, freeRun);
  }

  private void free(OverflowRun run) {
    long runPages = OverflowRun.pages(run.length(), leaves.pageSize);
    allocator.free(run.pgno(), run.birth(), runPages);
    addOverflowPages(-runPages);
  }
}
