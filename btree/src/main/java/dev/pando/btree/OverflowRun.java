package dev.pando.btree;

import dev.pando.pager.PageHeader;

/**
 * A leaf's reference to a value that stands in pages of its own.
 *
 * @param pgno the run's first page
 * @param birth the transaction that wrote it
 * @param length the value's bytes
 */
record OverflowRun(long pgno, long birth, long length) {
  /** Pages that a value of so many bytes takes, header included. */
  static long pages(long length, int pageSize) {
    return (PageHeader.SIZE + length + pageSize - 1) / pageSize;
  }
}
