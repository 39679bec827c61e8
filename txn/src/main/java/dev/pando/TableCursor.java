package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import java.lang.foreign.MemorySegment;

/**
 * A position in a table that moves in both directions, and reads and writes where it is, from
 * {@link ReadTxn#cursor}. For moves that a {@link Scan} of a {@link Range} does not make.
 *
 * {@snippet :
 * try (TableCursor<Long, Order> orders = tx.cursor(ORDERS)) {
 *   for (boolean there = orders.seek(100L); there; there = orders.next()) {
 *     if (orders.value().isCancelled()) {
 *       orders.delete(); // next moves to the order after it
 *     }
 *   }
 * }
 * }
 *
 * <p>It is a {@link RawCursor} with the codecs of the table, and behaves as that does when the
 * table changes and when the transaction ends. Not thread-safe: only the thread that uses the
 * transaction may call it.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class TableCursor<K, V> implements AutoCloseable {
  private final Txn tx;
  private final Table<K, V> table;
  private final RawCursor raw;
  private final RawPosition.KeyForm<K> form;

  TableCursor(Txn tx, Table<K, V> table, RawCursor raw) {
    this.tx = tx;
    this.table = table;
    this.raw = raw;
    this.form = (memory, key) -> memory.encodeKey(table, key);
  }

  RawCursor raw() {
    return raw;
  }

  /** Moves to the first entry; false if the table is empty. */
  public boolean first() {
    return raw.first();
  }

  /** Moves to the last entry; false if the table is empty. */
  public boolean last() {
    return raw.last();
  }

  /**
   * Moves one entry on, at first to the first one.
   *
   * @return false after the last entry; then it stays false, whatever is added, until the cursor
   *     moves otherwise: {@link #prev} moves to the last entry
   */
  public boolean next() {
    return raw.next();
  }

  /**
   * Moves one entry back, at first to the last one.
   *
   * @return false before the first entry; then it stays false, whatever is added, until the cursor
   *     moves otherwise: {@link #next} moves to the first entry
   */
  public boolean prev() {
    return raw.prev();
  }

  /**
   * Moves to the first entry whose key is {@code key} or greater.
   *
   * @return false if there is none; the cursor is then after the last entry
   */
  public boolean seek(K key) {
    return seek(key, Cursor::seek);
  }

  /**
   * Moves to the entry of {@code key}.
   *
   * @return false if there is none; the cursor is then as a new one
   */
  public boolean seekExact(K key) {
    return seek(key, Cursor::seekExact);
  }

  /**
   * Moves to the last entry whose key is {@code key} or less.
   *
   * @return false if there is none; the cursor is then before the first entry
   */
  public boolean seekFloor(K key) {
    return seek(key, Cursor::seekFloor);
  }

  /**
   * Moves to the first entry whose key is greater than {@code key}.
   *
   * @return false if there is none; the cursor is then after the last entry
   */
  public boolean seekHigher(K key) {
    return seek(key, RawPosition::seekHigher);
  }

  /**
   * Moves to the last entry whose key is less than {@code key}.
   *
   * @return false if there is none; the cursor is then before the first entry
   */
  public boolean seekLower(K key) {
    return seek(key, RawPosition::seekLower);
  }

  private boolean seek(K key, RawPosition.Seek seek) {
    return raw.seek(key, form, seek);
  }

  /**
   * Moves to the entry that has this many entries before it. Reads a little of each page before it,
   * or a page a level of a {@linkplain Table#counted counted} table.
   *
   * @param index 0 for the first entry
   * @return false if there is none; the cursor is then as a new one
   */
  public boolean seekIndex(long index) {
    return raw.seekIndex(index);
  }

  /**
   * The key of the entry that the cursor is on.
   *
   * @throws IllegalStateException if it is on none, or if the entry was deleted
   */
  public K key() {
    return read(
        (memory, _, _) -> {
          raw.cursor().key(memory.keySlice);
          return memory.decodeKey(table);
        });
  }

  /**
   * The value of the entry that the cursor is on.
   *
   * @throws IllegalStateException if it is on none, or if the entry was deleted
   */
  public V value() {
    return read(
        (memory, _, _) -> {
          raw.cursor().value(memory.valueSlice);
          return memory.decodeValue(table);
        });
  }

  /**
   * The entry that the cursor is on.
   *
   * @throws IllegalStateException if it is on none, or if the entry was deleted
   */
  public Entry<K, V> entry() {
    return read(
        (memory, mine, call) -> {
          raw.cursor().entry(memory.keySlice, memory.valueSlice);
          return Decoding.entry(tx, mine, call, table);
        });
  }

  private interface Read<R> {
    R from(Workspace memory, Caller mine, long call);
  }

  private <R> R read(Read<R> read) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      raw.check(mine);
      long then = tx.epoch();
      R found = read.from(mine.memory(), mine, call);
      tx.check(mine, call, then);
      return found;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Stores a value under a key, as {@link WriteTxn#put}, and moves to it.
   *
   * @return whether the key is new
   */
  public boolean put(K key, V value) {
    return write((mine, memory) -> raw.put(mine, newKey(memory, key), encoded(memory, value)));
  }

  /**
   * Stores a value under a key if the key is absent, and moves to the key in any case: if it was
   * there, {@link #value} is what is stored.
   *
   * @return whether the key was absent
   */
  public boolean putIfAbsent(K key, V value) {
    return write(
        (mine, memory) ->
            raw.isAbsent(mine, newKey(memory, key))
                && raw.put(mine, newKey(memory, key), encoded(memory, value)));
  }

  /**
   * Stores a value under a key greater than all others, and moves to it.
   *
   * @throws IllegalArgumentException if the key is not greater than the last one; then nothing has
   *     changed, and the cursor has not moved
   */
  public void append(K key, V value) {
    boolean _ =
        write(
            (mine, memory) -> {
              raw.append(mine, newKey(memory, key), encoded(memory, value));
              return true;
            });
  }

  /**
   * Replaces the value of the entry that the cursor is on.
   *
   * @throws IllegalStateException if the cursor is not on an entry
   */
  public void replace(V value) {
    boolean _ =
        write(
            (mine, memory) -> {
              MemorySegment bytes = encoded(memory, value);
              return raw.put(mine, raw.currentKey(mine), bytes);
            });
  }

  /**
   * Removes the entry that the cursor is on. The cursor is then in the gap: {@link #next} moves to
   * the entry that followed, {@link #prev} to the one before.
   *
   * @throws IllegalStateException if the cursor is not on an entry
   */
  public void delete() {
    raw.delete();
  }

  private KeyBuffer newKey(Workspace memory, K key) {
    return memory.encodeNewKey(table, key);
  }

  private MemorySegment encoded(Workspace memory, V value) {
    memory.encodeValue(table, value);
    return memory.sink.segment().asSlice(0, memory.sink.length());
  }

  private interface Write {
    boolean at(Caller mine, Workspace memory);
  }

  private boolean write(Write write) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      raw.checkMayWrite(mine);
      return write.at(mine, mine.memory());
    } finally {
      mine.end(call);
    }
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    raw.close();
  }
}
