package dev.pando;

import dev.pando.btree.Tree;
import dev.pando.btree.TreePages;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.HeldSearch;
import dev.pando.txn.space.RunList;
import java.util.List;

/**
 * Makes the tables of a named snapshot those of a write transaction that has changed nothing yet.
 * No page of them is copied or read: the catalog names their roots again, and the lists of free
 * pages show which pages they are. Each page of a commit is free, or belongs to a table, to the
 * catalog or to the free tree. So the pages of its tables are those that were not free, without
 * those of the two trees, which are small, and without those of feeds. Walking the tables would
 * read all their branches, and their leaves if there are long values.
 */
final class Restoration {
  private final Snapshot base;
  private final Snapshot restored;

  Restoration(Snapshot base, Meta restored) {
    this.base = base;
    this.restored = new Snapshot(restored, base.map());
  }

  /** Changes the tables and the free pages of the transaction. */
  void run(Catalog catalog, FreeSpace free) {
    long[] now = pagesOfTables(base.meta());
    long[] then = pagesOfTables(restored.meta());
    RunList back = new RunList();
    RunList gone = new RunList();
    for (int i = 0; i < now.length; i++) { // both have a bit for each page of the base
      back.addWord(i, then[i] & ~now[i]);
      gone.addWord(i, now[i] & ~then[i]);
    }
    free.restore(back, gone);
    catalog.restoreTables(restored);
  }

  /** The pages of a commit's tables, and the meta slots, 64 in a word. */
  private long[] pagesOfTables(Meta meta) {
    long[] pages = HeldSearch.pagesSeen(base, List.of(meta), new long[0]);
    long seen = 0;
    for (long word : pages) {
      seen += Long.bitCount(word);
    }
    long used = meta.pageCount() - meta.freePages();
    if (seen != used) {
      throw new CorruptFileException(
          base.map().name(),
          -1,
          "transaction %d used %d pages, but only %d of them are in the file of %d"
              .formatted(meta.txnId(), used, seen, base.meta().pageCount()));
    }
    remove(meta, meta.catalog(), pages);
    remove(meta, meta.freeTree(), pages);
    removeFeeds(meta, pages);
    return pages;
  }

  /** A feed goes on: its tree stays what it is now. */
  private void removeFeeds(Meta meta, long[] pages) {
    CatalogSnapshot commit = new CatalogSnapshot(meta, base.map());
    for (String feed : TableNames.ofFeeds(commit.catalog(), base.map().name())) {
      CatalogEntry entry = commit.entry(TableNames.feedTree(feed));
      if (entry != null) {
        remove(meta, entry.root(), pages);
      }
    }
  }

  /** Takes the pages of a tree out of those of a commit. */
  private void remove(Meta meta, TreeRoot root, long[] pages) {
    TreePages.visit(
        new Tree(base.map(), root),
        (pgno, _, length, _) -> {
          for (long page = pgno; page < pgno + length; page++) {
            int word = (int) (page >>> 6);
            if (word >= pages.length || (pages[word] & 1L << page) == 0) {
              throw new CorruptFileException(
                  base.map().name(),
                  page,
                  "the page is in the catalog, the free tree or a feed of transaction %d, and free or there twice"
                      .formatted(meta.txnId()));
            }
            pages[word] &= ~(1L << page);
          }
        });
  }
}
