package org.lmdbjava;

import dev.pando.MultiTable;
import dev.pando.Table;
import dev.pando.codec.Codec;

/** An open table of an environment, which all its {@link Dbi}s share. */
final class Handle {
  private final byte[] name;
  private final TableRecord record;
  private final Table<?, ?> table;
  private final MultiTable<byte[], byte[]> pairs;
  private volatile boolean closed;

  /**
   * A handle.
   *
   * @param name empty for the table without a name
   */
  Handle(byte[] name, TableRecord record) {
    this.name = name;
    this.record = record;
    String tableName = TableRecord.tableOf(name);
    if (record.form().pairs()) {
      this.pairs = MultiTable.of(tableName, Codec.bytes(), Codec.bytes());
      this.table = pairs.pairs();
    } else {
      this.pairs = null;
      this.table = Table.of(tableName, Codec.bytes(), Codec.bytes());
    }
  }

  byte[] name() {
    return name;
  }

  boolean isMain() {
    return name.length == 0;
  }

  TableRecord record() {
    return record;
  }

  Table<?, ?> table() {
    return table;
  }

  /** The table as a multimap; null if a key has one value. */
  MultiTable<byte[], byte[]> pairs() {
    return pairs;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }
}
