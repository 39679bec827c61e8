package dev.pando.crash;

import dev.pando.Batch;
import dev.pando.Entry;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of a database hold, by name: the one model of the tests that compare whole
 * states. Changes are made in a transaction and here, and demand that both give the same result; a
 * call of the transaction that throws changes nothing here. Copies share the values, which must not
 * be changed. Tables whose keys are pairs, such as multimaps, and a table with indexes are beside
 * the others, see {@link ExpectedPairs} and {@link ExpectedRows}. Not thread-safe.
 *
 * <p>Other expected states differ, and are apart:
 *
 * <ul>
 *   <li>{@link Model} adds the named snapshots.
 *   <li>{@link History} and {@code SoakRounds} keep nothing in memory. What they expect follows
 *       from a number in the database, so any process can verify what a killed one has left.
 *   <li>{@code State} of the damaged files holds keys and values as they were read, because these
 *       files have tables of all codecs.
 *   <li>Tests of one call, such as those of raw tables, codecs, iterators and compaction, compare
 *       one table with a {@link TreeMap} of their own types. The methods of the map are what they
 *       expect.
 *   <li>The model of btree has no tables and no transactions, and is in another module.
 * </ul>
 *
 * @param <K> the keys, whose order is that of their encoding
 */
public final class ExpectedTables<K extends Comparable<K>> {
  /** The table that is created as a counted one; tables of other names are not. */
  private static final String COUNTED = "two";

  private final Codec<K> keys;

  /** Names that tables got: whether each is counted. */
  private final Map<String, Boolean> kinds = new TreeMap<>();

  private final Map<String, TreeMap<K, byte[]>> tables = new TreeMap<>();
  private final Map<String, ExpectedPairs<?, ?>> pairs = new TreeMap<>();

  /** The table with indexes; null in programs that have none. */
  private @Nullable ExpectedRows rows;

  /** No tables, which would have keys of this codec. */
  public ExpectedTables(Codec<K> keys) {
    this.keys = keys;
  }

  /** The same, changed independently. */
  public ExpectedTables<K> copy() {
    ExpectedTables<K> copy = new ExpectedTables<>(keys);
    tables.forEach((name, entries) -> copy.tables.put(name, new TreeMap<>(entries)));
    copy.kinds.putAll(kinds);
    pairs.forEach((name, entries) -> copy.pairs.put(name, entries.copy()));
    copy.rows = rows == null ? null : rows.copy();
    return copy;
  }

  /** The table of a name, for transactions. */
  public Table<K, byte[]> table(String name) {
    Table<K, byte[]> table = Table.of(name, keys, Codec.bytes());
    return isCounted(name) ? table.counted() : table;
  }

  private boolean isCounted(String name) {
    return kinds.getOrDefault(name, name.equals(COUNTED));
  }

  /** Whether there is a table of this name. */
  public boolean has(String name) {
    return tables.containsKey(name);
  }

  /** The names of the tables, in order. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(tables.keySet());
    pairs.values().stream()
        .filter(ExpectedPairs::exists)
        .forEach(entries -> names.add(entries.table.name()));
    if (rows != null) {
      names.addAll(rows.names());
    }
    return names;
  }

  /** The rows of the table with indexes, whose methods change it in a transaction and here. */
  ExpectedRows rows() {
    ExpectedRows known = rows;
    if (known == null) {
      known = new ExpectedRows();
      rows = known;
    }
    return known;
  }

  /** The same with other rows of the table with indexes. */
  ExpectedTables<K> with(ExpectedRows others) {
    ExpectedTables<K> changed = copy();
    changed.rows = others;
    return changed;
  }

  /** The entries of a table of pairs, whose methods change it in a transaction and here. */
  @SuppressWarnings("unchecked") // a name is of one table
  <A extends Comparable<A>, P> ExpectedPairs<A, P> pairs(PairTable<A, P> table) {
    return (ExpectedPairs<A, P>)
        pairs.computeIfAbsent(table.name(), _ -> new ExpectedPairs<>(table));
  }

  /** The entries of a table, which is made if there is none. */
  public TreeMap<K, byte[]> entries(String name) {
    return tables.computeIfAbsent(name, _ -> new TreeMap<>());
  }

  /** The entries of a table; those of no table are a map of its own. */
  public TreeMap<K, byte[]> read(String name) {
    return tables.getOrDefault(name, new TreeMap<>());
  }

  // ---- changes in a transaction and here

  /** Puts an entry. */
  public void put(WriteTxn tx, String name, K key, byte[] value) {
    boolean isNew = tx.put(table(name), key, value);
    same("put " + key, name, isNew, entries(name).put(key, value) == null);
  }

  /** Deletes an entry, if there is one. */
  public void delete(WriteTxn tx, String name, K key) {
    boolean deleted = tx.delete(table(name), key);
    same("delete " + key, name, deleted, read(name).remove(key) != null);
  }

  /** Deletes the entries from one key, included, to another, excluded. */
  public void deleteRange(WriteTxn tx, String name, K from, K to) {
    long deleted = tx.deleteRange(table(name), Range.closedOpen(from, to));
    Map<K, byte[]> gone = read(name).subMap(from, to);
    if (deleted != gone.size()) {
      throw new AssertionError(
          "delete from %s to %s in table %s returned %d, expected %d"
              .formatted(from, to, name, deleted, gone.size()));
    }
    gone.clear();
  }

  /**
   * Puts and deletes entries by one batch, in which they may wait.
   *
   * @param changes the values to put; null where a key is to be deleted
   */
  public void change(WriteTxn tx, String name, Map<K, byte @Nullable []> changes, boolean flush) {
    Batch<K, byte[]> batch = tx.batch(table(name));
    changes.forEach(
        (key, value) -> {
          if (value == null) {
            batch.delete(key);
          } else {
            batch.put(key, value);
          }
        });
    if (flush) {
      batch.flush();
    }
    changes.forEach(
        (key, value) -> {
          if (value == null) {
            read(name).remove(key);
          } else {
            entries(name).put(key, value);
          }
        });
  }

  /** Clears a table, if there is one. */
  public void clear(WriteTxn tx, String name) {
    tx.clear(table(name));
    read(name).clear();
  }

  /** Drops a table, if there is one. */
  public void drop(WriteTxn tx, String name) {
    boolean dropped = tx.drop(name);
    same("drop", name, dropped, tables.remove(name) != null);
    kinds.remove(name);
  }

  /** Renames a table, if there is one; there must be none of the other name. */
  public void rename(WriteTxn tx, String from, String to) {
    boolean renamed = tx.rename(from, to);
    TreeMap<K, byte[]> entries = tables.remove(from);
    same("rename", from, renamed, entries != null);
    if (entries != null) {
      tables.put(to, entries);
      kinds.put(to, isCounted(from));
      kinds.remove(from);
    }
  }

  private static void same(String call, String name, boolean found, boolean expected) {
    if (found != expected) {
      throw new AssertionError(
          call + " in table " + name + " returned " + found + ", expected " + expected);
    }
  }

  // ---- comparison

  /** Whether a transaction sees exactly these tables. */
  public boolean areSeenBy(ReadTxn tx) {
    return difference(tx) == null;
  }

  /**
   * Fails unless a transaction sees exactly these tables.
   *
   * @param names of tables that read as empty ones if they are not there
   */
  public void assertSeenBy(ReadTxn tx, String... names) {
    String difference = difference(tx);
    if (difference != null) {
      throw new AssertionError(tx + ": " + difference);
    }
    for (String name : names) {
      if (!has(name) && (tx.count(table(name)) != 0 || tx.first(table(name)) != null)) {
        throw new AssertionError(tx + ": table " + name + " is not there and has entries");
      }
    }
  }

  private @Nullable String difference(ReadTxn tx) {
    if (!tx.tables().equals(List.copyOf(names()))) {
      return "tables " + tx.tables() + ", expected " + names();
    }
    for (Map.Entry<String, TreeMap<K, byte[]>> table : tables.entrySet()) {
      String difference = difference(tx, table(table.getKey()), table.getValue());
      if (difference != null) {
        return "table " + table.getKey() + ": " + difference;
      }
    }
    for (ExpectedPairs<?, ?> entries : pairs.values()) {
      String difference = entries.difference(tx);
      if (difference != null) {
        return "table " + entries.table + ": " + difference;
      }
    }
    return rows == null ? null : rows.difference(tx);
  }

  private @Nullable String difference(
      ReadTxn tx, Table<K, byte[]> table, TreeMap<K, byte[]> wanted) {
    if (tx.count(table) != wanted.size()) {
      return tx.count(table) + " entries, expected " + wanted.size();
    }
    if (!wanted.isEmpty() && tx.rank(table, wanted.lastKey()) != wanted.size() - 1) {
      return tx.rank(table, wanted.lastKey()) + " entries before the last key of " + wanted.size();
    }
    Iterator<Map.Entry<K, byte[]>> expected = wanted.entrySet().iterator();
    for (Entry<K, byte[]> entry : tx.scan(table)) {
      if (!expected.hasNext()) {
        return "more entries than are counted, the first is " + entry.key();
      }
      Map.Entry<K, byte[]> next = expected.next();
      if (!entry.key().equals(next.getKey()) || !Arrays.equals(entry.value(), next.getValue())) {
        return "another entry at " + entry.key() + ", expected " + next.getKey();
      }
    }
    return expected.hasNext() ? "no entry " + expected.next().getKey() : null;
  }
}
