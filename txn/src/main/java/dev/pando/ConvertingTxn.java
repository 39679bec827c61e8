package dev.pando;

import org.jspecify.annotations.Nullable;

/** What a conversion does in its transaction; see {@link WriteTxn} for each method. */
interface ConvertingTxn {
  @Nullable TableStat stat(String table);

  RawTable raw(Table<?, ?> table);

  boolean create(Table<?, ?> table);

  <K, V> Scan<K, V> scan(Table<K, V> table, Range<? super K> range);

  <K, V> void append(Table<K, V> table, K key, V value);

  <K, V> boolean put(Table<K, V> table, K key, V value);

  boolean drop(String table);

  boolean rename(String from, String to);
}
