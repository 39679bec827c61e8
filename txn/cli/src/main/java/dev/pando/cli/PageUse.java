package dev.pando.cli;

import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.SnapshotEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What each page of one commit is used for. */
final class PageUse {
  /**
   * A page or run, or free pages that follow each other.
   *
   * @param pages how many
   * @param items cells; 0 of pages that have none
   * @param fill of a node, in percent; -1 of others
   * @param birth 0 of free pages
   * @param owner the table; in parentheses what else uses it, because a table may have any name
   */
  record Use(long pgno, long pages, String type, int items, int fill, long birth, String owner) {}

  /** The type of pages that only a named snapshot shows. */
  private static final String HELD = "held";

  private final RawPages pages;
  private final Meta meta;
  private final List<Use> uses = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();
  private boolean isHeld;

  private PageUse(RawPages pages, Meta meta) {
    this.pages = pages;
    this.meta = meta;
  }

  /** Finds the use of all pages below the page count. */
  static PageUse of(RawPages pages, Meta meta) throws IOException {
    PageUse use = new PageUse(pages, meta);
    use.find();
    return use;
  }

  /** In the order of the file. */
  List<Use> uses() {
    return uses;
  }

  /** Pages that are damaged, so that what is below them is not known. */
  List<String> lost() {
    return lost;
  }

  private void find() throws IOException {
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      uses.add(new Use(slot, 1, "meta", 0, -1, pages.head(slot).birth(), "(meta slot)"));
    }
    if (meta.log().exists()) {
      uses.add(new Use(meta.log().pgno(), meta.log().pages(), "log", 0, -1, 0, "(commit log)"));
    }
    FileWalk walk = FileWalk.of(pages, meta);
    lost.addAll(walk.lost());
    walk("(catalog)", meta.catalog());
    walk("(free tree)", meta.freeTree());
    for (FileWalk.Found tree : walk.trees()) {
      walk(owner(tree), tree.entry().root());
    }
    for (SnapshotEntry snapshot : walk.snapshots()) {
      hold("(snapshot " + snapshot.name() + ")", snapshot.meta());
    }
    uses.sort((a, b) -> Long.compare(a.pgno(), b.pgno()));
    addFree();
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
    walk.lost().forEach(each -> lost.add(owner + ": " + each));
    isHeld = true;
    walk(owner, of.catalog());
    for (FileWalk.Found tree : walk.trees()) {
      walk(owner, tree.entry().root());
    }
    isHeld = false;
  }

  private void walk(String owner, TreeRoot root) throws IOException {
    TreeWalk.walk(
        pages,
        root,
        new TreeWalk.Visitor() {
          // What is seen already is in a newer commit, with all that is below it.
          @Override
          public boolean enters(long pgno) {
            return seen.add(pgno);
          }

          @Override
          public void node(Node node, int level) {
            uses.add(use(owner, node));
          }

          @Override
          public void entry(Node.Cell entry) throws IOException {
            if (entry.value() == null && seen.add(entry.pgno())) {
              run(owner, entry);
            }
          }

          @Override
          public void lost(long pgno, int level) {
            lost.add("%s: page %d, level %d, is damaged".formatted(owner, pgno, level));
            if (pgno >= PageHeader.FIRST_PGNO && pgno < meta.pageCount()) {
              uses.add(new Use(pgno, 1, "damaged", 0, -1, 0, owner));
            }
          }
        });
  }

  private Use use(String owner, Node node) {
    RawPages.Head head = node.head();
    int fill = (int) Math.round(node.fill() * 100);
    String type = isHeld ? HELD : head.typeName();
    return new Use(head.at(), head.pages(), type, head.count(), fill, head.birth(), owner);
  }

  private void run(String owner, Node.Cell entry) throws IOException {
    long size = PageHeader.SIZE + entry.length();
    long length = (size + pages.pageSize() - 1) / pages.pageSize();
    boolean there = entry.pgno() >= PageHeader.FIRST_PGNO && entry.pgno() < pages.pageCount();
    if (!there || length > meta.pageCount() - entry.pgno()) {
      lost.add("%s: a run at page %d is beyond the file".formatted(owner, entry.pgno()));
      return;
    }
    RawPages.Head head = pages.head(entry.pgno());
    boolean sound = head.sound() && head.birth() == entry.birth();
    if (!sound) {
      lost.add("%s: page %d, a run of a value, is damaged".formatted(owner, entry.pgno()));
    }
    String type = !sound ? "damaged" : isHeld ? HELD : "overflow";
    uses.add(new Use(entry.pgno(), length, type, 0, -1, entry.birth(), owner));
  }

  /** What no tree has is free, or only an open reader of an older commit shows it. */
  private void addFree() {
    List<Use> all = new ArrayList<>();
    long next = 0;
    for (Use use : uses) {
      if (use.pgno > next) {
        all.add(free(next, use.pgno - next));
      }
      all.add(use);
      next = Math.max(next, use.pgno + use.pages);
    }
    if (next < meta.pageCount()) {
      all.add(free(next, meta.pageCount() - next));
    }
    uses.clear();
    uses.addAll(all);
  }

  private Use free(long pgno, long length) {
    String owner = lost.isEmpty() ? "" : "perhaps of a damaged tree";
    return new Use(pgno, length, "free", 0, -1, 0, owner);
  }

  /**
   * The uses in parts of a number of pages each, for a picture of a large file: that which most
   * pages of a part have stands for all.
   */
  List<Use> inParts(long size) {
    if (size <= 1) {
      return uses;
    }
    List<Use> parts = new ArrayList<>();
    int at = 0;
    for (long from = 0; from < meta.pageCount(); from += size) {
      long to = Math.min(from + size, meta.pageCount());
      while (uses.get(at).pgno + uses.get(at).pages <= from) {
        at++;
      }
      Use most = uses.get(at);
      long mostPages = 0;
      for (int i = at; i < uses.size() && uses.get(i).pgno < to; i++) {
        Use use = uses.get(i);
        long inside = Math.min(to, use.pgno + use.pages) - Math.max(from, use.pgno);
        if (inside > mostPages) {
          mostPages = inside;
          most = use;
        }
      }
      parts.add(new Use(from, to - from, most.type, most.items, most.fill, most.birth, most.owner));
    }
    return parts;
  }

  /** How many nodes have a fill of up to 10 %, up to 20 %, and so on. */
  long[] fillHistogram() {
    long[] counts = new long[10];
    for (Use use : uses) {
      if (use.fill >= 0) {
        counts[Math.min(9, use.fill / 10)]++;
      }
    }
    return counts;
  }

  /** How many runs of free pages have 1 page, up to 2, up to 4, and so on. */
  long[] freeHistogram() {
    long[] counts = new long[Long.SIZE];
    int most = 0;
    for (Use use : uses) {
      if (use.type.equals("free")) {
        int power = Long.SIZE - Long.numberOfLeadingZeros(use.pages - 1);
        counts[power]++;
        most = Math.max(most, power + 1);
      }
    }
    return Arrays.copyOf(counts, most);
  }
}
