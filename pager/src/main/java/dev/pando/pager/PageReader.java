package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Pages of one snapshot, as a tree sees them. A tree asks with the reference that it read (page
 * number and birth), gets an <em>address</em>, and reads through {@link #segment} and {@link
 * #offset}. An address is one opaque {@code long}, so that cursors keep plain numbers and nothing
 * is allocated for a page.
 *
 * <p>An address holds until the transaction ends; a writer's also ends when {@link
 * PageAllocator#version()} changes.
 */
public interface PageReader {
  /** Bytes of a page: a power of two, 512 to 65,536. */
  int pageSize();

  /**
   * The address of the page or run that a reference names.
   *
   * @param pgno the first page's number
   * @param birth the transaction that wrote it, as recorded beside the reference
   * @throws dev.pando.error.CorruptFileException if {@code pgno} is outside the file, or the page
   *     does not have this number, this birth or a valid checksum
   */
  long locate(long pgno, long birth);

  /**
   * The memory that holds the page, and all of the run or leaf that begins with it, unless it is a
   * long run that has a {@link #joined} copy: a chunk of the map, or a slab of dirty pages; never a
   * new slice. Other pages may have other memory.
   */
  MemorySegment segment(long address);

  /** Where the page begins in {@link #segment}, in bytes. */
  long offset(long address);

  /**
   * A copy of a run that is not in one {@link #segment}, as may be in a file in memory; it begins
   * with the run.
   *
   * @param address of the run, whose header is valid
   * @param bytes of all its pages
   * @return null if all runs are in one: then this one is longer than the file
   */
  default @Nullable MemorySegment joined(long address, long bytes) {
    return null;
  }

  /** The file, for messages. */
  String name();

  /** Where pages of committed snapshots are kept decoded; null if each read must see the page. */
  default @Nullable DecodedPages decoded() {
    return null;
  }
}
