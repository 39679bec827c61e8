package dev.pando.txn.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is looked up again, and when. */
class RunFinderTest {
  private static final int PAGES = 4096;
  private static final long DEMAND = 64;
  private static final long LONG_RUN = 16;

  private final PageSet reusable = new PageSet(PAGES);
  private final RunFinder finder = new RunFinder(reusable);

  /** Only single pages, and a look for more has failed. */
  @BeforeEach
  void lookInVain() {
    for (int page = 0; page < PAGES; page += 2) {
      finder.added(reusable.addRun(page, 1));
    }
    finder.begin(5);
    assertEquals(-1, finder.take(1, DEMAND, LONG_RUN));
  }

  private void makeRun() {
    for (int page = 1001; page < 1001 + 2 * LONG_RUN; page += 2) {
      finder.added(reusable.addRun(page, 1));
    }
  }

  @Test
  void aFewMorePagesAreNoReasonToLookThroughAllOfThem() {
    makeRun();
    finder.begin(5);
    assertEquals(-1, finder.take(1, DEMAND, LONG_RUN), "looked through all pages for a few");
    long single = finder.take(1, DEMAND, 1);
    assertTrue(single >= 0 && !reusable.contains(single), "there are pages, found: " + single);
  }

  @Test
  void aRunThatWasGivenBackIsFound() {
    finder.addedRun(reusable.addRun(PAGES + 64, LONG_RUN));
    assertEquals(PAGES + 64, finder.take(1, DEMAND, LONG_RUN));
  }

  @Test
  void manyMorePagesAreLookedThrough() {
    makeRun();
    for (int page = PAGES; page < 2 * PAGES; page += 2) {
      finder.added(reusable.addRun(page, 1));
    }
    finder.begin(5);
    assertEquals(1000, finder.take(1, DEMAND, LONG_RUN));
  }

  @Test
  void theLastPagesAreFoundOneByOne() {
    for (int i = 0; i < PAGES / 2; i++) {
      assertTrue(finder.take(1, DEMAND, 1) >= 0, "page " + i);
    }
    assertEquals(-1, finder.take(1, DEMAND, 1));
    finder.added(reusable.addRun(77, 1));
    assertEquals(77, finder.take(1, DEMAND, 1));
  }

  /** As after a large drop: nearly all pages are free, and each commit takes and frees a few. */
  @Test
  void smallTransactionsStayWhereTheyAre() {
    PageSet free = new PageSet(0);
    RunFinder many = new RunFinder(free);
    long size = 20L << 20;
    many.added(free.addRun(10, size));
    many.begin(5);
    long[] before = {};
    for (int commit = 0; commit < 1000; commit++) {
      long[] taken = new long[5];
      for (int i = 0; i < taken.length; i++) {
        taken[i] = many.take(1, DEMAND, LONG_RUN);
        assertTrue(taken[i] >= 0 && taken[i] < 100_000, "commit " + commit + ": " + taken[i]);
      }
      for (long page : before) {
        many.added(free.addRun(page, 1));
      }
      before = taken;
      many.begin(5);
    }
  }

  /** The end of the file becomes free only if what is rewritten goes to its beginning. */
  @Test
  void whenMuchBecomesFreeTheLowestPagesComeFirst() {
    PageSet free = new PageSet(0);
    RunFinder many = new RunFinder(free);
    many.added(free.addRun(3L << 20, 1000));
    many.begin(5);
    assertEquals(3L << 20, many.take(1, DEMAND, LONG_RUN));
    many.added(free.addRun(100, 2L << 20));
    many.begin(5);
    assertEquals(100, many.take(1, DEMAND, LONG_RUN));
  }

  /** A window that has only short runs is left, and so is one that has none any more. */
  @Test
  void allWindowsAreLookedThrough() {
    PageSet free = new PageSet(0);
    RunFinder many = new RunFinder(free);
    for (long window = 0; window < 4; window++) {
      long start = window << 20;
      many.added(free.addRun(start + 7, 3) + free.addRun(start + 20, LONG_RUN));
    }
    many.begin(5);
    for (long window = 0; window < 4; window++) {
      assertEquals((window << 20) + 20, many.take(LONG_RUN, DEMAND, LONG_RUN));
    }
    assertEquals(-1, many.take(1, DEMAND, LONG_RUN));
    for (int i = 0; i < 4 * 3; i++) {
      assertTrue(many.take(1, DEMAND, 1) >= 0, "page " + i);
    }
    assertEquals(-1, many.takeAnywhere(1, DEMAND));
  }
}
