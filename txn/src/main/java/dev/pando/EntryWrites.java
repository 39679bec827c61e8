package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.txn.commit.Changes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes of single entries, and writes that depend on what is there. Users see its methods as those
 * of {@link WriteTxn}.
 *
 * <p>If a function throws, nothing is stored. What a function itself writes happens before that,
 * and stays.
 */
abstract sealed class EntryWrites extends TableWrites permits WriteTxn {
  EntryWrites(Writers writing, Changes changes) {
    super(writing, changes);
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  EntryWrites(EntryWrites whole, CommitHooks hooks) {
    super(whole, hooks);
  }

  /**
   * Stores a value under a key, and replaces an existing value. A missing table is created.
   *
   * @return whether the key is new
   * @throws IllegalArgumentException if the encoded key is longer than {@link RawTable#maxKey}
   */
  public final <K, V> boolean put(Table<K, V> table, K key, V value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return put(mine, table, key, value);
    } finally {
      mine.end(call);
    }
  }

  private <K, V> boolean put(Caller mine, Table<K, V> table, K key, V value) {
    Workspace memory = mine.memory();
    KeyBuffer wanted = memory.encodeNewKey(table, key);
    memory.encodeValue(table, value);
    TreeWriter found = beginChangeIfThere(mine, table);
    return putInto(table, found, wanted, memory.sink.segment(), 0, memory.sink.length());
  }

  /**
   * Stores a value under a key greater than all others of the table: the sorted load. An unsorted
   * key fails here; with {@link #put} it would be slow.
   *
   * @throws IllegalArgumentException if the key is not greater than the last one; then nothing has
   *     changed
   */
  public final <K, V> void append(Table<K, V> table, K key, V value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.encodeNewKey(table, key);
      memory.encodeValue(table, value);
      TreeWriter found = beginChangeIfThere(mine, table);
      appendTo(table, found, wanted, memory.sink.segment(), 0, memory.sink.length());
    } finally {
      mine.end(call);
    }
  }

  /**
   * Stores entries whose keys ascend and are greater than all others of the table: the sorted load
   * as one statement. Pages become full. With small entries it is about twice as fast as {@link
   * #append} of each, since entries are stored many at a time. A call of this transaction in the
   * iterator sees all entries before, but an open cursor of the table may not.
   *
   * @return how many entries there were
   * @throws IllegalArgumentException if a key is not greater than the one before; then nothing of
   *     the load has happened, and all cursors, iterators and views of the transaction have ended.
   *     The same holds for an exception of the iterator
   */
  public final <K, V> long loadSorted(
      Table<K, V> table, Iterator<? extends Map.Entry<? extends K, ? extends V>> entries) {
    Objects.requireNonNull(entries, "the entries are null");
    return asStatement(
        () -> {
          PendingLoad load = new PendingLoad(batches, table, Tree.maxKey(pages.pageSize()));
          long count = 0;
          while (entries.hasNext()) {
            Map.Entry<? extends K, ? extends V> entry = entries.next();
            load.add(table, entry.getKey(), entry.getValue());
            count++;
          }
          load.finish();
          return count;
        });
  }

  /** Removes a key; false if it is absent. */
  public final <K> boolean delete(Table<K, ?> table, K key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      KeyBuffer wanted = mine.memory().encodeKey(table, key);
      return delete(beginRemoval(mine, table), wanted);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Adds a value to a key of a multimap table. A missing table is created.
   *
   * @return false if the key has the value already
   * @throws IllegalArgumentException if the pair is longer than {@link RawTable#maxKey}
   */
  public final <K, V> boolean put(MultiTable<K, V> table, K key, V value) {
    return put(table.pairs(), table.pair(key, value), Present.PRESENT);
  }

  /** Removes a value of a key; false if the key does not have it. */
  public final <K, V> boolean delete(MultiTable<K, V> table, K key, V value) {
    return delete(table.pairs(), table.pair(key, value));
  }

  /**
   * Removes all values of a key.
   *
   * @return how many there were
   */
  public final <K, V> long deleteAll(MultiTable<K, V> table, K key) {
    return deleteRange(table.pairs(), table.range(key, Range.all()));
  }

  // ---- large values

  /**
   * Stores all bytes of a channel as the value of a key of a blob table, and replaces an existing
   * value. A missing table is created. The bytes are read and written chunk by chunk, so memory
   * does not grow with the value.
   *
   * @param source is read to its end and not closed; must block. It may use other keys of this
   *     transaction meanwhile, and read what this key had from chunks that are not replaced yet; it
   *     must not change this key, drop the table, or end a savepoint that began before
   * @return how many bytes there were
   * @throws IOException of the channel, as it is; then, as after any other exception, nothing of
   *     the value is stored, the value before it is there, and all cursors, iterators and views of
   *     the transaction have ended
   * @throws IllegalArgumentException if the channel does not block, if the key is too long ({@link
   *     BlobTable}), or if there are more bytes than {@link BlobTable#MAX_LENGTH}
   * @throws IllegalStateException if the source changes this key, reads a part of it that is
   *     replaced, drops or clears the table, or rolls back to a savepoint, as a statement that
   *     fails does; nothing of the value is stored
   */
  public final <K> long put(BlobTable<K> table, K key, ReadableByteChannel source)
      throws IOException {
    return putAll(table, key, source, -1);
  }

  /**
   * As {@link #put(BlobTable, Object, ReadableByteChannel)}, for a channel with a known number of
   * bytes.
   *
   * @param source is read to its end, not only for so many bytes
   * @param length 0 to {@link BlobTable#MAX_LENGTH} bytes
   * @throws BlobLengthException if it has fewer or more bytes; nothing of the value is stored
   */
  public final <K> long put(BlobTable<K> table, K key, ReadableByteChannel source, long length)
      throws IOException {
    if (length < 0) {
      throw new IllegalArgumentException(
          "table %s: value length=%d, allowed 0 or more".formatted(table.name(), length));
    }
    return putAll(table, key, source, length);
  }

  private <K> long putAll(BlobTable<K> table, K key, ReadableByteChannel source, long length)
      throws IOException {
    Objects.requireNonNull(source, "the channel is null");
    BlobChanges changes = changes(table, Blob.of(this, table, key));
    return asStatement(() -> changes.put(source, length));
  }

  private <K> BlobChanges changes(BlobTable<K> table, Blob blob) {
    return new BlobChanges(
        blob,
        this::checked,
        pages::mayChange,
        (key, from, to) -> deleteRange(table.stored(), table.numbers(key, from, to)));
  }

  /**
   * Opens the value of a key of a blob table for reading and writing. An absent key gets a value of
   * no bytes. To append, begin at {@link BlobChannel#size}.
   *
   * @throws IllegalArgumentException if the key is too long ({@link BlobTable})
   */
  public final <K> BlobChannel write(BlobTable<K> table, K key) {
    Blob blob = Blob.of(this, table, key);
    BlobChanges changes = changes(table, blob);
    changes.create();
    return new BlobChannel(this, blob, changes);
  }

  /** Removes a key of a blob table with its value; false if it is absent. */
  public final <K> boolean delete(BlobTable<K> table, K key) {
    return changes(table, Blob.of(this, table, key)).delete();
  }

  // ---- what depends on what is there

  /** Runs calls of this transaction as one call: no other thread comes between them. */
  private <R> R inOneCall(Supplier<R> calls) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return calls.get();
    } finally {
      mine.end(call);
    }
  }

  /**
   * Stores a value under a key, and returns the value that it replaces.
   *
   * @return null if the key was absent
   */
  public final <K, V> @Nullable V getAndPut(Table<K, V> table, K key, V value) {
    return inOneCall(
        () -> {
          V before = get(table, key);
          boolean _ = put(table, key, value);
          return before;
        });
  }

  /**
   * Removes a key, and returns its value.
   *
   * @return null if the key was absent
   */
  public final <K, V> @Nullable V getAndDelete(Table<K, V> table, K key) {
    return inOneCall(
        () -> {
          V before = get(table, key);
          boolean _ = before != null && delete(table, key);
          return before;
        });
  }

  /**
   * Stores a value if the key is absent; otherwise leaves the existing value, and returns it.
   *
   * @return null if the key was absent
   */
  public final <K, V> @Nullable V putIfAbsent(Table<K, V> table, K key, V value) {
    Objects.requireNonNull(value, "the value is null");
    return inOneCall(
        () -> {
          V before = get(table, key);
          boolean _ = before == null && put(table, key, value);
          return before;
        });
  }

  /**
   * Stores a value if the key is there.
   *
   * @return whether the key was there
   */
  public final <K, V> boolean replace(Table<K, V> table, K key, V value) {
    Objects.requireNonNull(value, "the value is null");
    return inOneCall(() -> contains(table, key) && !put(table, key, value));
  }

  /**
   * Stores a value if the key is there with an expected value: compare and set. Values are compared
   * as {@link Objects#deepEquals} does, so arrays by what is in them.
   *
   * @return whether the value was stored
   */
  public final <K, V> boolean replace(Table<K, V> table, K key, V expected, V value) {
    Objects.requireNonNull(expected, "the expected value is null");
    Objects.requireNonNull(value, "the value is null");
    return inOneCall(
        () -> {
          V before = get(table, key);
          return before != null && Objects.deepEquals(before, expected) && !put(table, key, value);
        });
  }

  /**
   * Stores what a function makes of a key and its value, or removes the key if that is null.
   *
   * @param function gets null in place of the value if the key is absent; may read the transaction,
   *     and must not end it
   * @return what the function returned
   */
  public final <K, V> @Nullable V compute(
      Table<K, V> table,
      K key,
      BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
    Objects.requireNonNull(function, "the function is null");
    return inOneCall(() -> store(table, key, function.apply(key, get(table, key))));
  }

  /**
   * Stores a value, or what a function makes of the value that is there and this one. Removes the
   * key if that is null.
   *
   * @param function gets the value that is there, and the given one; may read the transaction, and
   *     must not end it
   * @return what is stored, or null
   */
  public final <K, V> @Nullable V merge(
      Table<K, V> table,
      K key,
      V value,
      BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
    Objects.requireNonNull(value, "the value is null");
    Objects.requireNonNull(function, "the function is null");
    return inOneCall(
        () -> {
          V before = get(table, key);
          return store(table, key, before == null ? value : function.apply(before, value));
        });
  }

  private <K, V> @Nullable V store(Table<K, V> table, K key, @Nullable V value) {
    boolean _ = value == null ? delete(table, key) : put(table, key, value);
    return value;
  }

  /**
   * Adds to a number: a counter, or a sequence of ids. An absent key counts as 0.
   *
   * @return the sum, which is stored
   * @throws ArithmeticException if the sum is not a {@code long}; nothing has changed
   */
  public final <K> long add(Table<K, Long> table, K key, long more) {
    return inOneCall(
        () -> {
          Long before = get(table, key);
          long sum = Math.addExact(before == null ? 0 : before, more);
          boolean _ = put(table, key, sum);
          return sum;
        });
  }

  /**
   * Removes the entry with the first key, and returns it: a queue by key.
   *
   * @return null if the table is empty
   */
  public final <K, V> @Nullable Entry<K, V> pollFirst(Table<K, V> table) {
    return poll(table, Cursor::first);
  }

  /**
   * Removes the entry with the last key, and returns it.
   *
   * @return null if the table is empty
   */
  public final <K, V> @Nullable Entry<K, V> pollLast(Table<K, V> table) {
    return poll(table, Cursor::last);
  }

  private <K, V> @Nullable Entry<K, V> poll(Table<K, V> table, Predicate<Cursor> edge) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      Entry<K, V> entry;
      byte[] key;
      try (Cursor cursor = tree(mine, table).cursor()) {
        if (!edge.test(cursor)) {
          return null;
        }
        Workspace memory = mine.memory();
        cursor.entry(memory.keySlice, memory.valueSlice);
        key = memory.keySlice.toArray();
        entry = Decoding.entry(this, mine, call, table);
      }
      boolean _ = deleteFound(mine, table, MemorySegment.ofArray(key));
      return entry;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Removes the entries of a range that a predicate accepts. A limit of the range counts entries
   * that are visited, not those that are removed. The predicate may read the transaction.
   *
   * @return how many were removed; after an exception of the predicate, those before it are gone
   */
  public final <K, V> long deleteIf(
      Table<K, V> table, Range<? super K> range, BiPredicate<? super K, ? super V> predicate) {
    Objects.requireNonNull(predicate, "the predicate is null");
    long removed = 0;
    try (Scan<K, V> scan = scan(table, range)) {
      for (Iterator<Entry<K, V>> entries = scan.iterator(); entries.hasNext(); ) {
        Entry<K, V> entry = entries.next();
        if (predicate.test(entry.key(), entry.value())) {
          entries.remove();
          removed++;
        }
      }
    }
    return removed;
  }

  /**
   * Removes the entries of a range. Parts of the table that the range covers are removed as a
   * whole: of each of their pages little is read, and only those beside them are changed. Of a
   * range with a limit, or that skips keys, entries are removed one by one.
   *
   * <p>Of a table with indexes each row is read, decoded and removed with its entries, so the cost
   * grows with the number of rows and indexes. It is one statement: if a function throws, no row is
   * removed, and all cursors, iterators and views of the transaction have ended. {@link
   * WriteTxn#clear(Table)} removes all rows and all entries as a whole.
   *
   * @return how many entries were removed
   * @throws dev.pando.error.IndexNotRegisteredException if the table has an index that the program
   *     has not registered
   */
  public final <K> long deleteRange(Table<K, ?> table, Range<? super K> range) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      EncodedRange encoded = encode(mine, table, range);
      if (tree(mine, table) instanceof TreeWriter there && there.attachment() != null) {
        return asStatement(() -> deleteIf(table, range, (_, _) -> true));
      }
      if (encoded.hasLimit()) {
        return deleteIf(table, range, (_, _) -> true);
      }
      TreeWriter tree = beginRemoval(mine, table);
      if (tree == null || encoded.isEmpty()) {
        record.nothing();
        return 0;
      }
      long[] removed = new long[1];
      Workspace memory = mine.memory();
      orBreak(() -> removed[0] = tree.deleteRange(encoded.from(memory), encoded.to(memory)));
      return removed[0];
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Creates an empty table.
   *
   * @return false if there is one, with these codecs
   * @throws IllegalArgumentException if there is one with other codecs
   */
  public final boolean create(Table<?, ?> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      if (beginChangeIfThere(mine, table) != null) {
        record.nothing();
        return false;
      }
      TreeWriter _ = createTable(table);
      return true;
    } finally {
      mine.end(call);
    }
  }
}
