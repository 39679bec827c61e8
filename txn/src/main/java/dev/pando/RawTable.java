package dev.pando;

import dev.pando.btree.BatchedGet;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table as bytes, without its codecs, from {@link ReadTxn#raw}. Stored keys are 0 to {@link
 * #maxKey} bytes long, in the order of unsigned bytes; values are 0 to 2 GiB - 1 bytes long. A key
 * for a search may have any length. Bytes may be memory segments of any kind, byte buffers (from
 * position to limit, which do not change) or whole arrays. A part of an array is {@code
 * MemorySegment.ofArray(a).asSlice(from, bytes)}, also where key and value have different forms.
 *
 * <p>Reading into a {@link View} and {@link #read} copy nothing; {@code get} into a view allocates
 * nothing. Writes need a {@link WriteTxn}. Valid until its transaction ends. Not thread-safe: only
 * the thread that uses the transaction may call it.
 */
public final class RawTable {
  private final Txn tx;
  private final Table<?, ?> table;
  private final boolean typed;
  private @Nullable Tree tree;
  private long version = -1;

  RawTable(Txn tx, Table<?, ?> table, boolean typed) {
    this.tx = tx;
    this.table = table;
    this.typed = typed;
  }

  /** The table's name. */
  public String name() {
    return table.name();
  }

  /** The greatest length of a stored key, in bytes: about half a page. */
  public int maxKey() {
    return Tree.maxKey(tx.snapshot().map().pageSize());
  }

  /** The number of keys in the table. */
  public long count() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      return tree(mine).entries();
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Points a view at a key's value; false if the key is absent. */
  public boolean get(MemorySegment key, View into) {
    Caller mine = tx.caller();
    long call = mine.beginLook();
    try {
      KeyBuffer wanted = mine.memory().setKey(key);
      boolean there = tree(mine).get(wanted, into.slice());
      tx.check(mine, call);
      if (there) {
        into.shows(tx);
      }
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.endLook(call);
    }
  }

  /** As {@link #get(MemorySegment, View)}. */
  public boolean get(byte[] key, View into) {
    return get(MemorySegment.ofArray(key), into);
  }

  /** As {@link #get(MemorySegment, View)}. */
  public boolean get(ByteBuffer key, View into) {
    return get(MemorySegment.ofBuffer(key), into);
  }

  /**
   * Points views at the values of many keys, which may be in any order and occur more than once.
   * Gets that wait for memory are about twice as fast this way: the keys are looked up a few dozen
   * at a time, and the waits overlap. After a transaction's first call this allocates nothing for
   * segments and arrays. If it throws, views may have been set, in the order of the keys.
   *
   * @param into at least as many views as keys, all different; those of absent keys show nothing
   *     afterwards ({@link View#isSet}), and views after the last key are left as they are
   * @return how many of the keys are there
   * @throws IllegalArgumentException if there are fewer views than keys
   */
  public int getAll(MemorySegment[] keys, View[] into) {
    return findAll(keys, into);
  }

  /** As {@link #getAll(MemorySegment[], View[])}. */
  public int getAll(byte[][] keys, View[] into) {
    return findAll(keys, into);
  }

  /** As {@link #getAll(MemorySegment[], View[])}. */
  public int getAll(ByteBuffer[] keys, View[] into) {
    return findAll(keys, into);
  }

  private int findAll(Object[] keys, View[] into) {
    if (into.length < keys.length) {
      throw new IllegalArgumentException(
          "views=%d, allowed: as many as the %d keys, or more".formatted(into.length, keys.length));
    }
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      Tree found = tree(mine);
      BatchedGet batch = mine.memory().batch();
      int there = 0;
      for (int from = 0; from < keys.length; from += BatchedGet.SIZE) {
        int count = Math.min(BatchedGet.SIZE, keys.length - from);
        for (int i = 0; i < count; i++) {
          set(batch.key(i), Objects.requireNonNull(keys[from + i], "the key is null"));
        }
        batch.find(found, count);
        there += show(batch, found, count, into, from);
      }
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private static void set(KeyBuffer to, Object key) {
    if (key instanceof byte[] array) {
      to.setStart(array);
    } else if (key instanceof ByteBuffer buffer) {
      to.setStart(MemorySegment.ofBuffer(buffer));
    } else {
      to.setStart((MemorySegment) key);
    }
  }

  private int show(BatchedGet batch, Tree found, int count, View[] into, int from) {
    int there = 0;
    for (int i = 0; i < count; i++) {
      View view = Objects.requireNonNull(into[from + i], "the view is null");
      if (batch.value(found, i, view.slice())) {
        view.shows(tx);
        there++;
      } else {
        view.showsNothing();
      }
    }
    return there;
  }

  /** A copy of a key's value, or null if the key is absent. */
  public byte @Nullable [] get(MemorySegment key) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      Slice value = find(mine, key);
      byte[] copy = value == null ? null : value.toArray();
      tx.check(mine, call);
      return copy;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #get(MemorySegment)}. */
  public byte @Nullable [] get(byte[] key) {
    return get(MemorySegment.ofArray(key));
  }

  /** As {@link #get(MemorySegment)}. */
  public byte @Nullable [] get(ByteBuffer key) {
    return get(MemorySegment.ofBuffer(key));
  }

  /**
   * Runs a function on a key's value in the mapped file, without a copy.
   *
   * <p>In a write transaction the function may write, and may write the segment itself. A value
   * that the transaction has changed is shown in a copy. A changed value of more than 1 MiB is
   * shown in place, and is valid until the next write, which may take it as its value.
   *
   * @param reader gets a read-only segment that is valid during the call; after that it may show
   *     newer bytes of the file, and throws when the file is unmapped
   * @return what the function returned, or null if the key is absent
   */
  public <R> @Nullable R read(MemorySegment key, Function<MemorySegment, R> reader) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      Slice value = find(mine, key);
      if (value == null) {
        tx.check(mine, call);
        return null;
      }
      R result = reader.apply(tx.shown(value));
      tx.check(mine, call);
      return result;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #read(MemorySegment, Function)}. */
  public <R> @Nullable R read(byte[] key, Function<MemorySegment, R> reader) {
    return read(MemorySegment.ofArray(key), reader);
  }

  /** As {@link #read(MemorySegment, Function)}. */
  public <R> @Nullable R read(ByteBuffer key, Function<MemorySegment, R> reader) {
    return read(MemorySegment.ofBuffer(key), reader);
  }

  private @Nullable Slice find(Caller mine, MemorySegment key) {
    Workspace memory = mine.memory();
    KeyBuffer wanted = memory.setKey(key);
    return tree(mine).get(wanted, memory.valueSlice) ? memory.valueSlice : null;
  }

  /** Whether the key is there. */
  public boolean contains(MemorySegment key) {
    Caller mine = tx.caller();
    long call = mine.beginLook();
    try {
      KeyBuffer wanted = mine.memory().setKey(key);
      boolean there = tree(mine).contains(wanted);
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.endLook(call);
    }
  }

  /** Whether the key is there. */
  public boolean contains(byte[] key) {
    return contains(MemorySegment.ofArray(key));
  }

  /** Whether the key is there. */
  public boolean contains(ByteBuffer key) {
    return contains(MemorySegment.ofBuffer(key));
  }

  /**
   * The number of keys that are less than a key, which need not be there. Reads a little of each
   * page before it, or a page or two a level of a {@linkplain Table#counted counted} table.
   */
  public long rank(MemorySegment key) {
    return count(null, Objects.requireNonNull(key, "the key is null"));
  }

  /** The number of keys from one, included, to another, excluded; null for either end. */
  long count(@Nullable MemorySegment from, @Nullable MemorySegment to) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      Workspace memory = mine.memory();
      KeyBuffer begin = from == null ? null : memory.setKey(from);
      KeyBuffer end = to == null ? null : memory.inner().setKey(to);
      long count = tree(mine).countBetween(begin, end);
      tx.check(mine, call);
      return count;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #rank(MemorySegment)}. */
  public long rank(byte[] key) {
    return rank(MemorySegment.ofArray(key));
  }

  /** As {@link #rank(MemorySegment)}. */
  public long rank(ByteBuffer key) {
    return rank(MemorySegment.ofBuffer(key));
  }

  /** A cursor, not positioned yet; close it when done. */
  public RawCursor cursor() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      return new RawCursor(tx, this, tree(mine));
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Visits the entries in the order of their keys.
   *
   * @return whether all entries were visited; false if the visitor stopped
   * @see RawCursor#forEach
   */
  public boolean forEach(RawVisitor visitor) {
    try (RawCursor cursor = cursor()) {
      return cursor.forEach(visitor);
    }
  }

  /**
   * Stores a value under a key, and replaces an existing value.
   *
   * @return whether the key is new
   * @throws IllegalArgumentException if the key is longer than {@link #maxKey}
   */
  public boolean put(MemorySegment key, MemorySegment value) {
    return tx.putRaw(this, key, value);
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public boolean put(byte[] key, byte[] value) {
    return put(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public boolean put(ByteBuffer key, ByteBuffer value) {
    return put(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  /**
   * Stores a value under a key greater than all others: the sorted load.
   *
   * @throws IllegalArgumentException if the key is not greater than the last, or is too long; then
   *     nothing has changed
   */
  public void append(MemorySegment key, MemorySegment value) {
    tx.appendRaw(this, key, value);
  }

  /** As {@link #append(MemorySegment, MemorySegment)}. */
  public void append(byte[] key, byte[] value) {
    append(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #append(MemorySegment, MemorySegment)}. */
  public void append(ByteBuffer key, ByteBuffer value) {
    append(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  /**
   * Begins to collect puts and deletes of this table, which are made together.
   *
   * @see WriteTxn#batch
   */
  public RawBatch batch() {
    tx.checkOpen();
    return tx.batchRaw(table, typed);
  }

  /** Removes a key; false if it is absent. */
  public boolean delete(MemorySegment key) {
    return tx.deleteRaw(this, key);
  }

  /** Removes a key; false if it is absent. */
  public boolean delete(byte[] key) {
    return delete(MemorySegment.ofArray(key));
  }

  /** Removes a key; false if it is absent. */
  public boolean delete(ByteBuffer key) {
    return delete(MemorySegment.ofBuffer(key));
  }

  /** The description to create the table with. */
  Table<?, ?> table() {
    return table;
  }

  /** As {@link #tree}, also if the table of this name has other codecs. */
  Tree treeOfName(Caller mine) {
    try {
      return tree(mine);
    } catch (IllegalArgumentException e) {
      return tx.findRawTree(table.name());
    }
  }

  /** Whether the table was described with its codecs. */
  boolean isTyped() {
    return typed;
  }

  /** What the transaction sees of the table. */
  Tree tree(Caller mine) {
    tx.checkOpen();
    Tree known = tree;
    if (known != null && version == tx.tablesVersion()) {
      return known;
    }
    Tree found = typed ? tx.findTree(table) : tx.findRawTree(table.name());
    tx.checkFully(mine);
    version = tx.tablesVersion();
    tree = found;
    return found;
  }
}
