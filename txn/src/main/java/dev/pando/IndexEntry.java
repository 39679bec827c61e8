package dev.pando;

/**
 * An entry of an index, with the row that it is of: {@link ReadTxn#scan(Index, Range)}.
 *
 * @param indexKey the key of the index
 * @param key the row's key in its table
 * @param value the row
 */
public record IndexEntry<I, K, V>(I indexKey, K key, V value) {}
