package dev.pando.cli;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A quick look at a commit: the meta slots, the catalog, and the page at the root of each tree. It
 * reads a page or two for each table, however large the file is.
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

  /** Looks at a commit. */
  static MetaCheck of(RawPages pages, Meta meta) throws IOException {
    MetaCheck check = new MetaCheck(pages, meta);
    check.slots();
    check.root("catalog", meta.catalog());
    check.root("free tree", meta.freeTree());
    FileWalk walk = FileWalk.of(pages, meta);
    check.problems.addAll(walk.lost());
    for (FileWalk.Found tree : walk.trees()) {
      check.root(tree.isIndex() ? tree.name() : "table " + tree.name(), tree.entry().root());
    }
    return check;
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
