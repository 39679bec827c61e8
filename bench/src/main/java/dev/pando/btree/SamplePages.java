package dev.pando.btree;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.NullMarked;

/** Pages of one unfinished transaction in native memory, never freed: enough to grow a tree in. */
@NullMarked
final class SamplePages implements PageAllocator {
  private static final int PAGE_SIZE = 4096;
  private static final long TXN_ID = 1;

  private final MemorySegment memory;
  private long next = PageHeader.FIRST_PGNO;

  SamplePages(long pages) {
    memory = Arena.ofAuto().allocate(pages * PAGE_SIZE, PAGE_SIZE);
  }

  @Override
  public int pageSize() {
    return PAGE_SIZE;
  }

  @Override
  public long locate(long pgno, long birth) {
    return pgno * PAGE_SIZE;
  }

  @Override
  public MemorySegment segment(long address) {
    return memory;
  }

  @Override
  public long offset(long address) {
    return address;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public long txnId() {
    return TXN_ID;
  }

  @Override
  public long allocate(byte type, int pages) {
    long pgno = next;
    next += pages;
    PageHeader.format(memory, pgno * PAGE_SIZE, type, pages, pgno, TXN_ID);
    return pgno;
  }

  @Override
  public boolean isEditable(long pgno, long birth) {
    return true;
  }

  @Override
  public long edit(long pgno, long birth) {
    return pgno;
  }

  @Override
  public long writeRun(MemorySegment source, long offset, long length) {
    throw new UnsupportedOperationException("values here are short");
  }

  @Override
  public void free(long pgno, long birth, long pages) {}

  @Override
  public long version() {
    return 0;
  }
}
