package dev.pando.btree;

import dev.pando.pager.PageHeader;

/**
 * A leaf's reference to a value that is stored in pages of its own.
 *
 * @param pgno the run's first page
 * @param birth the transaction that wrote it
 * @param length the value's length in bytes
 */
record OverflowRun(long pgno, long birth, long length) {
  /** Returns the pages that a value of this many bytes takes, header included. */
  static long pages(long length, int pageSize) {
    return (PageHeader.SIZE + length + pageSize - 1) / pageSize;
  }
}
