package dev.pando;

/** Decodes entries that a call has found. */
final class Decoding {
  private Decoding() {}

  /** The entry whose bytes the caller's slices show. */
  static <K, V> Entry<K, V> entry(Txn tx, Caller mine, long call, Table<K, V> table) {
    Workspace memory = mine.memory();
    long then = tx.epoch();
    K key = memory.decodeKey(table);
    tx.checkEpochInCall(then); // otherwise the value may have moved since it was found
    Entry<K, V> entry = new Entry<>(key, memory.decodeValue(table));
    tx.check(mine, call, then);
    return entry;
  }
}
