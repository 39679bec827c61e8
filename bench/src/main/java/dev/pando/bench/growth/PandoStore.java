package dev.pando.bench.growth;

import dev.pando.Database;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.file.Path;

/** Pando with default options. */
final class PandoStore implements Store {
  static final String FILE = "growth.pando";
  private static final Table<byte[], byte[]> TABLE =
      Table.of("growth", Codec.bytes(), Codec.bytes());

  private final Database db;

  PandoStore(Path directory) {
    db = Database.open(directory.resolve(FILE));
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(db.beginWrite(), pair);
  }

  @Override
  public void close() {
    db.close();
  }

  private final class Reading implements Reader {
    private final Pair pair;
    private final View key = new View();
    private final View value = new View();
    private ReadTxn tx;
    private RawTable table;
    private RawCursor cursor;

    Reading(Pair pair) {
      this.pair = pair;
      tx = db.beginRead();
      table = tx.raw(TABLE);
      cursor = table.cursor();
    }

    @Override
    public long get() {
      return table.get(pair.key, value) ? value.getLongLE(0) : 0;
    }

    @Override
    public long step() {
      if (!cursor.next()) {
        boolean _ = cursor.first();
      }
      cursor.entry(key, value);
      return key.getLongLE(0) + value.getLongLE(0);
    }

    @Override
    public void renew() {
      close();
      tx = db.beginRead();
      table = tx.raw(TABLE);
      cursor = table.cursor();
    }

    @Override
    public void close() {
      cursor.close();
      tx.close();
    }
  }

  private static final class Writing implements Writer {
    private final WriteTxn tx;
    private final RawTable table;
    private final Pair pair;

    Writing(WriteTxn tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      table = tx.raw(TABLE);
    }

    @Override
    public void put() {
      boolean _ = table.put(pair.key, pair.value);
    }

    @Override
    public void append() {
      table.append(pair.key, pair.value);
    }

    @Override
    public void commit() {
      tx.commit();
    }

    @Override
    public void close() {
      tx.close();
    }
  }
}
