package dev.pando.cli;

import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.SnapshotEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What each page of one commit is used for. A first pass goes through the trees and keeps the owner
 * of each page, in 4 bytes; a second one reads the headers of the pages in their order.
 */
final class PageUse {
  /**
   * A page or run, or free pages that follow each other.
   *
   * @param pages how many
   * @param items cells; 0 of pages that have none
   * @param fill of a node, in percent; -1 of others
   * @param birth 0 of free and of damaged pages
   * @param owner the table; in parentheses what else uses it, because a table may have any name
   */
  record Use(long pgno, long pages, String type, int items, int fill, long birth, String owner) {}

  /** Sees the uses in the order of the file. */
  interface Visitor {
    /** Returns whether it is to be called again. */
    boolean use(Use use) throws IOException;
  }

  // What a page is: the lowest bits of its mark. The others are its owner.
  private static final int NODE = 0;
  private static final int RUN = 1;

  /** A page after the first of a node or a run. */
  private static final int MORE = 2;

  private static final int DAMAGED = 3;
  private static final int LOG = 4;
  private static final int KIND_BITS = 3;

  private final RawPages pages;
  private final Meta meta;
  private final Consumer<String> lost;
  private final PageMarks marks;

  /** The mark of a page has the index of its owner, plus 1. */
  private final List<String> owners = new ArrayList<>();

  /** Owners from this index on are named snapshots. */
  private int firstSnapshot = Integer.MAX_VALUE;

  private long lostParts;

  private PageUse(RawPages pages, Meta meta, Consumer<String> lost) {
    this.pages = pages;
    this.meta = meta;
    this.lost = lost;
    this.marks = new PageMarks(Math.min(meta.pageCount(), pages.pageCount()));
  }

  /**
   * Finds the owners of all pages below the page count.
   *
   * @param lost takes a message for each damaged part; what is below it is not known
   */
  static PageUse of(RawPages pages, Meta meta, Consumer<String> lost) throws IOException {
    PageUse use = new PageUse(pages, meta, lost);
    use.find();
    return use;
  }

  /** How many parts are damaged. */
  long lostParts() {
    return lostParts;
  }

  private void lose(String what) {
    lostParts++;
    lost.accept(what);
  }

  // ---- the trees

  private void find() throws IOException {
    FileWalk walk = FileWalk.of(pages, meta);
    walk.lost().forEach(this::lose);
    walk("(catalog)", meta.catalog());
    walk("(free tree)", meta.freeTree());
    for (FileWalk.Found tree : walk.trees()) {
      walk(owner(tree), tree.entry().root());
    }
    if (meta.log().exists()) {
      owners.add("(commit log)");
      markRun(meta.log().pgno(), meta.log().pages(), LOG);
    }
    firstSnapshot = owners.size();
    for (SnapshotEntry snapshot : walk.snapshots()) {
      hold("(snapshot " + snapshot.name() + ")", snapshot.meta());
    }
  }

  private static String owner(FileWalk.Found tree) {
    if (tree.isIndex()) {
      return "(" + tree.name() + ")";
    }
    return tree.name().startsWith("(") ? "table " + tree.name() : tree.name();
  }

  /** The pages that a snapshot shows, and no newer commit. */
  private void hold(String owner, Meta of) throws IOException {
    FileWalk walk = FileWalk.of(pages, of);
    walk.lost().forEach(each -> lose(owner + ": " + each));
    walk(owner, of.catalog());
    for (FileWalk.Found tree : walk.trees()) {
      walk(owner, tree.entry().root());
    }
  }

  private int mark(int kind) {
    return owners.size() << KIND_BITS | kind;
  }

  private boolean isInFile(long pgno) {
    return pgno >= PageHeader.FIRST_PGNO && pgno < marks.pageCount();
  }

  private void markMore(long pgno, long length) {
    for (long at = pgno + 1; at < Math.min(pgno + length, marks.pageCount()); at++) {
      boolean _ = marks.set(at, mark(MORE));
    }
  }

  private void markRun(long pgno, long length, int kind) {
    if (isInFile(pgno) && marks.set(pgno, mark(kind))) {
      markMore(pgno, length);
    }
  }

  private void walk(String owner, TreeRoot root) throws IOException {
    if (owners.isEmpty() || !owners.getLast().equals(owner)) {
      owners.add(owner);
    }
    TreeWalk.walk(
        pages,
        root,
        new TreeWalk.Visitor() {
          // What is seen already is in a newer commit, with all that is below it.
          @Override
          public boolean enters(long pgno) {
            return !isInFile(pgno) || marks.set(pgno, mark(NODE));
          }

          @Override
          public void node(Node node, int level) {
            markMore(node.head().at(), node.head().pages());
          }

          @Override
          public void entry(Node.Cell entry) throws IOException {
            if (entry.value() == null) {
              run(owner, entry);
            }
          }

          @Override
          public void lost(long pgno, int level) {
            lose("%s: page %d, level %d, is damaged".formatted(owner, pgno, level));
            int before = isInFile(pgno) ? marks.get(pgno) : -1;
            if (before == 0 || before == mark(NODE)) { // of no other tree
              marks.put(pgno, mark(DAMAGED));
            }
          }
        });
  }

  private void run(String owner, Node.Cell entry) throws IOException {
    long size = PageHeader.SIZE + entry.length();
    long length = (size + pages.pageSize() - 1) / pages.pageSize();
    boolean there = isInFile(entry.pgno());
    if (!there || length > meta.pageCount() - entry.pgno()) {
      lose("%s: a run at page %d is beyond the file".formatted(owner, entry.pgno()));
      return;
    }
    if (marks.get(entry.pgno()) != 0) {
      return;
    }
    RawPages.Head head = pages.head(entry.pgno());
    boolean sound = head.sound() && head.birth() == entry.birth();
    if (!sound) {
      lose("%s: page %d, a run of a value, is damaged".formatted(owner, entry.pgno()));
    }
    markRun(entry.pgno(), length, sound ? RUN : DAMAGED);
  }

  // ---- the pages

  /** Visits all pages below the page count, each once. */
  void forEach(Visitor visitor) throws IOException {
    long pgno = 0;
    boolean goesOn = true;
    while (goesOn && pgno < PageHeader.META_SLOTS) {
      goesOn =
          visitor.use(
              new Use(pgno, 1, "meta", 0, -1, pages.unverified(pgno).birth(), "(meta slot)"));
      pgno++;
    }
    while (goesOn && pgno < meta.pageCount()) {
      Use use = use(pgno);
      goesOn = visitor.use(use);
      pgno += use.pages;
    }
  }

  private Use use(long pgno) throws IOException {
    int mark = pgno < marks.pageCount() ? marks.get(pgno) : 0;
    if (mark == 0) { // free, or only an open reader of an older commit shows it
      String owner = lostParts == 0 ? "" : "perhaps of a damaged tree";
      return new Use(pgno, lengthOf(pgno, 0), "free", 0, -1, 0, owner);
    }
    int index = (mark >> KIND_BITS) - 1;
    String owner = owners.get(index);
    int more = mark >> KIND_BITS << KIND_BITS | MORE;
    long length = lengthOf(pgno, more);
    boolean isHeld = index >= firstSnapshot;
    return switch (mark & (1 << KIND_BITS) - 1) {
      case NODE -> node(pgno, length, isHeld, owner);
      case RUN, MORE -> {
        String type = isHeld ? "held" : "overflow";
        yield new Use(pgno, length, type, 0, -1, pages.unverified(pgno).birth(), owner);
      }
      case DAMAGED -> new Use(pgno, length, "damaged", 0, -1, 0, owner);
      case LOG -> new Use(pgno, length, "log", 0, -1, 0, owner);
      default -> throw new AssertionError("mark " + mark);
    };
  }

  /**
   * How many pages from one on are the same use: those after the first have a mark of their own.
   */
  private long lengthOf(long pgno, int more) {
    long end = pgno + 1;
    while (end < marks.pageCount() && marks.get(end) == more) {
      end++;
    }
    boolean isToEnd = more == 0 && end >= marks.pageCount(); // the file may be too short
    return (isToEnd ? meta.pageCount() : end) - pgno;
  }

  private Use node(long pgno, long length, boolean isHeld, String owner) throws IOException {
    RawPages.Head head = pages.unverified(pgno);
    int fill = (int) Math.round(Node.fill(head, length * pages.pageSize()) * 100);
    String type = isHeld ? "held" : head.typeName();
    return new Use(pgno, length, type, head.count(), fill, head.birth(), owner);
  }
}
