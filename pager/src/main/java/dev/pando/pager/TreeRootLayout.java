package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A {@link TreeRoot} in a file (FORMAT.md, "Tree root"). Offsets count from the record's start. */
public final class TreeRootLayout {
  /** u64, the root page, 0 for an empty tree. */
  public static final int PGNO = 0;

  /** u64, the root page's birth. */
  public static final int BIRTH = PGNO + Long.BYTES;

  /** u32, levels. */
  public static final int DEPTH = BIRTH + Long.BYTES;

  /** u32, the kind of the tree. */
  public static final int KIND = DEPTH + Integer.BYTES;

  /** u64, keys in the tree. */
  public static final int ENTRIES = KIND + Integer.BYTES;

  /** u64, branch pages. */
  public static final int BRANCH_PAGES = ENTRIES + Long.BYTES;

  /** u64, leaf pages. */
  public static final int LEAF_PAGES = BRANCH_PAGES + Long.BYTES;

  /** u64, pages in overflow runs. */
  public static final int OVERFLOW_PAGES = LEAF_PAGES + Long.BYTES;

  /** Bytes of the record. */
  public static final int SIZE = OVERFLOW_PAGES + Long.BYTES;

  /** A tree without counts: the catalog and the free tree are such trees. */
  public static final int PLAIN = 0;

  /** A tree whose branches have the number of entries below each child. */
  public static final int COUNTED = 1;

  /** Levels of the deepest tree: with two children a branch, page numbers end before. */
  public static final int MAX_DEPTH = 48;

  private TreeRootLayout() {}

  /** Writes the record. */
  public static void write(byte[] target, int offset, TreeRoot root) {
    PageBytes.put64(target, offset + PGNO, root.pgno());
    PageBytes.put64(target, offset + BIRTH, root.birth());
    PageBytes.put32(target, offset + DEPTH, root.depth());
    PageBytes.put32(target, offset + KIND, root.counted() ? COUNTED : PLAIN);
    PageBytes.put64(target, offset + ENTRIES, root.entries());
    PageBytes.put64(target, offset + BRANCH_PAGES, root.branchPages());
    PageBytes.put64(target, offset + LEAF_PAGES, root.leafPages());
    PageBytes.put64(target, offset + OVERFLOW_PAGES, root.overflowPages());
  }

  /** Writes the record into private memory. */
  public static void write(MemorySegment target, long offset, TreeRoot root) {
    byte[] record = new byte[SIZE];
    write(record, 0, root);
    PageBytes.copyTo(record, target, offset);
  }

  /** The kind of a record's tree, which may be one that this build does not know. */
  public static int kind(byte[] source, int offset) {
    return PageBytes.i32(source, offset + KIND);
  }

  /** Reads the record's numbers unchecked; {@link #problem} says whether they can be true. */
  public static TreeRoot read(byte[] source, int offset) {
    return new TreeRoot(
        PageBytes.u64(source, offset + PGNO),
        PageBytes.u64(source, offset + BIRTH),
        PageBytes.i32(source, offset + DEPTH),
        PageBytes.u64(source, offset + ENTRIES),
        PageBytes.u64(source, offset + BRANCH_PAGES),
        PageBytes.u64(source, offset + LEAF_PAGES),
        PageBytes.u64(source, offset + OVERFLOW_PAGES),
        kind(source, offset) == COUNTED);
  }

  /** As {@link #read(byte[], int)}, from a page. */
  public static TreeRoot read(MemorySegment source, long offset) {
    return read(PageBytes.copy(source, offset, SIZE), 0);
  }

  /**
   * Why a root read from a file cannot be true.
   *
   * @param pageCount of the database: page numbers are below
   * @param txnId of the meta: births are at most this
   * @return field, found and allowed, or null if nothing is wrong
   */
  public static @Nullable String problem(TreeRoot root, long pageCount, long txnId) {
    if (root.isEmpty()) {
      TreeRoot empty = root.counted() ? TreeRoot.EMPTY_COUNTED : TreeRoot.EMPTY;
      return root.equals(empty) ? null : "an empty tree with counts: " + root;
    }
    long usable = pageCount - PageHeader.FIRST_PGNO;
    @Nullable String[] checks = {
      range("root page", root.pgno(), PageHeader.FIRST_PGNO, pageCount - 1),
      range("root birth", root.birth(), 0, txnId),
      range("depth", root.depth(), 1, MAX_DEPTH),
      range("entries", root.entries(), 1, PageHeader.LIMIT_U48 - 1),
      range("branch pages", root.branchPages(), root.depth() - 1L, usable),
      range("leaf pages", root.leafPages(), 1, usable),
      range("overflow pages", root.overflowPages(), 0, usable),
    };
    for (String check : checks) {
      if (check != null) {
        return check;
      }
    }
    long used = root.branchPages() + root.leafPages() + root.overflowPages();
    return range("pages of the tree", used, 1, usable);
  }

  static @Nullable String range(String field, long found, long least, long most) {
    return found >= least && found <= most
        ? null
        : field + " " + found + ", allowed: " + least + " to " + most;
  }
}
