package dev.pando.txn;

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
}
