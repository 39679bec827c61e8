package dev.pando.btree;

import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;

/** Counts the pages that are read. No page is kept decoded. */
final class CountedPages implements PageReader {
  private final PageReader pages;
  int read;

  CountedPages(PageReader pages) {
    this.pages = pages;
  }

  @Override
  public int pageSize() {
    return pages.pageSize();
  }

  @Override
  public long locate(long pgno, long birth) {
    read++;
    return pages.locate(pgno, birth);
  }

  @Override
  public MemorySegment segment(long address) {
    return pages.segment(address);
  }

  @Override
  public long offset(long address) {
    return pages.offset(address);
  }

  @Override
  public String name() {
    return pages.name();
  }
}
