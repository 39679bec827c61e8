package dev.pando.txn.space;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;

/**
 * The most pages that a commit can have that increments add to a copy. Each page in use is in the
 * copy or in an increment. A free page is in an inline run or in a record of the free tree, whose
 * pages are in use. Inline runs may be long: a database may have freed most of its pages. Then the
 * sets of pages that a check needs are the limit, as they are for any database.
 */
public final class PageBound {
  /** Pages for each byte of the heap: two sets of them, of a bit each, take half of it. */
  private static final int PAGES_A_BYTE = 2;

  private PageBound() {}

  /**
   * Refuses a page count that no pages lead to, before memory or room is used for so many.
   *
   * @param name of the increment
   * @param meta of its commit
   * @param basePages page count of the copy
   * @param added pages that the increments have
   */
  public static void check(String name, Meta meta, long basePages, long added) {
    long there = basePages - PageHeader.META_SLOTS + added;
    long used = meta.pageCount() - PageHeader.META_SLOTS - meta.freePages();
    long free = mostFree(meta, there);
    if (used > there || meta.freePages() > free) {
      throw new CorruptFileException(
          name,
          -1,
          "page count=%d with free pages=%d, allowed: at most %d pages in use, which the copy and the increments have, and %d free ones, which its free tree can have; use another copy of it, or a later full backup"
              .formatted(meta.pageCount(), meta.freePages(), there, free));
    }
    long memory = Runtime.getRuntime().maxMemory();
    if (meta.pageCount() / PAGES_A_BYTE > memory) {
      throw new UnsupportedFormatException(
          name,
          "an increment of a database of " + meta.pageCount() + " pages",
          "%d pages for each of the %d bytes of the heap".formatted(PAGES_A_BYTE, memory),
          "use another copy of it if the database was not so large, or a larger heap");
    }
  }

  /** Free pages that the inline runs have, and at most so many pages of a free tree. */
  private static long mostFree(Meta meta, long pages) {
    long inline = meta.freeRuns().stream().filter(FreeRun::free).mapToLong(FreeRun::length).sum();
    long chunks = meta.pageCount() / FreeRecord.CHUNK_PAGES + 1;
    long perPage = meta.pageSize() / (FreeRecord.KEY_BYTES + FreeRecord.RUN_BYTES);
    long fit = pages < Long.MAX_VALUE / perPage ? pages * perPage : Long.MAX_VALUE;
    long records = Math.min(meta.freeTree().entries(), Math.min(chunks, fit));
    return inline + records * FreeRecord.CHUNK_PAGES;
  }
}
