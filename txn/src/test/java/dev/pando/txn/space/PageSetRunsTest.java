package dev.pando.txn.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Walks over the runs of a set find what a walk page by page finds. */
class PageSetRunsTest {
  private static final int PAGES = 700;

  @Test
  void findsTheSameRuns() {
    Figures figures = new Figures("sets of pages", 200);
    for (long i = 0; i < figures.wanted(); i++) {
      long seed = figures.seed(i);
      Random random = new Random(seed);
      PageSet set = new PageSet(PAGES);
      boolean[] pages = new boolean[PAGES];
      for (int run = random.nextInt(20); run >= 0; run--) {
        int first = random.nextInt(PAGES);
        int length = Math.min(1 + random.nextInt(150), PAGES - first);
        long _ = set.addRun(first, length);
        Arrays.fill(pages, first, first + length, true);
      }
      int from = random.nextInt(PAGES);
      int end = from + random.nextInt(PAGES - from);
      int wanted = 1 + random.nextInt(200);
      List<String> found = new ArrayList<>();
      set.forEachRun(from, end, (first, length) -> found.add(first + "+" + length));
      assertEquals(runs(pages, from, end), found, () -> "seed " + seed);
      assertEquals(
          firstRun(pages, from, end, wanted),
          set.firstRun(from, end, wanted),
          () -> "seed " + seed);
    }
    figures.reached(figures.wanted());
  }

  private static List<String> runs(boolean[] pages, int from, int end) {
    List<String> runs = new ArrayList<>();
    for (int at = from; at < end; at++) {
      int first = at;
      while (at < end && pages[at]) {
        at++;
      }
      if (at > first) {
        runs.add(first + "+" + (at - first));
      }
    }
    return runs;
  }

  private static long firstRun(boolean[] pages, int from, int end, int wanted) {
    int length = 0;
    for (int at = from; at < end; at++) {
      length = pages[at] ? length + 1 : 0;
      if (length == wanted) {
        return at + 1L - wanted;
      }
    }
    return -1;
  }
}
