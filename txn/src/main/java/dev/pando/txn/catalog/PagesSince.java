package dev.pando.txn.catalog;

import dev.pando.btree.NewPages;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.space.PageSet;

/**
 * Finds the pages of a commit and of its named snapshots that were written after an older commit.
 * It descends from their roots to newer pages only. A page that is as old as that commit was in use
 * then, or in a named snapshot of then: nothing else puts a page back into use.
 */
public final class PagesSince {
  private final PageReader pages;
  private final long since;
  private final long pageCount;
  private final PageSet found = new PageSet(0);

  private PagesSince(PageReader pages, long since, long pageCount) {
    this.pages = pages;
    this.since = since;
    this.pageCount = pageCount;
  }

  /**
   * Returns the pages. All of these snapshots are pinned meanwhile.
   *
   * @param since a commit that this one is based on
   */
  public static PageSet of(CatalogSnapshot commit, long since) {
    Meta meta = commit.meta();
    PagesSince search = new PagesSince(commit.map(), since, meta.pageCount());
    search.visit(meta);
    for (SnapshotEntry entry : commit.named().entries()) {
      search.visit(entry.meta());
    }
    return search.found;
  }

  private void visit(Meta meta) {
    NewPages.visit(
        pages, meta.catalog(), since, this::note, (key, value) -> visitEntry(meta, key, value));
    NewPages.visit(pages, meta.freeTree(), since, this::note, null);
  }

  /**
   * An entry of the catalog. Named snapshots are visited apart: a catalog may name dropped ones.
   */
  private void visitEntry(Meta meta, Slice key, Slice value) {
    if (CatalogKey.of(pages.name(), key) == CatalogKey.TABLE) {
      String name = CatalogEntry.name(pages.name(), key);
      TreeRoot root =
          CatalogEntry.decode(pages.name(), name, value, meta.pageCount(), meta.txnId()).root();
      NewPages.visit(pages, root, since, this::note, null);
    }
  }

  private boolean note(long pgno, long length) {
    if (pgno < PageHeader.FIRST_PGNO || length < 1 || length > pageCount - pgno) {
      throw new CorruptFileException(
          pages.name(),
          pgno,
          "pages %d to %d are in use, allowed: %d to %d"
              .formatted(pgno, pgno + length - 1, PageHeader.FIRST_PGNO, pageCount - 1));
    }
    return found.addRun(pgno, length) > 0;
  }
}
