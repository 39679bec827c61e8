package dev.pando.bench.store;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open store. A JVM that measures loads one store only, so calls through these classes are calls
 * of known methods, and all stores run in the same loops.
 */
public interface Store extends AutoCloseable {
  /** How the store is set up, for the report. */
  String config();

  /** Begins to read the newest snapshot; keys that are looked up are in the pair. */
  Reader beginRead(Pair pair);

  /** Ends what a reader reads, for {@link #renew}: it holds no snapshot then. */
  default void rest(Reader reader) {
    reader.close();
  }

  /** Begins to read the newest snapshot after {@link #rest}, as the store does it fastest. */
  default Reader renew(Reader reader, Pair pair) {
    return beginRead(pair);
  }

  /** Begins a write transaction of the calling thread; what it writes is in the pair. */
  Writer beginWrite(Pair pair);

  /** As {@link #beginWrite}; the transaction will also read. */
  default Writer beginReadAndWrite(Pair pair) {
    return beginWrite(pair);
  }

  /**
   * Stores the pair's value under its key, in a transaction of its own, as a thread would that
   * shares the store with others; returns when it is safe from a loss of power.
   */
  default void update(Pair pair) {
    try (Writer writer = beginWrite(pair)) {
      writer.put();
      writer.commit();
    }
  }

  /**
   * As {@link #update}, with the value that the pair's key has now.
   *
   * @param change gets that value and fills the pair's
   * @return whether the key is in the store
   */
  default boolean modify(Pair pair, Consumer<byte[]> change) {
    try (Writer writer = beginReadAndWrite(pair)) {
      byte[] value = writer.value();
      if (value != null) {
        change.accept(value);
        writer.put();
        writer.commit();
      }
      return value != null;
    }
  }

  /** One large value of this store, beside its records. */
  default LargeValue largeValue() {
    throw new UnsupportedOperationException("not measured for this store");
  }

  /** Does, after the load of data for reading, what the store's documentation advises. */
  default void settle() {}

  @Override
  void close();

  /** Reads one snapshot, by key and with one cursor. */
  abstract class Reader implements AutoCloseable {
    /** The first eight bytes of the value of the pair's key, or 0 if the key is absent. */
    public abstract long get();

    /**
     * The sum of {@link #get} over keys that a program has at hand together, with one call if the
     * store has such a call that is faster.
     */
    public long getAll(KeyList keys, long first, int count, Pair pair) {
      long sum = 0;
      for (long operation = first; operation < first + count; operation++) {
        keys.copy(operation, pair);
        sum += get();
      }
      return sum;
    }

    /** A copy of the value of the pair's key, or null if the key is absent. */
    public abstract byte @Nullable [] value();

    /** Moves the cursor to the first entry; returns whether there is one, as all moves do. */
    public abstract boolean first();

    /** Moves the cursor to the last entry. */
    public abstract boolean last();

    /** Moves the cursor to the first entry whose key is not less than the pair's. */
    public abstract boolean seek();

    /** Moves the cursor forward. */
    public abstract boolean next();

    /** Moves the cursor backward, after {@link #last}. */
    public abstract boolean prev();

    /** Reads every byte of the entry at the cursor: {@link Sum} of its key and of its value. */
    public abstract long sum();

    /** As {@link #sum}, in the way of the store that makes no garbage, if it has one. */
    public long sumInPlace() {
      return sum();
    }

    /** A copy of the value at the cursor. */
    public abstract byte[] valueHere();

    /** The sum of all entries, with one call if the store has such a call that is faster. */
    public long scan() {
      long sum = 0;
      for (boolean found = first(); found; found = next()) {
        sum += sum();
      }
      return sum;
    }

    /** As {@link #scan}, from the last entry to the first. */
    public long reverse() {
      long sum = 0;
      for (boolean found = last(); found; found = prev()) {
        sum += sum();
      }
      return sum;
    }

    /**
     * How many entries are from the pair's key on and before another key. Both keys are in the
     * store.
     */
    public long count(Pair end) {
      throw new UnsupportedOperationException("not measured for this store");
    }

    /** As {@link #scan}, over at most this many entries from the pair's key on. */
    public long seek(int entries) {
      long sum = 0;
      boolean found = seek();
      for (int i = 0; found && i < entries; i++) {
        sum += sum();
        found = next();
      }
      return sum;
    }

    @Override
    public abstract void close();
  }

  /** A write transaction. */
  abstract class Writer implements AutoCloseable {
    /** As {@link Reader#get}; sees what was written. */
    public abstract long get();

    /** As {@link Reader#value}; sees what was written. */
    public abstract byte @Nullable [] value();

    /** Stores the pair's value under its key. */
    public abstract void put();

    /** As {@link #put}, in the mode for keys that come in ascending order. */
    public abstract void append();

    /**
     * Stores the first version of records that come in ascending order, with one call if the store
     * has such a call.
     */
    public void loadSorted(KeyList keys, Values values, Pair pair) {
      for (int i = 0; i < keys.count(); i++) {
        keys.copy(i, pair);
        values.fill(keys.record(i), 0, pair.value);
        append();
      }
    }

    /** Removes the pair's key, which is in the store. */
    public abstract void delete();

    /** As {@link #put}, in the way for many changes in random order that the store has, if any. */
    public void putInBatch() {
      put();
    }

    /** As {@link #delete}, in that way. */
    public void deleteInBatch() {
      delete();
    }

    /**
     * Removes records that are neighbours, with one call if the store has such a call.
     *
     * @param sorted all records by ascending key
     * @param first the first one to be removed
     * @param count how many; at least one record follows them
     */
    public void deleteRange(KeyList sorted, int first, int count, Pair pair) {
      for (int i = first; i < first + count; i++) {
        sorted.copy(i, pair);
        delete();
      }
    }

    /** Returns when everything written is visible, and safe from a loss of power. */
    public abstract void commit();

    /** Rolls back if it was not committed. */
    @Override
    public abstract void close();
  }
}
