package dev.pando.bench.compare;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Pando through its raw tables, as it comes but for the page size. */
final class PandoPeer implements Peer {
  private static final String TABLE = "bench";
  private static final Table<byte[], byte[]> DESCRIBED =
      Table.of(TABLE, Codec.bytes(), Codec.bytes());

  private final int pageSize;
  private final Database db;

  PandoPeer(Path directory, boolean readOnly, int pageSize) {
    this.pageSize = pageSize;
    Options options = Options.defaults().withReadOnly(readOnly).withPageSize(pageSize);
    db = Database.open(directory.resolve("bench.pando"), options);
  }

  @Override
  public String config() {
    return Library.of(Database.class)
        + ": Options.defaults() with pages of "
        + (pageSize >> 10)
        + " KiB: checksums verified at first touch, every commit synced; raw tables, reused views";
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(db.beginRead(), pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(db.beginWrite(), pair);
  }

  @Override
  public void update(Pair pair) {
    db.update(tx -> tx.raw(DESCRIBED).put(pair.key, pair.value));
  }

  @Override
  public void close() {
    db.close();
  }

  private static final class Reading implements Reader {
    private final ReadTxn tx;
    private final RawTable table;
    private final Pair pair;
    private final View key = new View();
    private final View value = new View();
    private @Nullable RawCursor opened;

    Reading(ReadTxn tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      table = tx.raw(TABLE);
    }

    @Override
    public long get() {
      return table.get(pair.key, value) ? value.getLongLE(0) : 0;
    }

    @Override
    public long scan() {
      RawCursor cursor = cursor();
      long sum = 0;
      for (boolean found = cursor.first(); found; found = cursor.next()) {
        cursor.entry(key, value);
        sum += Sum.of(key) + Sum.of(value);
      }
      return sum;
    }

    @Override
    public long reverse() {
      RawCursor cursor = cursor();
      long sum = 0;
      for (boolean found = cursor.last(); found; found = cursor.prev()) {
        cursor.entry(key, value);
        sum += Sum.of(key) + Sum.of(value);
      }
      return sum;
    }

    @Override
    public long seek(int entries) {
      RawCursor cursor = cursor();
      long sum = 0;
      boolean found = cursor.seek(pair.key);
      for (int i = 0; found && i < entries; i++) {
        cursor.entry(key, value);
        sum += Sum.of(key) + Sum.of(value);
        found = cursor.next();
      }
      return sum;
    }

    /** One for the whole transaction. */
    private RawCursor cursor() {
      RawCursor cursor = opened;
      if (cursor == null) {
        cursor = table.cursor();
        opened = cursor;
      }
      return cursor;
    }

    @Override
    public void close() {
      if (opened != null) {
        opened.close();
      }
      tx.close();
    }
  }

  private static final class Writing implements Writer {
    private final WriteTxn tx;
    private final RawTable table;
    private final Pair pair;
    private final View value = new View();

    Writing(WriteTxn tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      table = tx.raw(TABLE);
    }

    @Override
    public long get() {
      return table.get(pair.key, value) ? value.getLongLE(0) : 0;
    }

    @Override
    public void put() {
      table.put(pair.key, pair.value);
    }

    @Override
    public void append() {
      table.append(pair.key, pair.value);
    }

    @Override
    public void delete() {
      if (!table.delete(pair.key)) {
        throw new AssertionError("a record is missing");
      }
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
