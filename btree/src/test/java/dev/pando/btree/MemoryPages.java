package dev.pando.btree;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.DecodedPages;
import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Pages of a test tree in native memory, with the production rules: a page of an older transaction
 * is never written, freeing twice fails, and dirty pages can be "spilled", after which they must be
 * edited again.
 */
final class MemoryPages implements PageAllocator {
  private final int pageSize;
  private final MemorySegment memory;
  private final DecodedPages decoded = new DecodedPages();
  private final BitSet dirty = new BitSet();
  private final BitSet used = new BitSet();
  private final Map<Integer, ArrayDeque<Long>> reusable = new HashMap<>();
  private long next = PageHeader.FIRST_PGNO;
  private long txnId = 1;
  private long version;
  private long pagesFreed;

  MemoryPages(int pageSize, long bytes) {
    this.pageSize = pageSize;
    decoded.limit(1 << 20);
    this.memory = Arena.ofAuto().allocate(bytes, 4096);
  }

  /** Later changes belong to a new transaction: pages of this one are read-only from now on. */
  void commit() {
    txnId++;
    dirty.clear();
    version++;
    reusable.clear();
  }

  void spill() {
    dirty.clear();
    version++;
  }

  /** Pages that are neither free nor freed since the beginning of the transaction. */
  int usedPages() {
    return used.cardinality();
  }

  boolean isUsed(long pgno) {
    return used.get((int) pgno);
  }

  long pagesFreed() {
    return pagesFreed;
  }

  MemorySegment memory() {
    return memory;
  }

  @Override
  public DecodedPages decoded() {
    return decoded;
  }

  @Override
  public int pageSize() {
    return pageSize;
  }

  @Override
  public long locate(long pgno, long birth) {
    if (pgno < PageHeader.FIRST_PGNO || pgno >= next) {
      throw new CorruptFileException(name(), pgno, "outside of the file");
    }
    long offset = pgno * pageSize;
    if (PageHeader.pgno(memory, offset) != pgno || PageHeader.birth(memory, offset) != birth) {
      throw new CorruptFileException(name(), pgno, "not the page of birth " + birth);
    }
    return dirty.get((int) pgno) ? ~offset : offset;
  }

  @Override
  public MemorySegment segment(long address) {
    return memory;
  }

  @Override
  public long offset(long address) {
    return PageAllocator.isDirty(address) ? ~address : address;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public long txnId() {
    return txnId;
  }

  @Override
  public long allocate(byte type, int pages) {
    long pgno = take(pages);
    PageHeader.format(memory, pgno * pageSize, type, pages, pgno, txnId);
    return pgno;
  }

  private long take(int pages) {
    ArrayDeque<Long> free = reusable.get(pages);
    long pgno;
    if (free != null && !free.isEmpty()) {
      pgno = free.pop();
    } else {
      pgno = next;
      next += pages;
    }
    memory.asSlice(pgno * pageSize, (long) pages * pageSize).fill((byte) 0);
    used.set((int) pgno, (int) pgno + pages);
    dirty.set((int) pgno, (int) pgno + pages);
    return pgno;
  }

  @Override
  public boolean isEditable(long pgno, long birth) {
    return birth == txnId && dirty.get((int) pgno);
  }

  @Override
  public long edit(long pgno, long birth) {
    locate(pgno, birth);
    if (birth == txnId) {
      dirty.set((int) pgno);
      return pgno;
    }
    int pages = (int) PageHeader.pages(memory, pgno * pageSize);
    long copy = take(pages);
    MemorySegment.copy(memory, pgno * pageSize, memory, copy * pageSize, (long) pages * pageSize);
    PageHeader.setIdentity(memory, copy * pageSize, copy, txnId);
    free(pgno, birth, pages);
    return copy;
  }

  @Override
  public long writeRun(MemorySegment source, long offset, long length) {
    int pages = (int) ((length + PageHeader.SIZE + pageSize - 1) / pageSize);
    long pgno = take(pages);
    PageHeader.format(memory, pgno * pageSize, PageHeader.OVERFLOW, pages, pgno, txnId);
    MemorySegment.copy(source, offset, memory, pgno * pageSize + PageHeader.SIZE, length);
    return pgno;
  }

  @Override
  public void free(long pgno, long birth, long pages) {
    locate(pgno, birth);
    if (PageHeader.pages(memory, pgno * pageSize) != pages) {
      throw new AssertionError(
          "%d pages freed of the %d at %d"
              .formatted(pages, PageHeader.pages(memory, pgno * pageSize), pgno));
    }
    for (long p = pgno; p < pgno + pages; p++) {
      if (!used.get((int) p)) {
        throw new AssertionError("page " + p + " freed twice");
      }
      used.clear((int) p);
      dirty.clear((int) p);
    }
    pagesFreed += pages;
    if (birth == txnId) {
      PageHeader.setIdentity(memory, pgno * pageSize, -1, -1);
      reusable.computeIfAbsent((int) pages, key -> new ArrayDeque<>()).push(pgno);
    }
  }

  @Override
  public long version() {
    return version;
  }
}
