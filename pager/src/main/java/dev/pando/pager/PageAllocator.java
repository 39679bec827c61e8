package dev.pando.pager;

import java.lang.foreign.MemorySegment;

/**
 * Pages of the one write transaction: everything a {@link PageReader} shows, and memory for pages
 * that this transaction makes or changes. Used by one thread at a time.
 */
public interface PageAllocator extends PageReader {
  /**
   * Whether an address that {@link #locate} gave is one of dirty memory: a page of this transaction
   * that may be written to. Every other address is one of the map, where a write would end the
   * process. Addresses of the map are not negative, those of dirty memory are.
   */
  static boolean isDirty(long address) {
    return address < 0;
  }

  /** The running transaction's id: the birth of every page allocated or edited here. */
  long txnId();

  /**
   * A new page or leaf of several pages in dirty memory: all zero but for its header's type, pages,
   * pgno and birth.
   *
   * @param type {@link PageHeader#BRANCH} or {@link PageHeader#LEAF}
   * @param pages 1, or for a leaf up to {@link PageHeader#maxLeafPages}
   * @return its first page's number
   */
  long allocate(byte type, int pages);

  /**
   * Makes a page or leaf of several pages editable. A page born in this transaction keeps its
   * number, and is read back if it was spilled. One that is older, or {@linkplain #isFrozen
   * frozen}, is copied to a new number, and the old one is freed.
   *
   * @return the number under which the page may be written to, born in {@link #txnId()}
   */
  long edit(long pgno, long birth);

  /** Whether {@link #edit} has nothing to do: the page is this transaction's and in memory. */
  boolean isEditable(long pgno, long birth);

  /**
   * Whether a page born in this transaction must stay as it is, because the transaction may roll
   * back to it: it is edited as an older transaction's page is.
   */
  default boolean isFrozen(long pgno) {
    return false;
  }

  /**
   * Whether a writer that copies a page must check its cells: a file may be crafted. False for a
   * page of the running transaction, and for one that this process has written or checked.
   */
  default boolean mustCheckCells(long pgno, long birth) {
    return birth != txnId();
  }

  /** Notes that the cells of a page or leaf of an older transaction were checked. */
  default void cellsChecked(long pgno) {}

  /**
   * Stores bytes as an overflow run: one header and contiguous pages.
   *
   * @param length bytes, at least 1
   * @return the run's first page number, born in {@link #txnId()}
   */
  long writeRun(MemorySegment source, long offset, long length);

  /**
   * Gives back a page or a run. One born in this transaction is reused at once, an older one when
   * no snapshot can see it any more.
   */
  void free(long pgno, long birth, long pages);

  /**
   * Declares that a page born in this transaction is full and will hardly be changed again: it may
   * be written to the file from now on. A later change costs a copy, and nothing else.
   */
  default void finished(long pgno) {}

  /** A number that changes whenever an address returned before may have become invalid. */
  long version();
}
