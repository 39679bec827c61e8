package dev.pando;

import dev.pando.codec.Codec;

/** What has changed between two commits. Users see the methods as those of {@link Database}. */
abstract class Differ extends Transactor {
  Differ() {}

  /** As {@link #diff(ReadTxn, ReadTxn, Table, Range)}, of all keys. */
  public <K, V> Changes<K, V> diff(ReadTxn before, ReadTxn after, Table<K, V> table) {
    return diff(before, after, table, Range.all());
  }

  /**
   * The differences of a table between two snapshots: keys that were added, that got another value,
   * and that were removed. A table that one of the two does not have counts as empty. The cost
   * follows the number of differences, see {@link Changes}.
   *
   * {@snippet :
   * try (ReadTxn monday = db.snapshots().open("monday");
   *     ReadTxn now = db.beginRead();
   *     Changes<Long, Order> changes = db.diff(monday, now, ORDERS)) {
   *   changes.forEach(change -> print(change.kind(), change.key()));
   * }
   * }
   *
   * <p>For a multimap table, compare its {@link MultiTable#pairs}: each value that was added or
   * removed is a change. {@link #diff(ReadTxn, ReadTxn, String)} compares any table as bytes.
   *
   * @param before a read transaction of this database, for example of a named snapshot
   * @param after another one. If it sees the earlier commit, what was added is reported as removed,
   *     and so on
   * @param range the keys to compare, and the direction; its skip and its limit count differences
   * @throws IllegalArgumentException if a transaction is a write transaction, or of another
   *     database; or if the table was written with other codecs in one of the two
   * @throws IllegalStateException if one of the two has ended
   */
  public <K, V> Changes<K, V> diff(
      ReadTxn before, ReadTxn after, Table<K, V> table, Range<? super K> range) {
    return Changes.between(lifecycle(), before, after, table, range, true);
  }

  /** As {@link #diff(ReadTxn, ReadTxn, Table, Range)}, of a table as bytes, for any codecs. */
  public Changes<byte[], byte[]> diff(ReadTxn before, ReadTxn after, String table) {
    Table<byte[], byte[]> bytes = Table.of(table, Codec.bytes(), Codec.bytes());
    return Changes.between(lifecycle(), before, after, bytes, Range.all(), false);
  }
}
