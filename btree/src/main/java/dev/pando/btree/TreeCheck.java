package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a whole tree: every rule of FORMAT.md that leaves, branches and overflow runs must obey,
 * and the counts of the root. It also checks that forward scan, reverse scan and gets agree. Damage
 * is reported, never thrown. Pages below a damaged page are not checked.
 */
public final class TreeCheck {
  /** Sees every page and run of the tree. */
  @FunctionalInterface
  public interface PageVisitor {
    /**
     * Notes a use.
     *
     * @return whether this is the page's first use; if not, the check does not descend from it, so
     *     that a cycle ends
     */
    boolean page(long pgno, long birth, long pages);
  }

  private final PageReader pages;
  private final Tree tree;
  private final TreeRoot root;
  private final PageVisitor visitor;
  private final Consumer<String> problems;
  private final NodeCheck nodes;
  private final LeafReferences references;
  private final Slice key = new Slice();
  private long found;
  private long branchPages;
  private long leafPages;
  private long overflowPages;
  private boolean whole = true;

  private TreeCheck(
      PageReader pages, TreeRoot root, PageVisitor visitor, Consumer<String> problems) {
    this.pages = pages;
    this.tree = new Tree(pages, root);
    this.root = root;
    this.visitor = visitor;
    this.problems = problems;
    this.nodes = new NodeCheck(tree, this::report);
    this.references = new LeafReferences(tree.leaves);
  }

  /**
   * Checks one tree.
   *
   * @param maxBirth the snapshot's transaction: no page is younger
   * @param visitor called for each page and run, in no particular order
   * @param problems gets each fault as one sentence with the page number
   */
  public static void check(
      PageReader pages,
      TreeRoot root,
      long maxBirth,
      PageVisitor visitor,
      Consumer<String> problems) {
    TreeCheck check;
    try {
      check = new TreeCheck(pages, root, visitor, problems);
    } catch (CorruptFileException | UnsupportedFormatException damage) {
      problems.accept(String.valueOf(damage.getMessage()));
      return;
    }
    if (!root.isEmpty()) {
      check.visit(root.pgno(), root.birth(), maxBirth, root.depth() - 1, null, null);
    }
    check.compareCounts();
    if (check.whole) {
      new ScanCheck(check.tree, check::report).check();
    }
  }

  private void report(String problem) {
    whole = false;
    problems.accept(problem);
  }

  /** Visits a page; recursion goes no deeper than the tree, whose depth was checked. */
  private void visit(
      long pgno,
      long birth,
      long parentBirth,
      int levelsBelow,
      byte @Nullable [] low,
      byte @Nullable [] high) {
    if (birth > parentBirth) {
      report("page " + pgno + " is born in " + birth + ", after what refers to it: " + parentBirth);
    }
    try {
      // Only a leaf may be several pages, and only the page itself says so.
      long nodePages = levelsBelow == 0 ? leafPages(pgno, birth) : 1;
      if (!visitor.page(pgno, birth, nodePages)) {
        whole = false;
        return;
      }
      long address = pages.locate(pgno, birth);
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      if (PageHeader.pages(page, base) != nodePages) {
        report("page " + pgno + " is a node of " + PageHeader.pages(page, base) + " pages");
      }
      if (levelsBelow == 0) {
        leafPages += nodePages;
        visitLeaf(page, base, birth, low, high);
      } else {
        branchPages++;
        visitBranch(page, base, birth, levelsBelow, low, high);
      }
    } catch (CorruptFileException | UnsupportedFormatException damage) {
      report(String.valueOf(damage.getMessage()));
    }
  }

  private long leafPages(long pgno, long birth) {
    try {
      long address = pages.locate(pgno, birth);
      return PageHeader.leafPages(pages.segment(address), pages.offset(address));
    } catch (CorruptFileException | UnsupportedFormatException damage) {
      return 1; // the visit of the page will report what is wrong with it
    }
  }

  private void visitLeaf(
      MemorySegment page, long base, long birth, byte @Nullable [] low, byte @Nullable [] high) {
    long word = tree.leaves.header(page, base);
    found += count(word);
    nodes.checkLeaf(page, base, word, low, high);
    references.forEach(page, base, word, (slot, run) -> visitRun(page, base, birth, run, slot));
  }

  private void visitRun(MemorySegment page, long base, long birth, OverflowRun run, int slot) {
    if (run.length() < 1) {
      throw tree.leaves.corrupt(
          page, base, "cell " + slot + " names a value of " + run.length() + " bytes");
    }
    long runPages = OverflowRun.pages(run.length(), pages.pageSize());
    overflowPages += runPages;
    if (run.birth() > birth) {
      report("page " + run.pgno() + " is born in " + run.birth() + ", after its leaf: " + birth);
    }
    if (!visitor.page(run.pgno(), run.birth(), runPages)) {
      whole = false;
      return;
    }
    Slice value = new Slice();
    tree.leaves.entry(page, base, tree.leaves.header(page, base), slot, null, value);
    long start = value.offset - PageHeader.SIZE;
    if (PageHeader.pages(value.segment, start) != runPages) {
      report(
          "page %d: a run of %d pages for a value that takes %d"
              .formatted(run.pgno(), PageHeader.pages(value.segment, start), runPages));
      return;
    }
    NodeCheck.checkZero(
        value.segment,
        start + PageHeader.FLAGS,
        start + PageHeader.PAGES,
        () -> report("page " + run.pgno() + ": a run with cells or flags"));
    NodeCheck.checkZero(
        value.segment,
        value.offset + value.length,
        start + runPages * pages.pageSize(),
        () -> report("page " + run.pgno() + ": bytes after the value are not zero"));
  }

  private void visitBranch(
      MemorySegment page,
      long base,
      long birth,
      int levelsBelow,
      byte @Nullable [] low,
      byte @Nullable [] high) {
    long word = tree.branches.header(page, base);
    int count = count(word);
    tree.branches.checkCounts(page, base, word, tree.counted, levelsBelow);
    nodes.checkBranch(page, base, word, low, high);
    byte[] from = low;
    for (int i = 0; i < count; i++) {
      long before = found;
      byte[] to = high;
      if (i + 1 < count) {
        tree.branches.separator(page, base, count, i + 1, key);
        to = key.toArray();
      }
      visit(
          tree.branches.childPgno(page, base, count, i),
          tree.branches.childBirth(page, base, count, i),
          birth,
          levelsBelow - 1,
          from,
          to);
      from = to;
      if (tree.counted && tree.branches.entries(page, base, word, i) != found - before) {
        report(
            "page %d: child %d has %d entries and is said to have %d"
                .formatted(
                    PageHeader.pgno(page, base),
                    i,
                    found - before,
                    tree.branches.entries(page, base, word, i)));
      }
    }
  }

  private void compareCounts() {
    compare("entries", root.entries(), found);
    compare("branch pages", root.branchPages(), branchPages);
    compare("leaf pages", root.leafPages(), leafPages);
    compare("overflow pages", root.overflowPages(), overflowPages);
  }

  private void compare(String what, long recorded, long counted) {
    if (recorded != counted) {
      report(
          "the tree at page %d records %d %s and has %d"
              .formatted(root.pgno(), recorded, what, counted));
    }
  }
}
