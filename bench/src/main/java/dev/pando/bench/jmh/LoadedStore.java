package dev.pando.bench.jmh;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.store.Data;
import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.StoreKind;
import dev.pando.bench.store.Values;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A store in a directory of its own, loaded in one transaction, and an order of lookups. */
@State(Scope.Thread)
public class LoadedStore {
  private static final int VALUE_BYTES = 100;

  /** Which store: the name of a {@link StoreKind}. */
  @Param("PANDO")
  public StoreKind store;

  /** What keys look like: INT, RND16 or STR. */
  @Param("RND16")
  public Keys keys;

  /** Records in the store. */
  @Param("1000000")
  public int records;

  Store open;
  Pair pair;
  Store.Reader reader;
  private KeyList ring;
  private Values values;
  private Path directory;
  private long next;

  /** Loads the store. */
  @Setup(Level.Trial)
  public void load() {
    Data data = new Data(records, keys, VALUE_BYTES);
    directory = Folders.temporary(Path.of(System.getProperty("java.io.tmpdir")));
    open = store.open(directory, false);
    pair = data.pair();
    values = new Values(VALUE_BYTES);
    ring = Orders.ring(data, 7, Keys::present);
    KeyList all = Orders.shuffled(data);
    try (Store.Writer writer = open.beginWrite(pair)) {
      for (int i = 0; i < records; i++) {
        all.copy(i, pair);
        values.fill(all.record(i), 0, pair.value);
        writer.put();
      }
      writer.commit();
    }
    reader = open.beginRead(pair);
    boolean _ = reader.first();
  }

  /** Puts the key of the next record of the order into the pair. */
  void nextKey() {
    ring.copy(next++, pair);
  }

  /** Gets the values of the next records of the order. */
  long getAll(int count) {
    long first = next;
    next += count;
    return reader.getAll(ring, first, count, pair);
  }

  /** As {@link #nextKey}, with a new version of its value. */
  void nextRecord() {
    values.fill(ring.record(next), (int) next + 1, pair.value);
    nextKey();
  }

  /** Deletes everything. */
  @TearDown(Level.Trial)
  public void close() {
    reader.close();
    open.close();
    Folders.delete(directory);
  }
}
