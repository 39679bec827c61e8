package dev.pando.txn.dirty;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import java.util.Arrays;

/**
 * The pages of the file whose cells need no check when they are copied, one bit a page: this
 * process has written them, or has checked them, since it took over the writing.
 *
 * <p>A bit is true of what the file holds under that number, not of one birth. That holds because
 * nobody else writes meanwhile: only the holder of the turn writes pages, each write of this
 * process sets or clears the bits of its pages, and {@link #clear} forgets all when another process
 * has had the turn. What this process writes is made of cells that it has checked in a copy, and of
 * cells that it made itself. A page of a value is never marked: its bytes may look like a page. A
 * bit says nothing about the disk: a page that changes there by itself is found by its checksum or
 * not at all, as before.
 *
 * <p>For the holder of the writer's turn.
 */
final class OwnPages {
  private long[] bits = {};

  /** Another process has written since: nothing is known. */
  void clear() {
    Arrays.fill(bits, 0);
  }

  /** Whether the cells of what is stored at a page number need no check. */
  boolean contains(long pgno) {
    int word = (int) (pgno >>> 6);
    return word < bits.length && (bits[word] & 1L << pgno) != 0;
  }

  /**
   * A page, a leaf or a value was written, or is about to be: it need not be verified, nor its
   * cells be checked.
   */
  void wrote(PageMap map, long pgno, long pages, byte type) {
    map.markVerified(pgno, pages);
    remove(pgno, pages);
    if (type != PageHeader.OVERFLOW) {
      add(pgno);
    }
  }

  /** The cells of a page or leaf are known to be as they should be. */
  void add(long pgno) {
    int word = (int) (pgno >>> 6);
    if (word >= bits.length) {
      bits = Arrays.copyOf(bits, word + (word >>> 2) + 16);
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
