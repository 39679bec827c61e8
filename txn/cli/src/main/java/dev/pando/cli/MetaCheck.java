package dev.pando.cli;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.SnapshotEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A quick look at a commit: the meta slots, the length of the file, the catalog, and the page at
 * the root of each tree, also of each named snapshot. It reads a page or two for each table,
 * however large the file is.
 */
final class MetaCheck {
  private final RawPages pages;
  private final Meta meta;
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int roots;

  private MetaCheck(RawPages pages, Meta meta) {
    this.pages = pages;
    this.meta = meta;
  }

  /**
   * Looks at a commit.
   *
   * @param known problems that opening the file has found
   */
  static MetaCheck of(RawPages pages, Meta meta, List<String> known) throws IOException {
    MetaCheck check = new MetaCheck(pages, meta);
    check.problems.addAll(known);
    check.slots();
    check.age();
    check.length();
    check.root("free tree", meta.freeTree());
    FileWalk walk = check.trees("", meta);
    for (SnapshotEntry snapshot : walk.snapshots()) {
      FileWalk _ = check.trees("snapshot " + snapshot.name() + ", ", snapshot.meta());
    }
    return check;
  }

  /** The catalog of a commit, and its tables. */
  private FileWalk trees(String where, Meta of) throws IOException {
    root(where + "catalog", of.catalog());
    FileWalk walk = FileWalk.of(pages, of);
    walk.lost().forEach(each -> problems.add(where + each));
    for (FileWalk.Found tree : walk.trees()) {
      String name = tree.isIndex() ? tree.name() : "table " + tree.name();
      root(where + name, tree.entry().root());
    }
    return walk;
  }

  /** The newest commit of the slots must be the same before and after the length is read. */
  private void length() throws IOException {
    Meta before = newest(pages.metasNow());
    Meta after = newest(pages.metasNow());
    if (before.txnId() == after.txnId() && pages.pageCount() < after.pageCount()) {
      problems.add(
          "the file has %d pages, allowed at least %d, which commit %d counts"
              .formatted(pages.pageCount(), after.pageCount(), after.txnId()));
    }
  }

  private Meta newest(List<Meta> metas) {
    return metas.stream().max(Comparator.comparingLong(Meta::txnId)).orElse(meta);
  }

  /** The exit code. */
  int code() {
    return problems.isEmpty() ? Fault.OK : Fault.FOUND;
  }

  private void slots() {
    for (MetaSlots.Valid slot : pages.slots().valid()) {
      if (!slot.meta().databaseId().equals(meta.databaseId())) {
        problems.add(
            "meta slot %d: database %s, allowed %s"
                .formatted(slot.slot(), slot.meta().databaseId(), meta.databaseId()));
      }
    }
    for (MetaSlots.Damaged slot : pages.slots().damaged()) { // as after a crash: two are left
      notes.add("meta slot %d: %s".formatted(slot.slot(), slot.reason()));
    }
  }

  private void age() throws IOException {
    long newest = newest(pages.metasNow()).txnId();
    if (meta.txnId() < newest) {
      notes.add(
          "commit %d is older than %d; newer commits may have used its pages again"
              .formatted(meta.txnId(), newest));
    }
  }

  private void root(String name, TreeRoot root) throws IOException {
    if (root.isEmpty()) {
      return;
    }
    roots++;
    if (root.pgno() < PageHeader.FIRST_PGNO || root.pgno() >= pages.pageCount()) {
      problems.add(
          "%s: its root is page %d, allowed %d to %d"
              .formatted(name, root.pgno(), PageHeader.FIRST_PGNO, pages.pageCount() - 1));
      return;
    }
    RawPages.Head head = pages.head(root.pgno());
    int type = root.depth() > 1 ? PageHeader.BRANCH : PageHeader.LEAF;
    if (!head.sound()) {
      problems.add(
          "%s: page %d, its root, is damaged: its number, its length or its checksum is wrong"
              .formatted(name, root.pgno()));
    } else if (head.type() != type || head.birth() != root.birth()) {
      problems.add(
          "%s: page %d, its root, is a %s of commit %d, allowed a %s of commit %d"
              .formatted(
                  name,
                  root.pgno(),
                  head.typeName(),
                  head.birth(),
                  type == PageHeader.BRANCH ? "branch" : "leaf",
                  root.birth()));
    }
  }

  /** As an object of JSON. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ok", problems.isEmpty());
    fields.put("commit", meta.txnId());
    fields.put("slots", pages.slots().valid().size());
    fields.put("roots", roots);
    fields.put("problems", problems);
    fields.put("notes", notes);
    return fields;
  }

  /** As lines. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d valid meta slots, %,d roots, commit %d; other pages were not read"
            .formatted(
                problems.isEmpty() ? "ok" : problems.size() + " problems",
                pages.slots().valid().size(),
                roots,
                meta.txnId()));
    problems.forEach(problem -> lines.add("  problem: " + Report.escaped(problem)));
    notes.forEach(note -> lines.add("  note: " + Report.escaped(note)));
    return lines;
  }
}
