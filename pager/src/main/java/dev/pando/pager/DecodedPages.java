package dev.pando.pager;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were decoded onto the heap, found by page number and birth. All snapshots of a file
 * share them: a page of one birth never changes, and no birth is used again. Pages of upper levels
 * stay when the heap for them is full; those of the lowest level take turns.
 *
 * <p>Thread-safe. Finding takes no lock and may miss a page that another thread has just added. A
 * page that is found is the right one, because it names itself.
 */
public final class DecodedPages {
  private static final int FIRST_PLACES = 64;

  /** So many places, 12 KB, are not too many for a few pages. */
  private static final int FEW_PLACES = 1024;

  /** Places for each page, at most: numbers may be the same in many of their lower bits. */
  private static final int MOST_PLACES = 16;

  /** Of the pages that are wanted when the heap for them is full, one of so many is admitted. */
  private static final int FULL_ADMITS = 32;

  /**
   * The places, a power of two. A page is at its number's lower bits, or in the place beside that.
   */
  private static final class Places {
    final @Nullable DecodedPage[] pages;

    /** {@linkplain #mark Marks} of pages that were not found. */
    final long[] lookedFor;

    Places(int count) {
      pages = new DecodedPage[count];
      lookedFor = new long[count];
    }

    int mask() {
      return pages.length - 1;
    }
  }

  /** Read without a lock: a reader of an older array only misses. */
  private Places places = new Places(FIRST_PLACES);

  /** The part of the limit, as a divisor, that must be free before a full heap counts as not. */
  private static final int ROOM_AGAIN = 8;

  private volatile long limit;
  private long heapBytes;

  /**
   * Whether a page had to go for another one. What the last one left free is less than a page
   * needs, so the bytes alone do not tell.
   */
  private boolean full;

  private int count;
  private int hand;

  /**
   * Sets how much heap the pages may take together.
   *
   * @param bytes of heap; 0, as at first, for none
   */
  public synchronized void limit(long bytes) {
    limit = bytes;
    full = false;
    evict();
  }

  /** Returns the number of pages. */
  public synchronized int count() {
    return count;
  }

  /** Returns the bytes of heap that the pages take. */
  public synchronized long heapBytes() {
    return heapBytes;
  }

  /** Removes pages until the limit holds. */
  private void evict() {
    while (heapBytes > limit) {
      full = true;
      evictNext();
    }
  }

  /** The page, if it was decoded. */
  public @Nullable DecodedPage find(long pgno, long birth) {
    @Nullable DecodedPage[] pages = places.pages;
    int at = (int) pgno & (pages.length - 1);
    DecodedPage page = pages[at];
    if (page == null || !page.is(pgno, birth)) {
      page = pages[at ^ 1];
      if (page == null || !page.is(pgno, birth)) {
        return null;
      }
    }
    page.use();
    return page;
  }

  /**
   * Whether a page that was not found should be decoded and added: the second time that it is
   * looked for. Most pages of a program that commits often are read once, and decoding one reads
   * all of its cells.
   */
  public boolean wants(long pgno, long birth) {
    if (full) { // a counter would be written by all threads, in a line that all read
      return limit > 0 && ThreadLocalRandom.current().nextInt(FULL_ADMITS) == 0;
    }
    long[] lookedFor = places.lookedFor;
    int at = (int) pgno & (lookedFor.length - 1);
    boolean again = lookedFor[at] == mark(pgno, birth);
    lookedFor[at] = mark(pgno, birth);
    return again && limit > 0;
  }

  /** Keeps a page for all that look for it later. */
  public synchronized void add(DecodedPage page) {
    if (page.heapBytes() > limit) {
      page.removed();
      return;
    }
    while (count >= places.pages.length / 2 || isCrowded(page)) {
      grow();
    }
    put(places, page);
    evict();
  }

  /** Whether pages that are in use have both places, and more places may help. */
  private boolean isCrowded(DecodedPage page) {
    @Nullable DecodedPage[] pages = places.pages;
    int at = (int) page.pgno() & places.mask();
    return pages.length < Math.max(FEW_PLACES, MOST_PLACES * count)
        && isInUse(pages[at], page)
        && isInUse(pages[at ^ 1], page);
  }

  private static boolean isInUse(@Nullable DecodedPage there, DecodedPage next) {
    return there != null && there.pgno() != next.pgno() && there.isUsed();
  }

  private void grow() {
    Places before = places;
    Places after = new Places(2 * before.pages.length);
    count = 0;
    heapBytes = 0;
    for (DecodedPage page : before.pages) {
      if (page != null) {
        page.forgetUse();
        put(after, page);
      }
    }
    places = after;
  }

  /** Puts a page in one of its two places, unless pages of a higher level have both. */
  private void put(Places all, DecodedPage page) {
    int at = (int) page.pgno() & all.mask();
    if (worth(all.pages[at ^ 1], page) < worth(all.pages[at], page)) {
      at ^= 1;
    }
    if (worth(all.pages[at], page) > 2 * page.level() + 1) {
      page.removed();
      return;
    }
    remove(all, at);
    all.pages[at] = page;
    count++;
    heapBytes += page.heapBytes();
  }

  /** How much is lost by taking the place of a page: least of one that was written again. */
  private static int worth(@Nullable DecodedPage there, DecodedPage next) {
    if (there == null) {
      return -1;
    }
    return there.pgno() == next.pgno() ? -2 : 2 * there.level() + (there.isUsed() ? 1 : 0);
  }

  private void remove(Places all, int at) {
    DecodedPage page = all.pages[at];
    all.pages[at] = null;
    if (page != null) {
      count--;
      heapBytes -= page.heapBytes();
      full = full && heapBytes > limit - limit / ROOM_AGAIN;
      page.removed();
    }
  }

  /** Removes the next page of the lowest level that there is. */
  private void evictNext() {
    Places all = places;
    int lowest = -1;
    for (int i = 0; i < all.pages.length; i++) {
      hand = (hand + 1) % all.pages.length;
      DecodedPage page = all.pages[hand];
      if (page == null) {
        continue;
      }
      DecodedPage best = lowest < 0 ? null : all.pages[lowest];
      if (best == null || page.level() < best.level()) {
        lowest = hand;
      }
      if (page.level() <= 1) {
        break;
      }
    }
    hand = Math.max(lowest, 0);
    remove(all, hand);
  }

  /** Different for the births of one page, nearly always: a mistake decodes a page too early. */
  private static long mark(long pgno, long birth) {
    return pgno ^ (birth << 24);
  }
}
