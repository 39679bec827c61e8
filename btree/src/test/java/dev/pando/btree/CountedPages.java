package dev.pando.btree;

import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/** Counts the pages that are read. No page is kept decoded. */
final class CountedPages implements PageReader {
  private final PageReader pages;

  /** Each page, however often it was read. */
  final Set<Long> numbers = new HashSet<>();

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
    numbers.add(pgno);
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
