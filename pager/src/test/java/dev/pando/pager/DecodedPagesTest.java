package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecodedPagesTest {
  private static final int BYTES = 1000;

  private final DecodedPages pages = new DecodedPages();

  @BeforeEach
  void giveRoom() {
    pages.limit(Long.MAX_VALUE);
  }

  @Test
  void aPageIsWantedTheSecondTime() {
    assertNull(pages.find(7, 1));
    assertFalse(pages.wants(7, 1));
    assertTrue(pages.wants(7, 1));
    pages.add(new Page(7, 1, 1));
    assertNotNull(pages.find(7, 1));
    assertNull(pages.find(7, 2), "the page of another transaction");
  }

  @Test
  void aPageThatIsGivenUpHearsOfIt() {
    Page first = new Page(7, 1, 1);
    pages.add(first);
    assertFalse(first.removed);
    Page next = new Page(7, 2, 1);
    pages.add(next);
    assertTrue(first.removed, "another birth took its place");
    pages.limit(0);
    assertTrue(next.removed, "there is no heap for it");
    Page last = new Page(8, 1, 1);
    pages.add(last);
    assertTrue(last.removed, "it was not admitted");
  }

  @Test
  void manyPagesAreFound() {
    for (int pgno = 0; pgno < 100_000; pgno++) {
      pages.add(new Page(pgno, pgno % 50, 1));
    }
    int found = 0;
    for (int pgno = 0; pgno < 100_000; pgno++) {
      DecodedPage page = pages.find(pgno, pgno % 50);
      assertTrue(page == null || page.is(pgno, pgno % 50));
      found += page == null ? 0 : 1;
    }
    assertTrue(found > 90_000);
  }

  /** Numbers that have their lower bits in common. */
  @Test
  void pagesInUseDoNotTakeEachOthersPlaces() {
    for (int round = 0; round < 10; round++) {
      for (int pgno = 64; pgno < 64 * 17; pgno += 64) {
        if (pages.find(pgno, 1) == null) {
          pages.add(new Page(pgno, 1, 1));
        }
      }
    }
    int found = 0;
    for (int pgno = 64; pgno < 64 * 17; pgno += 64) {
      found += pages.find(pgno, 1) == null ? 0 : 1;
    }
    assertTrue(found >= 8, "found: " + found);
    for (int pgno = 0; pgno < 40; pgno += 1) {
      pages.add(new Page(pgno * 37, 1, 1));
      assertNotNull(pages.find(pgno * 37, 1));
    }
    for (int pgno = 0; pgno < 40; pgno += 1) {
      assertNotNull(pages.find(pgno * 37, 1), "page " + pgno * 37);
    }
  }

  @Test
  void upperLevelsStayWhenTheHeapIsFull() {
    pages.limit(100 * BYTES);
    for (int pgno = 0; pgno < 50; pgno++) {
      pages.add(new Page(pgno, 1, 2));
    }
    for (int pgno = 1000; pgno < 10_000; pgno++) {
      pages.add(new Page(pgno, 1, 1));
    }
    assertTrue(found(0, 50) > 45);
    int left = found(1000, 10_000);
    assertTrue(left >= 20 && left <= 55, "left: " + left);
  }

  /** To decode one for each that is wanted would cost more than the search of a page. */
  @Test
  void fewPagesAreWantedWhenTheHeapIsFull() {
    pages.limit(100 * BYTES + BYTES / 2);
    for (int pgno = 0; pgno < 200; pgno++) {
      pages.add(new Page(pgno, 1, 1));
    }
    int wanted = 0;
    for (int i = 0; i < 10_000; i++) {
      int pgno = 1000 + i;
      if (pages.wants(pgno, 1) || pages.wants(pgno, 1)) {
        pages.add(new Page(pgno, 1, 1));
        wanted++;
      }
    }
    assertTrue(wanted > 100 && wanted < 2000, "wanted: " + wanted);
    pages.limit(1000 * BYTES);
    assertFalse(pages.wants(7, 7));
    assertTrue(pages.wants(7, 7), "there is room again");
  }

  @Test
  void aSmallerLimitHoldsAtOnce() {
    for (int pgno = 0; pgno < 1000; pgno++) {
      pages.add(new Page(pgno, 1, 1));
    }
    pages.limit(10 * BYTES);
    assertEquals(10, found(0, 1000));
    pages.limit(0);
    assertEquals(0, found(0, 1000));
    pages.add(new Page(1, 1, 1));
    assertEquals(0, found(0, 1000));
  }

  @Test
  void aPageThatWasWrittenAgainTakesItsOwnPlace() {
    pages.limit(64L * BYTES);
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      pages.add(new Page(random.nextInt(8), i, 1));
      pages.add(new Page(100, 1, 1 + random.nextInt(2)));
    }
    assertNotNull(pages.find(100, 1));
  }

  private int found(int from, int to) {
    int found = 0;
    for (int pgno = from; pgno < to; pgno++) {
      found += pages.find(pgno, 1) == null ? 0 : 1;
    }
    return found;
  }

  private static final class Page extends DecodedPage {
    private boolean removed;

    Page(long pgno, long birth, int level) {
      super(pgno, birth, level);
    }

    @Override
    protected long heapBytes() {
      return BYTES;
    }

    @Override
    protected void removed() {
      removed = true;
    }
  }
}
