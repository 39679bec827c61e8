package dev.pando.crash;

import dev.pando.Entry;
import dev.pando.MultiTable;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.Random;

/** Reads of a table of pairs by number and by range, compared with what is expected. */
final class PairReads<K extends Comparable<K>, P> {
  private static final int MOST_PARTS = 5;

  private final ReadTxn tx;
  private final ExpectedPairs<K, P> expected;
  private final PairTable<K, P> table;
  private final List<Tuple2<K, Integer>> pairs;

  /** Calls that count, or that find an entry by its number. */
  long counted;

  PairReads(ReadTxn tx, ExpectedPairs<K, P> expected) {
    this.tx = tx;
    this.expected = expected;
    this.table = expected.table;
    this.pairs = expected.pairs();
  }

  /** Counts the table and a range of it, ranks a pair and finds one by its number. */
  void byNumber(Span span, int number) {
    Range<Tuple2<K, Integer>> range = span.of(table);
    List<Tuple2<K, Integer>> selected = span.select(table, pairs);
    count("count", tx.count(table.pairs()), pairs.size());
    count("count of range " + span, tx.count(table.pairs(), range), selected.size());
    Tuple2<K, Integer> pair = table.pair(span.key(), span.value());
    int rank = expected.entries().headMap(pair, false).size();
    count("rank of " + pair, tx.rank(table.pairs(), pair), rank);
    at(Math.floorMod(number, pairs.size() + 2) - 1);
    at(rank);
    MultiTable<K, Integer> multi = table.multi();
    if (multi != null) {
      int values = expected.ofKey(pair.first()).size();
      count("count of key " + pair.first(), tx.count(multi, pair.first()), values);
    }
  }

  private void at(int index) {
    Entry<Tuple2<K, Integer>, P> entry = tx.at(table.pairs(), index);
    counted++;
    boolean isThere = index >= 0 && index < pairs.size();
    expected.same("whether there is an entry " + index, entry != null, isThere);
    if (entry != null) {
      assertIs("entry " + index, entry, pairs.get(index));
    }
  }

  private void assertIs(String what, Entry<Tuple2<K, Integer>, P> entry, Tuple2<K, Integer> pair) {
    expected.same(what, entry, new Entry<>(pair, expected.entries().get(pair)));
  }

  private void count(String call, long found, long wanted) {
    expected.same(call, found, wanted);
    counted++;
  }

  /** Reads a range, the values of a key, and one pair. */
  void byRange(Span span) {
    List<Tuple2<K, Integer>> selected = span.select(table, pairs);
    expected.same("keys of " + span, tx.scan(table.pairs(), span.of(table)).keys(), selected);
    Tuple2<K, Integer> pair = table.pair(span.key(), span.value());
    boolean isThere = expected.entries().containsKey(pair);
    expected.same("contains " + pair, tx.contains(table.pairs(), pair), isThere);
    MultiTable<K, Integer> multi = table.multi();
    if (multi != null) {
      K key = pair.first();
      expected.same("contains " + pair, tx.contains(multi, key, pair.second()), isThere);
      List<Integer> values = expected.ofKey(key).keySet().stream().map(Tuple2::second).toList();
      expected.same("values of " + key, tx.values(multi, key).toList(), values);
      if (span.ofKey()) {
        expected.same(
            "values of " + key + " in " + span,
            tx.values(multi, key, span.values()).toList(),
            selected.stream().map(Tuple2::second).toList());
      }
    }
  }

  /** Draws an entry. */
  void sample(Random random) {
    Entry<Tuple2<K, Integer>, P> entry = tx.sample(table.pairs(), random);
    counted++;
    expected.same("whether there is a sample", entry != null, !pairs.isEmpty());
    if (entry != null) {
      expected.same("sample is of the table", expected.entries().containsKey(entry.key()), true);
      assertIs("sample", entry, entry.key());
    }
  }

  /** Divides the table into parts that are equal but for one entry. */
  void split(int number) {
    int parts = 1 + Math.floorMod(number, MOST_PARTS);
    List<Range<Tuple2<K, Integer>>> ranges = tx.split(table.pairs(), parts);
    int wanted = Math.clamp(pairs.size(), 1, parts);
    expected.same("number of ranges of split", ranges.size(), wanted);
    int from = 0;
    for (Range<Tuple2<K, Integer>> range : ranges) {
      int count = (int) tx.count(table.pairs(), range);
      int most = (pairs.size() + wanted - 1) / wanted;
      expected.same("size of a part is " + count, most - count == 0 || most - count == 1, true);
      List<Tuple2<K, Integer>> part = pairs.subList(from, from + count);
      expected.same("part", tx.scan(table.pairs(), range).keys(), part);
      from += count;
    }
    expected.same("size of all parts", from, pairs.size());
    counted += ranges.size() + 1;
  }
}
