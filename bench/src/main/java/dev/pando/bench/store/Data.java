package dev.pando.bench.store;

/**
 * The records that a store holds.
 *
 * @param records how many
 * @param keys what their keys look like
 * @param valueBytes length of each value, 8 or more
 */
public record Data(int records, Keys keys, int valueBytes) {
  /** Room for one record. */
  public Pair pair() {
    return new Pair(keys.bytes, valueBytes);
  }

  /** As many records as there are, or fewer. */
  public Data withAtMost(int count) {
    return new Data(Math.min(count, records), keys, valueBytes);
  }

  /** The same keys with values of another length. */
  public Data withValueBytes(int bytes) {
    return new Data(records, keys, bytes);
  }
}
