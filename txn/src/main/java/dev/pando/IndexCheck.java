package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.TableNames;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares the indexes of a commit with their tables. With the function of an index it computes the
 * keys of each row, and looks for them; if the index has more entries than that, it looks for their
 * rows. Without it, it compares the numbers of entries and rows, if each row has one entry.
 */
final class IndexCheck {
  /** The most problems that are listed for an index. */
  private static final int MOST_PROBLEMS = 20;

  private final ReadTxn tx;
  private final RegisteredIndexes registered;
  private final List<String> problems;
  private final List<String> notes;
  private final Set<String> trees = new HashSet<>();

  IndexCheck(ReadTxn tx, RegisteredIndexes registered, List<String> problems, List<String> notes) {
    this.tx = tx;
    this.registered = registered;
    this.problems = problems;
    this.notes = notes;
  }

  /** Compares all indexes. */
  void run() {
    Tree catalog = tx.snapshot().catalog();
    String file = tx.snapshot().map().name();
    for (String table : TableNames.ofTables(catalog, file)) {
      CatalogEntry entry = tx.catalogEntry(table);
      if (entry != null) {
        for (IndexRecord record : entry.indexes()) {
          String what = "index %s of table %s".formatted(record.name(), table);
          try {
            check(what, table, entry, record);
          } catch (CorruptFileException | IllegalArgumentException e) {
            problems.add(what + ": " + e.getMessage());
          }
        }
      }
    }
    for (String tree : TableNames.ofTrees(catalog, file)) {
      boolean isIndex = TableNames.isInternal(tree) && !TableNames.isFeedTree(tree);
      if (isIndex && !trees.contains(tree)) {
        problems.add(TableNames.described(tree) + " belongs to no table");
      }
    }
  }

  private void check(String what, String table, CatalogEntry entry, IndexRecord record) {
    if (!trees.add(record.tree())) {
      problems.add(what + " has the tree of another index");
      return;
    }
    CatalogEntry tree = tx.catalogEntry(record.tree());
    if (tree == null) {
      problems.add(what + " has no tree");
      return;
    }
    long rows = entry.root().entries();
    long entries = tree.root().entries();
    Index<?, ?, ?> index = registered.find(table, record.name());
    if (record.building()) {
      notes.add(what + " is being built, and was not compared with the rows");
    } else if (index != null && !reads(index)) {
      notes.add(what + " is registered with other codecs, and was not compared with the rows");
    } else if (index != null) {
      index.check(record);
      new Comparison<>(what, index, record).run();
    } else if (record.total()) {
      notes.add(what + " is not registered: only the numbers of entries and rows were compared");
      if (rows != entries) {
        problems.add("%s has %d entries, the table %d rows".formatted(what, entries, rows));
      }
    } else {
      notes.add(what + " is not registered, and was not compared with the rows");
    }
  }

  /** Whether the table has the codecs of an index's description, or such as they read. */
  private boolean reads(Index<?, ?, ?> index) {
    try {
      Tree _ = tx.findTree(index.table());
      return true;
    } catch (IllegalArgumentException e) { // it is to be converted
      return false;
    }
  }

  /** Compares one index whose function is known. */
  private final class Comparison<I, K, V> {
    private final String what;
    private final Index<I, K, V> index;
    private final Tree rows;
    private final Tree entries;
    private final KeyBuffer wanted;
    private final int most;
    private final Slice key = new Slice();
    private final Slice value = new Slice();
    private final Slice found = new Slice();
    private final Source source = new Source();
    private final Sink sink = new Sink();
    private int told;

    Comparison(String what, Index<I, K, V> index, IndexRecord record) {
      this.what = what;
      this.index = index;
      this.rows = tx.findTree(index.table());
      this.entries = tx.findTree(index.tree(record));
      this.most = Tree.maxKey(tx.snapshot().map().pageSize());
      this.wanted = new KeyBuffer(most + 1);
    }

    private void problem(String text) {
      if (told++ < MOST_PROBLEMS) {
        problems.add(what + ": " + text);
      }
    }

    void run() {
      long there = 0;
      try (Cursor cursor = rows.cursor()) {
        for (boolean more = cursor.first(); more; more = cursor.next()) {
          cursor.entry(key, value);
          byte[] row = key.toArray();
          for (byte[] indexKey : keys(row, value)) {
            there += has(indexKey, row) ? 1 : 0;
          }
        }
      }
      if (there != entries.entries()) {
        findStrays();
      }
      if (told > MOST_PROBLEMS) {
        problems.add(what + ": and " + (told - MOST_PROBLEMS) + " more");
      }
    }

    private List<byte[]> keys(byte[] row, Slice content) {
      source.reset(content.segment, content.offset, content.length);
      V decoded = index.table().valueCodec().decode(source);
      return index.encode(decoded, MemorySegment.ofArray(row), 0, row.length, sink, most);
    }

    private boolean has(byte[] indexKey, byte[] row) {
      wanted.set(indexKey);
      boolean there = entries.get(wanted, found);
      if (!there || (index.isUnique() && !Arrays.equals(found.toArray(), row))) {
        problem(
            "the row %s has the key %s, and the index %s"
                .formatted(
                    rowKey(row), indexKey(indexKey), there ? "has another row" : "does not"));
        return false;
      }
      return true;
    }

    private void findStrays() {
      try (Cursor cursor = entries.cursor()) {
        for (boolean more = cursor.first(); more; more = cursor.next()) {
          cursor.entry(key, value);
          byte[] indexKey = key.toArray();
          byte[] row = index.isUnique() ? value.toArray() : rowOf(indexKey);
          wanted.setStart(row);
          if (!rows.get(wanted, found) || !contains(keys(row, found), indexKey)) {
            problem(
                "it has the key %s for the row %s, which does not have it"
                    .formatted(indexKey(indexKey), rowKey(row)));
          }
        }
      }
    }

    private static boolean contains(List<byte[]> keys, byte[] key) {
      return keys.stream().anyMatch(each -> Arrays.equals(each, key));
    }

    /** The row's key, which follows the index's key. */
    private byte[] rowOf(byte[] indexKey) {
      Source parts = Index.source(indexKey);
      Object _ = index.keyCodec().decodeNested(parts);
      int length = (int) parts.remaining();
      return Arrays.copyOfRange(indexKey, indexKey.length - length, indexKey.length);
    }

    private Object rowKey(byte[] row) {
      return index.table().keyCodec().decode(Index.source(row));
    }

    private Object indexKey(byte[] bytes) {
      Source parts = Index.source(bytes);
      return index.isUnique()
          ? index.keyCodec().decode(parts)
          : index.keyCodec().decodeNested(parts);
    }
  }
}
