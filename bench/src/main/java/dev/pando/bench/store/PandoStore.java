package dev.pando.bench.store;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.RawBatch;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.RawVisitor;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pando through its raw tables, with default options but for the page size. */
public final class PandoStore implements Store {
  /** The table that holds the records. */
  public static final Table<byte[], byte[]> TABLE = Table.of("bench", Codec.bytes(), Codec.bytes());

  private final int pageSize;
  private final boolean hasLog;
  private final Table<?, ?> table;
  private final Database db;

  PandoStore(Path directory, boolean readOnly, int pageSize, boolean hasLog) {
    this(directory, readOnly, pageSize, hasLog, TABLE);
  }

  /** With another description of the table, which raw tables do not look at. */
  PandoStore(Path directory, boolean readOnly, int pageSize, boolean hasLog, Table<?, ?> table) {
    this.pageSize = pageSize;
    this.hasLog = hasLog;
    this.table = table;
    Options options = Options.defaults().withReadOnly(readOnly).withPageSize(pageSize);
    options = hasLog ? options : options.withLogSize(0);
    db = Database.open(directory.resolve("bench.pando"), options);
  }

  /** The database, for what other stores do not have. */
  public Database database() {
    return db;
  }

  @Override
  public String config() {
    return Library.of(Database.class)
        + ": Options.defaults() with pages of "
        + (pageSize >> 10)
        + " KiB: checksums verified at first touch, every commit synced"
        + (hasLog ? "" : ", without a commit log")
        + "; raw tables, reused views";
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(db.beginRead(), table, pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(db.beginWrite(), table, pair);
  }

  @Override
  public void update(Pair pair) {
    db.update(tx -> tx.raw(table).put(pair.key, pair.value));
  }

  @Override
  public boolean modify(Pair pair, Consumer<byte[]> change) {
    byte[] key = pair.keyArray();
    return db.<Boolean, RuntimeException>updateAndGet(
        tx -> {
          RawTable raw = tx.raw(table);
          byte[] value = raw.get(key);
          if (value != null) {
            change.accept(value);
            boolean _ = raw.put(pair.key, pair.value);
          }
          return value != null;
        });
  }

  @Override
  public LargeValue largeValue() {
    return new PandoLargeValue(db);
  }

  @Override
  public void close() {
    db.close();
  }

  private static final class Reading extends Reader implements RawVisitor {
    private long sum;
    private long left;
    private final ReadTxn tx;
    private final RawTable table;
    private final Pair pair;
    private final View key = new View();
    private final View value = new View();
    private MemorySegment[] keys = {};
    private View[] values = {};
    private @Nullable RawCursor opened;

    Reading(ReadTxn tx, Table<?, ?> table, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      this.table = tx.raw(table);
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
    public long get() {
      return table.get(pair.key, value) ? value.getLongLE(0) : 0;
    }

    @Override
    public long getAll(KeyList list, long first, int count, Pair unused) {
      if (keys.length != count) {
        keys = new MemorySegment[count];
        Arrays.setAll(keys, _ -> Pair.allocate(pair.key.byteSize()));
        values = Stream.generate(View::new).limit(count).toArray(View[]::new);
      }
      for (int i = 0; i < count; i++) {
        list.copy(first + i, keys[i]);
      }
      int _ = table.getAll(keys, values);
      long sum = 0;
      for (View found : values) {
        sum += found.isSet() ? found.getLongLE(0) : 0;
      }
      return sum;
    }

    @Override
    public byte @Nullable [] value() {
      return table.get(pair.key, value) ? value.toArray() : null;
    }

    @Override
    public boolean first() {
      return cursor().first();
    }

    @Override
    public boolean last() {
      return cursor().last();
    }

    @Override
    public boolean seek() {
      return cursor().seek(pair.key);
    }

    @Override
    public boolean next() {
      return cursor().next();
    }

    @Override
    public boolean prev() {
      return cursor().prev();
    }

    @Override
    public long scan() {
      boolean _ = cursor().first();
      return visited(Long.MAX_VALUE, false);
    }

    @Override
    public long reverse() {
      boolean _ = cursor().last();
      return visited(Long.MAX_VALUE, true);
    }

    @Override
    public long seek(int entries) {
      return cursor().seek(pair.key) ? visited(entries, false) : 0;
    }

    @Override
    public long count(Pair end) {
      return tx.count(TABLE, Range.closedOpen(pair.keyArray(), end.keyArray()));
    }

    private long visited(long most, boolean reversed) {
      sum = 0;
      left = most;
      boolean _ = reversed ? cursor().forEachReversed(this) : cursor().forEach(this);
      return sum;
    }

    @Override
    public boolean visit(View at, View there) {
      sum += Sum.of(at) + Sum.of(there);
      return --left > 0;
    }

    @Override
    public long sum() {
      cursor().entry(key, value);
      return Sum.of(key) + Sum.of(value);
    }

    @Override
    public long sumInPlace() {
      cursor().entry(key, value);
      return Sum.inPlace(key) + Sum.inPlace(value);
    }

    @Override
    public byte[] valueHere() {
      cursor().value(value);
      return value.toArray();
    }

    @Override
    public void close() {
      if (opened != null) {
        opened.close();
      }
      tx.close();
    }
  }

  private static final class Writing extends Writer {
    private final WriteTxn tx;
    private final RawTable table;
    private final Pair pair;
    private final View value = new View();
    private @Nullable RawBatch batch;

    Writing(WriteTxn tx, Table<?, ?> table, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      this.table = tx.raw(table);
    }

    @Override
    public long get() {
      return table.get(pair.key, value) ? value.getLongLE(0) : 0;
    }

    @Override
    public byte @Nullable [] value() {
      return table.get(pair.key, value) ? value.toArray() : null;
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
    public void loadSorted(KeyList keys, Values values, Pair unused) {
      Iterator<Map.Entry<byte[], byte[]>> entries =
          IntStream.range(0, keys.count())
              .mapToObj(
                  i -> {
                    keys.copy(i, pair);
                    values.fill(keys.record(i), 0, pair.value);
                    return Map.entry(pair.keyArray(), pair.valueArray());
                  })
              .iterator();
      long _ = tx.loadSorted(TABLE, entries);
    }

    @Override
    public void delete() {
      if (!table.delete(pair.key)) {
        throw new AssertionError("a record is missing");
      }
    }

    private RawBatch batch() {
      RawBatch begun = batch;
      if (begun == null) {
        begun = table.batch();
        batch = begun;
      }
      return begun;
    }

    @Override
    public void putInBatch() {
      batch().put(pair.key, pair.value);
    }

    @Override
    public void deleteInBatch() {
      batch().delete(pair.key);
    }

    @Override
    public void deleteRange(KeyList sorted, int first, int count, Pair unused) {
      sorted.copy(first, pair);
      byte[] from = pair.keyArray();
      sorted.copy(first + count, pair);
      long removed = tx.deleteRange(TABLE, Range.closedOpen(from, pair.keyArray()));
      if (removed != count) {
        throw new AssertionError("removed " + removed + " records, not " + count);
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
