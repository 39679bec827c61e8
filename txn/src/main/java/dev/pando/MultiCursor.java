package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.codec.Tuple2;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A position in a {@link MultiTable}, on one value of one key, from {@link ReadTxn#cursor}. It
 * moves from value to value, from key to key, and within the values of a key; and it reads and
 * writes where it is.
 *
 * <p>It is a {@link TableCursor} of the pairs, and behaves as that does when the table changes and
 * when the transaction ends. A move that finds nothing returns false; where it then is, is said
 * there. Moves within a key, and to the key before or after, need a cursor that is on a value:
 * after {@link #delete}, {@link #next} or {@link #prev} moves to one. Not thread-safe: only the
 * thread that uses the transaction may call it.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class MultiCursor<K, V> implements AutoCloseable {
  private final MultiTable<K, V> table;
  private final TableCursor<Tuple2<K, V>, Present> pairs;
  private final RawCursor raw;
  private final Grouping byKey;
  private final View shown = new View();

  MultiCursor(MultiTable<K, V> table, TableCursor<Tuple2<K, V>, Present> pairs, RawCursor raw) {
    this.table = table;
    this.pairs = pairs;
    this.raw = raw;
    this.byKey = new Grouping(table.pairs().keyCodec(), 1);
  }

  /** Moves to the first value of the first key; false if the table is empty. */
  public boolean first() {
    return pairs.first();
  }

  /** Moves to the last value of the last key; false if the table is empty. */
  public boolean last() {
    return pairs.last();
  }

  /**
   * Moves one value on, to that of the next key after a key's last one; at first to the first one.
   *
   * @return false after the last value; {@link #prev} then moves to it
   */
  public boolean next() {
    return pairs.next();
  }

  /**
   * Moves one value back, to the last one of the key before after a key's first one; at first to
   * the last one.
   *
   * @return false before the first value; {@link #next} then moves to it
   */
  public boolean prev() {
    return pairs.prev();
  }

  /** Moves to the first value of the key that the cursor is on. */
  public void firstValue() {
    boolean _ = seekBytes(group(), Cursor::seek);
  }

  /** Moves to the last value of the key that the cursor is on. */
  public void lastValue() {
    boolean _ = leaveGroup(group()) ? pairs.prev() : pairs.last();
  }

  /**
   * Moves to the next value of the same key.
   *
   * @return false if there is none; the cursor has not moved
   */
  public boolean nextValue() {
    return nextValue(group());
  }

  private boolean nextValue(byte[] group) {
    if (!pairs.next()) {
      boolean _ = pairs.last();
      return false;
    }
    if (Arrays.equals(group, group())) {
      return true;
    }
    boolean _ = pairs.prev();
    return false;
  }

  /**
   * Moves to the value before, of the same key.
   *
   * @return false if there is none; the cursor has not moved
   */
  public boolean prevValue() {
    return prevValue(group());
  }

  private boolean prevValue(byte[] group) {
    if (!pairs.prev()) {
      boolean _ = pairs.first();
      return false;
    }
    if (Arrays.equals(group, group())) {
      return true;
    }
    boolean _ = pairs.next();
    return false;
  }

  /**
   * Moves to the first value of the next key.
   *
   * @return false if there is none; the cursor is then after the last value
   */
  public boolean nextKey() {
    return leaveGroup(group());
  }

  /**
   * Moves to the last value of the key before.
   *
   * @return false if there is none; the cursor is then before the first value
   */
  public boolean prevKey() {
    boolean _ = seekBytes(group(), Cursor::seek);
    return pairs.prev();
  }

  /**
   * Moves to the first value of {@code key}, or of the first greater key.
   *
   * @return false if there is none; the cursor is then after the last value
   */
  public boolean seek(K key) {
    return seekBytes(start(key), Cursor::seek);
  }

  /**
   * Moves to the first value of {@code key}.
   *
   * @return false if it has none; the cursor is then at the next greater key, if there is one
   */
  public boolean seekExact(K key) {
    byte[] start = start(key);
    return seekBytes(start, Cursor::seek) && Arrays.equals(start, group());
  }

  /**
   * Moves to the first value of {@code key} that is {@code value} or greater.
   *
   * @return false if there is none; the cursor is then at the next greater key, if there is one
   */
  public boolean seek(K key, V value) {
    return pairs.seek(table.pair(key, value)) && Arrays.equals(start(key), group());
  }

  /**
   * Moves to a value of {@code key}.
   *
   * @return false if the key has no such value; the cursor is then as a new one
   */
  public boolean seekExact(K key, V value) {
    return pairs.seekExact(table.pair(key, value));
  }

  private byte[] start(K key) {
    EncodedRange all = table.range(key, Range.all()).encode(table.pairs().keyCodec());
    MemorySegment lower = all.lower();
    return lower == null ? new byte[0] : (byte[]) lower.heapBase().orElseThrow();
  }

  private boolean seekBytes(byte[] key, RawPosition.Seek seek) {
    return raw.seek(MemorySegment.ofArray(key), seek);
  }

  /** Moves to the first key that begins otherwise, and is greater. */
  private boolean leaveGroup(byte[] group) {
    MemorySegment next = Bounds.afterAllThatBeginWith(group);
    if (next == null) {
      boolean _ = pairs.last();
      return pairs.next();
    }
    return raw.seek(next, Cursor::seek);
  }

  /** The bytes with which all pairs of the cursor's key begin. */
  private byte[] group() {
    raw.key(shown);
    return byKey.group(shown.slice());
  }

  /**
   * The key that the cursor is on.
   *
   * @throws IllegalStateException if it is on none, or if the value was deleted
   */
  public K key() {
    return pairs.key().first();
  }

  /**
   * The value that the cursor is on.
   *
   * @throws IllegalStateException if it is on none, or if the value was deleted
   */
  public V value() {
    return pairs.key().second();
  }

  /**
   * The value that the cursor is on, and those after it of the same key. The cursor is then on the
   * last one of the list; after {@link #nextValue} the next call returns those that follow.
   *
   * @param most how many at most, 1 or more
   */
  public List<V> values(int most) {
    return values(most, this::nextValue);
  }

  /**
   * The value that the cursor is on, and those before it of the same key, in descending order. The
   * cursor is then on the last one of the list, the least; after {@link #prevValue} the next call
   * returns those before.
   *
   * @param most how many at most, 1 or more
   */
  public List<V> valuesReversed(int most) {
    return values(most, this::prevValue);
  }

  private List<V> values(int most, Predicate<byte[]> move) {
    if (most < 1) {
      throw new IllegalArgumentException("most=" + most + ", allowed 1 or more");
    }
    byte[] group = group();
    List<V> found = new ArrayList<>();
    do {
      found.add(value());
    } while (found.size() < most && move.test(group));
    return found;
  }

  /** How many values the key has that the cursor is on. Reads a page or two a level. */
  public long count() {
    byte[] group = group();
    return raw.table.count(MemorySegment.ofArray(group), Bounds.afterAllThatBeginWith(group));
  }

  /**
   * Adds a value to a key, and moves to it.
   *
   * @return false if the key has the value already
   */
  public boolean put(K key, V value) {
    return pairs.putIfAbsent(table.pair(key, value), Present.PRESENT);
  }

  /**
   * Adds a value to a key, as the last of the table, and moves to it.
   *
   * @throws IllegalArgumentException if the pair is not greater than the last one; then nothing has
   *     changed, and the cursor has not moved
   */
  public void append(K key, V value) {
    pairs.append(table.pair(key, value), Present.PRESENT);
  }

  /**
   * Removes the value that the cursor is on. The cursor is then in the gap: {@link #next} moves to
   * the value that followed, {@link #prev} to the one before.
   *
   * @throws IllegalStateException if the cursor is not on a value
   */
  public void delete() {
    pairs.delete();
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    pairs.close();
  }
}
