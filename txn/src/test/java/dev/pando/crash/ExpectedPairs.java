package dev.pando.crash;

import dev.pando.Entry;
import dev.pando.MultiTable;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.codec.Tuple2;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link PairTable} holds, in the order of its pairs: a multimap is one as well, whose keys
 * are those of pairs. Part of {@link ExpectedTables}, and changed as those are. Not thread-safe.
 */
final class ExpectedPairs<K extends Comparable<K>, P> {
  final PairTable<K, P> table;
  private final TreeMap<Tuple2<K, Integer>, P> entries;

  /** Whether there is such a table, which may be empty. */
  private boolean exists;

  ExpectedPairs(PairTable<K, P> table) {
    this.table = table;
    this.entries = new TreeMap<>(PairTable::compare);
  }

  private ExpectedPairs(ExpectedPairs<K, P> other) {
    this.table = other.table;
    this.entries = new TreeMap<>(other.entries);
    this.exists = other.exists;
  }

  /** The same, changed independently. */
  ExpectedPairs<K, P> copy() {
    return new ExpectedPairs<>(this);
  }

  boolean exists() {
    return exists;
  }

  NavigableMap<Tuple2<K, Integer>, P> entries() {
    return entries;
  }

  /** Its pairs, in order. */
  List<Tuple2<K, Integer>> pairs() {
    return List.copyOf(entries.keySet());
  }

  /** The entries of a key. */
  NavigableMap<Tuple2<K, Integer>, P> ofKey(K key) {
    Tuple2<K, Integer> first = new Tuple2<>(key, Integer.MIN_VALUE);
    return entries.subMap(first, true, new Tuple2<>(key, Integer.MAX_VALUE), true);
  }

  /** An entry was put by a cursor or by a transaction; whether its pair is new. */
  boolean add(Tuple2<K, Integer> pair, P payload) {
    exists = true;
    return entries.put(pair, payload) == null;
  }

  // ---- changes in a transaction and here

  /** Puts an entry, as a value of its key if it is a multimap's. */
  void put(WriteTxn tx, Tuple2<K, Integer> pair, P payload) {
    MultiTable<K, Integer> multi = table.multi();
    boolean isNew =
        multi != null
            ? tx.put(multi, pair.first(), pair.second())
            : tx.put(table.pairs(), pair, payload);
    same("put " + pair, isNew, add(pair, payload));
  }

  /** Deletes an entry, if there is one. */
  void delete(WriteTxn tx, Tuple2<K, Integer> pair) {
    MultiTable<K, Integer> multi = table.multi();
    boolean deleted =
        multi != null
            ? tx.delete(multi, pair.first(), pair.second())
            : tx.delete(table.pairs(), pair);
    same("delete " + pair, deleted, entries.remove(pair) != null);
  }

  /** Deletes all entries of a key. */
  void deleteKey(WriteTxn tx, K key) {
    MultiTable<K, Integer> multi = table.multi();
    long deleted =
        multi != null
            ? tx.deleteAll(multi, key)
            : tx.deleteRange(table.pairs(), dev.pando.Range.prefix(key));
    Map<Tuple2<K, Integer>, P> gone = ofKey(key);
    same("delete all of " + key, deleted, (long) gone.size());
    gone.clear();
  }

  /** Deletes the entries of a range. */
  void deleteRange(WriteTxn tx, Span span) {
    List<Tuple2<K, Integer>> gone = span.select(table, pairs());
    long deleted = tx.deleteRange(table.pairs(), span.of(table));
    same("delete of range " + span, deleted, (long) gone.size());
    gone.forEach(entries::remove);
  }

  /** Clears the table, if there is one. */
  void clear(WriteTxn tx) {
    tx.clear(table.pairs());
    entries.clear();
  }

  /** Drops the table, if there is one. */
  void drop(WriteTxn tx) {
    same("drop", tx.drop(table.pairs()), exists);
    entries.clear();
    exists = false;
  }

  // ---- comparison

  /** Fails unless a call has the result that is expected. */
  <R> void same(String call, R found, R expected) {
    if (!found.equals(expected)) {
      throw new AssertionError(
          "%s in table %s returned %s, expected %s".formatted(call, table, found, expected));
    }
  }

  /** How what a transaction sees differs; null if it sees these entries. */
  @Nullable String difference(ReadTxn tx) {
    long count = tx.count(table.pairs());
    if (count != entries.size()) {
      return count + " pairs, expected " + entries.size();
    }
    Iterator<Map.Entry<Tuple2<K, Integer>, P>> expected = entries.entrySet().iterator();
    for (Entry<Tuple2<K, Integer>, P> entry : tx.scan(table.pairs())) {
      if (!expected.hasNext()) {
        return "more pairs than are counted, the first is " + entry.key();
      }
      Map.Entry<Tuple2<K, Integer>, P> next = expected.next();
      if (!entry.key().equals(next.getKey()) || !entry.value().equals(next.getValue())) {
        return "found " + entry + ", expected " + next;
      }
    }
    return expected.hasNext() ? "no pair " + expected.next().getKey() : null;
  }
}
