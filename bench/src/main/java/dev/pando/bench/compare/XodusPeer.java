package dev.pando.bench.compare;

import java.nio.file.Path;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;

/** Xodus, its environments. */
final class XodusPeer implements Peer {
  private static final long CACHE = 1L << 30;

  private final Environment environment;
  private final Store store;

  XodusPeer(Path directory, boolean readOnly) {
    environment =
        Environments.newInstance(
            directory.toFile(),
            new EnvironmentConfig()
                .setLogDurableWrite(true)
                .setMemoryUsage(CACHE)
                .setEnvIsReadonly(readOnly));
    StoreConfig config = readOnly ? StoreConfig.USE_EXISTING : StoreConfig.WITHOUT_DUPLICATES;
    store =
        readOnly
            ? environment.computeInReadonlyTransaction(
                tx -> environment.openStore("bench", config, tx))
            : environment.computeInTransaction(tx -> environment.openStore("bench", config, tx));
  }

  @Override
  public String config() {
    return Library.of(Environments.class)
        + ": setLogDurableWrite(true), 1 GiB log cache on the heap, a store without duplicates and"
        + " prefixing, exclusive transactions for writing, putRight for append; its collector of"
        + " garbage runs in the background, as by default";
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(pair);
  }

  @Override
  public void close() {
    environment.close();
  }

  private static long first(@Nullable ByteIterable value) {
    return value == null ? 0 : Sum.first(value.getBytesUnsafe(), 0);
  }

  private static long sum(ByteIterable bytes) {
    return Sum.of(bytes.getBytesUnsafe(), bytes.getLength());
  }

  private final class Reading implements Reader {
    private final Pair pair;
    private final Transaction tx = environment.beginReadonlyTransaction();

    Reading(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      return first(store.get(tx, new ArrayByteIterable(pair.keyArray())));
    }

    @Override
    public long scan() {
      long sum = 0;
      try (Cursor cursor = store.openCursor(tx)) {
        while (cursor.getNext()) {
          sum += sum(cursor.getKey()) + sum(cursor.getValue());
        }
      }
      return sum;
    }

    @Override
    public long reverse() {
      long sum = 0;
      try (Cursor cursor = store.openCursor(tx)) {
        for (boolean found = cursor.getLast(); found; found = cursor.getPrev()) {
          sum += sum(cursor.getKey()) + sum(cursor.getValue());
        }
      }
      return sum;
    }

    @Override
    public long seek(int entries) {
      long sum = 0;
      try (Cursor cursor = store.openCursor(tx)) {
        boolean found = cursor.getSearchKeyRange(new ArrayByteIterable(pair.keyArray())) != null;
        for (int i = 0; found && i < entries; i++) {
          sum += sum(cursor.getKey()) + sum(cursor.getValue());
          found = cursor.getNext();
        }
      }
      return sum;
    }

    @Override
    public void close() {
      tx.abort();
    }
  }

  private final class Writing implements Writer {
    private final Pair pair;
    private final Transaction tx = environment.beginExclusiveTransaction();

    Writing(Pair pair) {
      this.pair = pair;
    }

    private ByteIterable key() {
      return new ArrayByteIterable(pair.keyArray());
    }

    private ByteIterable value() {
      return new ArrayByteIterable(pair.valueArray());
    }

    @Override
    public long get() {
      return first(store.get(tx, key()));
    }

    @Override
    public void put() {
      boolean _ = store.put(tx, key(), value());
    }

    @Override
    public void append() {
      store.putRight(tx, key(), value());
    }

    @Override
    public void delete() {
      if (!store.delete(tx, key())) {
        throw new AssertionError("a record is missing");
      }
    }

    @Override
    public void commit() {
      if (!tx.commit()) {
        throw new AssertionError("an exclusive transaction has met another one");
      }
    }

    @Override
    public void close() {
      if (!tx.isFinished()) {
        tx.abort();
      }
    }
  }
}
