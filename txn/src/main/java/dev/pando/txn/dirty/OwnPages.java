package dev.pando.txn.dirty;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import java.util.Arrays;

/**
 * The pages of the file whose cells need no check when they are copied, one bit a page. This
 * process has written or checked them since it took over writing.
 *
 * <p>A bit holds for what the file stores under that number, whatever its birth. No other process
 * writes meanwhile: only the holder of the turn writes pages. Each write of this process sets or
 * clears the bits of its pages, and {@link #clear} forgets all bits when another process has had
 * the turn. Zeros that fill a gap between two pages leave the bits of free pages as they are: a
 * page's birth is compared before its bit counts. This process writes only cells that it has
 * checked in a copy, and cells that it made itself. A page of a value is never marked: its bytes
 * may look like a page. A bit says nothing about the disk. If a page changes there by itself, only
 * its checksum can show it, as before.
 *
 * <p>For the holder of the writer's turn.
 */
final class OwnPages {
  /**
   * Pages with greater numbers are never noted, so that the bits of a huge file take 8 MiB at most.
   */
  static final long PAGES = 1L << 26;

  private long[] bits = {};

  /** Forgets all pages, since another process has written. */
  void clear() {
    Arrays.fill(bits, 0);
  }

  /** Whether the cells of what is stored at a page number need no check. */
  boolean contains(long pgno) {
    long word = pgno >>> 6;
    return word < bits.length && (bits[(int) word] & 1L << pgno) != 0;
  }

  /**
   * Notes that a page, a leaf or a value was written, or is about to be. It needs no verification,
   * and its cells need no check.
   */
  void wrote(PageMap map, long pgno, long pages, byte type) {
    map.markVerified(pgno, pages);
    remove(pgno, pages);
    if (type != PageHeader.OVERFLOW) {
      add(pgno);
    }
  }

  /** Notes that the cells of a page or leaf are known to be valid. */
  void add(long pgno) {
    if (pgno >= PAGES) {
      return;
    }
    int word = (int) (pgno >>> 6);
    if (word >= bits.length) {
      bits = Arrays.copyOf(bits, Math.min(word + (word >>> 2) + 16, (int) (PAGES >>> 6)));
    }
    bits[word] |= 1L << pgno;
  }

  private void remove(long pgno, long pages) {
    long known = Math.min(pgno + pages, (long) bits.length << 6);
    for (long at = pgno; at < known; at++) {
      bits[(int) (at >>> 6)] &= ~(1L << at);
    }
  }
}
