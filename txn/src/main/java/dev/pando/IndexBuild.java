package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Source;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Creates and builds an index in a write transaction, a part of its table at a time: reads rows,
 * sorts the entries that they give, and adds those. The table's record names the last row that is
 * built, so another transaction goes on from there. Meanwhile a write of a row up to that one keeps
 * the index, and a write of a later row leaves it to the build.
 */
final class IndexBuild<I, K, V> {
  /** Bytes of the entries of one part, with those that an entry takes in memory. */
  private static final long MOST_BYTES = 8 << 20;

  /** Bytes that an entry takes in memory besides its key and the row's. */
  private static final int ENTRY_BYTES = 64;

  /** An entry to add, and the key of its row. */
  private static final class Made {
    final byte[] indexKey;
    final byte[] key;

    Made(byte[] indexKey, byte[] key) {
      this.indexKey = indexKey;
      this.key = key;
    }
  }

  private final TreeWrites writes;
  private final Index<I, K, V> index;
  private final String table;
  private final Slice key = new Slice();
  private final Slice value = new Slice();
  private final Source source = new Source();

  IndexBuild(TreeWrites writes, Index<I, K, V> index) {
    this.writes = writes;
    this.index = index;
    this.table = index.table().name();
  }

  /**
   * Refuses a table that is about to be created if the record of its registered indexes would be
   * too long.
   */
  static void checkFor(TreeWrites writes, Table<?, ?> missing) {
    checkAll(writes, missing.name(), registered(writes, missing));
  }

  /** Refuses indexes whose record would be too long. */
  static void checkAll(TreeWrites writes, String table, List<Index<?, ?, ?>> indexes) {
    List<IndexRecord> all = new ArrayList<>();
    for (Index<?, ?, ?> index : indexes) {
      all.add(index.record(1));
    }
    writes.catalog.checkIndexes(table, all);
  }

  /** Creates the registered indexes of a table that was just created. */
  static void createFor(TreeWrites writes, Table<?, ?> created) {
    createAll(writes, registered(writes, created));
  }

  /** Creates indexes of a table without entries. */
  static void createAll(TreeWrites writes, List<Index<?, ?, ?>> indexes) {
    for (Index<?, ?, ?> index : indexes) {
      new IndexBuild<>(writes, index).createEmpty().set(IndexRecord::ready);
    }
  }

  private static List<Index<?, ?, ?>> registered(TreeWrites writes, Table<?, ?> table) {
    List<Index<?, ?, ?>> fitting = new ArrayList<>();
    for (Index<?, ?, ?> index : writes.registered.of(table.name())) {
      if (index.isOf(table)) {
        fitting.add(index);
      }
    }
    return fitting;
  }

  /** The record of the index; null if there is none. Refuses that of another index. */
  @Nullable IndexRecord record() {
    CatalogEntry entry = writes.catalog.entryNow(table);
    IndexRecord record = entry == null ? null : entry.index(index.name());
    if (record != null) {
      index.check(record);
    }
    return record;
  }

  /** Adds an index without entries to the record of its table. */
  IndexBuild<I, K, V> createEmpty() {
    writes.record.incomplete();
    IndexRecord record = index.record(writes.catalog.nextSerial());
    Table<?, ?> tree = index.tree(record);
    List<IndexRecord> all = new ArrayList<>(entry().indexes());
    all.add(record);
    writes.catalog.setIndexes(table, all);
    TreeWriter _ = writes.catalog.create(tree.name(), tree.keyId(), tree.valueId());
    writes.tx.forgetTable();
    return this;
  }

  private CatalogEntry entry() {
    return Objects.requireNonNull(writes.catalog.entryNow(table), table);
  }

  private interface Next {
    IndexRecord of(IndexRecord record);
  }

  private void set(Next next) {
    writes.record.incomplete();
    List<IndexRecord> all = new ArrayList<>();
    for (IndexRecord each : entry().indexes()) {
      all.add(each.name().equals(index.name()) ? next.of(each) : each);
    }
    writes.catalog.setIndexes(table, all);
    writes.tx.forgetTable();
  }

  /** Removes the index; false if there is none. */
  boolean drop() {
    CatalogEntry entry = writes.catalog.entryNow(table);
    IndexRecord record = entry == null ? null : entry.index(index.name());
    if (entry == null || record == null) {
      return false;
    }
    writes.record.incomplete();
    List<IndexRecord> others = new ArrayList<>(entry.indexes());
    boolean _ = others.remove(record);
    writes.catalog.setIndexes(table, others);
    boolean _ = writes.catalog.drop(record.tree());
    writes.tx.forgetTable();
    return true;
  }

  /**
   * Builds the next part.
   *
   * @return how many rows it has read; less than 0 if nothing is left to build
   */
  long step() {
    IndexRecord record = record();
    if (record == null || !record.building()) {
      return -1;
    }
    Tree rows = Objects.requireNonNull(writes.catalog.find(table));
    KeptIndex<I, K, V> kept = new KeptIndex<>(writes, index, record);
    List<Made> made = new ArrayList<>();
    byte[] last = null;
    long read = 0;
    long bytes = 0;
    try (Cursor cursor = rows.cursor()) {
      boolean there = begin(cursor, record.builtKey());
      while (there && bytes < MOST_BYTES) {
        cursor.entry(key, value);
        last = key.toArray();
        for (byte[] indexKey : kept.keysOf(row(), last)) {
          made.add(new Made(indexKey, last));
          bytes += ENTRY_BYTES + indexKey.length + last.length;
        }
        bytes += Long.BYTES;
        read++;
        there = cursor.next();
      }
      byte[] end = there ? last : null;
      add(kept, made);
      set(each -> end == null ? each.ready() : each.builtTo(end));
    }
    return read;
  }

  private static boolean begin(Cursor cursor, byte @Nullable [] built) {
    if (built == null) {
      return cursor.first();
    }
    KeyBuffer from = new KeyBuffer(Math.max(built.length, 1));
    from.set(built);
    return RawPosition.seekHigher(cursor, from);
  }

  private V row() {
    source.reset(value.segment, value.offset, value.length);
    writes.refuseCalls(true);
    try {
      return index.table().valueCodec().decode(source);
    } finally {
      writes.refuseCalls(false);
    }
  }

  private void add(KeptIndex<I, K, V> kept, List<Made> made) {
    made.sort((a, b) -> Arrays.compareUnsigned(a.indexKey, b.indexKey));
    for (Made each : made) {
      kept.add(each.indexKey, each.key);
    }
  }
}
