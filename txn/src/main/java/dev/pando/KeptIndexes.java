package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.CodecException;
import dev.pando.codec.Source;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.TableIndexes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of a table in a write transaction. Each change of a row goes through it. It first
 * computes the keys of all indexes, and looks up those of unique ones; so a function that throws,
 * and a key that is there, leave everything as it was. Then it changes the table and the indexes.
 *
 * <p>It is kept at the tree of the table; see {@link TableIndexes}.
 */
final class KeptIndexes<K, V> {
  private final TreeWrites writes;
  private final TreeWriter tree;
  private final Table<K, V> table;
  private final List<KeptIndex<?, K, V>> indexes;
  private final Slice found = new Slice();
  private final Source source = new Source();

  private KeptIndexes(
      TreeWrites writes, TreeWriter tree, Table<K, V> table, List<KeptIndex<?, K, V>> indexes) {
    this.writes = writes;
    this.tree = tree;
    this.table = table;
    this.indexes = indexes;
  }

  /**
   * Those of a tree that has some.
   *
   * @throws IndexNotRegisteredException if the program has not registered one of them
   * @throws IllegalArgumentException if another one of its name is registered
   */
  static KeptIndexes<?, ?> of(TreeWrites writes, TreeWriter tree) {
    TableIndexes all = (TableIndexes) tree.attachment();
    if (all == null) {
      throw new AssertionError("no indexes");
    }
    if (all.keeper() instanceof KeptIndexes<?, ?> known && known.writes == writes) {
      return known;
    }
    KeptIndexes<?, ?> kept = bind(writes, tree, all);
    all.keptBy(kept);
    return kept;
  }

  /**
   * Refuses a description of a table that is not that of its registered indexes.
   *
   * @throws IndexNotRegisteredException if the program has not registered one of them
   * @throws IllegalArgumentException if one is registered with other codecs
   */
  static void check(TreeWrites writes, TreeWriter tree, Table<?, ?> table) {
    TableIndexes all = (TableIndexes) tree.attachment();
    if (all == null) {
      return;
    }
    for (Index<?, ?, ?> index : registered(writes, all)) {
      if (!index.isOf(table)) {
        writes.record.nothing();
        checkSame(index, table);
      }
    }
  }

  private static KeptIndexes<?, ?> bind(TreeWrites writes, TreeWriter tree, TableIndexes all) {
    List<Index<?, ?, ?>> registered = registered(writes, all);
    return bind(writes, tree, registered.getFirst().table(), all.records(), registered);
  }

  private static List<Index<?, ?, ?>> registered(TreeWrites writes, TableIndexes all) {
    List<Index<?, ?, ?>> registered = new ArrayList<>();
    for (IndexRecord record : all.records()) {
      Index<?, ?, ?> index = writes.registered.find(all.table(), record.name());
      if (index == null) {
        writes.record.nothing();
        throw new IndexNotRegisteredException(all.table(), record.name());
      }
      registered.add(index);
    }
    return registered;
  }

  @SuppressWarnings("unchecked") // the descriptions are of one table, as its codecs show
  private static <K, V> KeptIndexes<K, V> bind(
      TreeWrites writes,
      TreeWriter tree,
      Table<K, V> table,
      List<IndexRecord> records,
      List<Index<?, ?, ?>> registered) {
    List<KeptIndex<?, K, V>> kept = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      Index<?, K, V> index = (Index<?, K, V>) registered.get(i);
      TreeWriter _ = writes.catalog.find(table.name(), index.table().used());
      checkSame(index, table);
      kept.add(new KeptIndex<>(writes, index, records.get(i)));
    }
    return new KeptIndexes<>(writes, tree, table, kept);
  }

  /** A row is decoded once for all indexes. */
  private static void checkSame(Index<?, ?, ?> index, Table<?, ?> table) {
    if (!index.isOf(table)) {
      throw new IllegalArgumentException(
          "table %s: index %s is registered with the codecs of %s, and another index with those of %s; register all with one description of the table"
              .formatted(table.name(), index.name(), index.table(), table));
    }
  }

  /**
   * Stores a row, and keeps the indexes. Functions see what its bytes are read as, as they do when
   * the row is removed: a codec may read another value than the one it wrote.
   *
   * @return whether the key is new
   */
  boolean put(KeyBuffer key, MemorySegment value, long at, long length) {
    plan(key, value, at, length);
    boolean isNew = writes.put(tree, key, value, at, length);
    change(key);
    return isNew;
  }

  /** Stores a row whose key is greater than all others. */
  void append(KeyBuffer key, MemorySegment value, long at, long length) {
    plan(key, value, at, length);
    writes.append(tree, table.name(), key, value, at, length);
    change(key);
  }

  /** Removes a row; false if it is not there. */
  boolean delete(KeyBuffer key) {
    return inPlan(() -> planRemoval(key)) && removeNow(key);
  }

  private boolean removeNow(KeyBuffer key) {
    boolean there = writes.delete(tree, key);
    change(key);
    return there;
  }

  private void plan(KeyBuffer key, MemorySegment value, long at, long length) {
    boolean _ =
        inPlan(
            () -> {
              V after = decode(value, at, length);
              V before = rowNow(key);
              writes.refuseCalls(true);
              for (KeptIndex<?, K, V> index : indexes) {
                index.plan(key, before, after);
              }
              for (KeptIndex<?, K, V> index : indexes) {
                index.check(key);
              }
              return true;
            });
  }

  private boolean planRemoval(KeyBuffer key) {
    V before = rowNow(key);
    if (before == null) {
      writes.record.nothing();
      return false;
    }
    writes.refuseCalls(true);
    for (KeptIndex<?, K, V> index : indexes) {
      index.plan(key, before, null);
    }
    return true;
  }

  private interface Plan {
    boolean make();
  }

  /** Runs what changes nothing; if it fails, the change that has begun is none. */
  private boolean inPlan(Plan plan) {
    try {
      return plan.make();
    } catch (Throwable e) {
      writes.record.nothing();
      throw writes.tx.explained(e);
    } finally {
      writes.refuseCalls(false);
    }
  }

  private @Nullable V rowNow(KeyBuffer key) {
    return tree.get(key, found) ? decode(found.segment, found.offset, found.length) : null;
  }

  private V decode(MemorySegment value, long at, long length) {
    long then = writes.tx.epoch();
    source.reset(value, at, length);
    V row;
    writes.decodingBegins();
    try {
      row = table.valueCodec().decode(source);
    } finally {
      writes.decodingEnds();
    }
    if (source.remaining() != 0) {
      throw CodecException.notAllRead(
          table.valueCodec().id(), "a value of table " + table.name(), source.remaining(), length);
    }
    writes.tx.checkEpochInCall(then);
    return row;
  }

  private void change(KeyBuffer key) {
    for (KeptIndex<?, K, V> index : indexes) {
      index.change(key);
    }
    writes.record.of(table.name()); // changes of the table may follow in the same call
  }
}
