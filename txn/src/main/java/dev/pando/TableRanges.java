package dev.pando;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** A table, or a part of it, as a map, for views that show it in another way. */
interface TableRanges<K, V> extends NavigableMap<K, V> {
  /** The first entry of a range of the table, in the range's direction. */
  @Nullable Entry<K, V> first(Range<K> range);

  /** Removes the entries of a range of the table; returns how many there were. */
  long deleteRange(Range<K> range);

  /** Begins to read all entries, in the map's direction. Its {@code remove} removes one. */
  Iterator<? extends Map.Entry<K, V>> entries();

  /** Removes all entries, as one change, and returns a copy of their keys. */
  NavigableSet<K> takeKeys();

  /**
   * The same table, with another form of its keys.
   *
   * @param other the same name and the same ids of codecs
   * @param whole the keys that have this form
   */
  <A> TableRanges<A, V> as(Table<A, V> other, Range<A> whole);
}
