package dev.pando.bench.compare;

/**
 * An open store. Each trial's JVM loads one peer only, so calls through these interfaces are calls
 * of known methods, and all stores run in the same loops.
 */
interface Peer extends AutoCloseable {
  /** How the store is set up, and what its documentation says about that; for the report. */
  String config();

  /**
   * Begins to read the newest state.
   *
   * @param pair where keys that are asked for lie
   */
  Reader beginRead(Pair pair);

  /**
   * Begins a write transaction, for the thread that calls.
   *
   * @param pair where keys and values that are written lie
   */
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

  /** Does, after the load of data for reading, what the documentation advises. */
  default void settle() {}

  @Override
  void close();

  /** Reads one state. */
  interface Reader extends AutoCloseable {
    /** The first eight bytes of the value of the pair's key, or 0 if the key is absent. */
    long get();

    /** Visits all entries and reads every byte: the sum of {@link Sum} over keys and values. */
    long scan();

    /** As {@link #scan}, from the last entry to the first. */
    long reverse();

    /** As {@link #scan}, over at most {@code entries} entries from the pair's key on. */
    long seek(int entries);

    @Override
    void close();
  }

  /** A write transaction. */
  interface Writer extends AutoCloseable {
    /** As {@link Reader#get}; sees what was written. */
    long get();

    /** Stores the pair's value under its key. */
    void put();

    /** As {@link #put} in the mode for keys that come in ascending order. */
    void append();

    /** Removes the pair's key, which is there. */
    void delete();

    /** Returns when everything written is visible, and safe from a loss of power. */
    void commit();

    /** Rolls back if it was not committed. */
    @Override
    void close();
  }
}
