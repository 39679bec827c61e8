package dev.pando.bench.store;

/** A reader of a store that hands out arrays, and whose iterators go one way only. */
abstract class ArrayReader extends Store.Reader {
  /** The entry at the cursor. */
  byte[] key = {};

  byte[] value = {};

  /** Moves to the iterator's next entry and fills {@link #key} and {@link #value}. */
  abstract boolean advance();

  @Override
  public final long get() {
    byte[] found = value();
    return found == null ? 0 : Sum.first(found, 0);
  }

  @Override
  public final boolean next() {
    return advance();
  }

  @Override
  public final boolean prev() {
    return advance();
  }

  @Override
  public final long sum() {
    return Sum.of(key, key.length) + Sum.of(value, value.length);
  }

  @Override
  public final byte[] valueHere() {
    return value;
  }
}
