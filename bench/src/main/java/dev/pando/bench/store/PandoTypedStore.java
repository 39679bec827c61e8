package dev.pando.bench.store;

import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Scan;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * As {@link PandoStore}, read through a typed table: each key is an {@code Integer}, and each value
 * an array of its own. Keys have four bytes.
 */
final class PandoTypedStore implements Store {
  private static final Table<Integer, byte[]> TABLE =
      Table.of(PandoStore.TABLE.name(), Codec.u32(), Codec.bytes());

  private final PandoStore raw;

  PandoTypedStore(Path directory, boolean readOnly) {
    raw = new PandoStore(directory, readOnly, 4 << 10, true, TABLE);
  }

  @Override
  public String config() {
    return raw.config() + "; read through a typed table";
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(raw.database().beginRead(), pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return raw.beginWrite(pair);
  }

  @Override
  public void close() {
    raw.close();
  }

  private static final class Reading extends Reader {
    private final ReadTxn tx;
    private final Pair pair;
    private long sum;

    Reading(ReadTxn tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      pair.keyBuffer.order(ByteOrder.BIG_ENDIAN);
    }

    @Override
    public long get() {
      byte[] value = value();
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public byte @Nullable [] value() {
      return tx.get(TABLE, pair.keyBuffer.getInt(0));
    }

    @Override
    public long scan() {
      return sum(tx.scan(TABLE));
    }

    @Override
    public long reverse() {
      return sum(tx.scan(TABLE, Range.<Integer>all().reversed()));
    }

    private long sum(Scan<Integer, byte[]> scan) {
      sum = 0;
      scan.forEachKeyValue(
          (key, value) -> sum += Integer.reverseBytes(key) + Sum.of(value, value.length));
      return sum;
    }

    @Override
    public boolean first() {
      throw noCursor();
    }

    @Override
    public boolean last() {
      throw noCursor();
    }

    @Override
    public boolean seek() {
      throw noCursor();
    }

    @Override
    public boolean next() {
      throw noCursor();
    }

    @Override
    public boolean prev() {
      throw noCursor();
    }

    @Override
    public long sum() {
      throw noCursor();
    }

    @Override
    public byte[] valueHere() {
      throw noCursor();
    }

    private static UnsupportedOperationException noCursor() {
      return new UnsupportedOperationException("a typed table is scanned without a cursor");
    }

    @Override
    public void close() {
      tx.close();
    }
  }
}
