package dev.pando.btree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.TreeRoot;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How full the leaves of a tree are, of all and of a sample. */
final class PagePackerTest {
  private final TreeFixture fixture = new TreeFixture(512);
  private final Random random = new Random(1);

  private static byte[] key(int i) {
    return "%06d".formatted(i).getBytes(UTF_8);
  }

  /** In the order of the keys: leaves are full. */
  private void load(int keys) {
    for (int i = 0; i < keys; i++) {
      fixture.append(key(i), new byte[random.nextInt(40)]);
    }
  }

  private void deleteMost(int from, int to) {
    for (int i = from; i < to; i++) {
      if (random.nextInt(10) != 0) {
        assertTrue(fixture.delete(key(i)));
      }
    }
  }

  /** The share of a sample is near that of all leaves; returns that of all. */
  private double compare() {
    TreeRoot root = fixture.commit();
    CountedPages pages = new CountedPages(fixture.pages);
    double sample = PagePacker.sampleFill(new Tree(pages, root));
    int most = PagePacker.SAMPLE * root.depth();
    assertTrue(
        pages.numbers.size() <= most, () -> pages.numbers.size() + " pages read, most " + most);
    double all = PagePacker.fill(new Tree(fixture.pages, root));
    assertEquals(all, sample, 0.1);
    return all;
  }

  @Test
  void aSampleOfFullLeaves() {
    load(60_000);
    assertTrue(fixture.tree.root().leafPages() > 2000);
    assertTrue(compare() > 0.9);
  }

  @Test
  void aSampleOfLeavesAfterDeletes() {
    load(60_000);
    deleteMost(0, 60_000);
    assertTrue(fixture.tree.root().leafPages() > 10 * PagePacker.SAMPLE);
    assertTrue(compare() < 0.7);
  }

  /** A half of the tree is full, and the other is not. */
  @Test
  void aSampleOfBoth() {
    load(60_000);
    deleteMost(0, 55_000);
    double share = compare();
    assertTrue(share > 0.5 && share < 0.8, () -> "fill " + share);
  }

  /** The last branches have few leaves: each of those counts no more than any other. */
  @Test
  void aSampleOfATreeThatHasJustGrownHigher() {
    int keys = 0;
    for (int depth = 2; depth <= 4; depth++) {
      while (fixture.tree.root().depth() < depth) {
        fixture.append(key(keys++), new byte[20]);
      }
      double share = compare();
      assertTrue(share > (depth == 2 ? 0.4 : 0.85), () -> "fill " + share);
    }
  }

  @Test
  void smallTreesAreReadAsAWhole() {
    assertEquals(1, PagePacker.sampleFill(fixture.tree));
    load(500);
    deleteMost(0, 300);
    assertTrue(fixture.tree.root().leafPages() <= PagePacker.SAMPLE);
    assertEquals(PagePacker.fill(fixture.tree), PagePacker.sampleFill(fixture.tree));
  }

  /** Another writer may have emptied a table between two steps of a compaction. */
  @Test
  void anEmptyTreeHasNothingToFill() {
    load(500);
    fixture.tree.clear();
    for (int above = 0; above < 2; above++) {
      assertNull(PagePacker.pack(fixture.tree, above, null, 10));
      assertNull(PagePacker.pack(fixture.tree, above, key(200), 10));
    }
    fixture.check();
  }
}
