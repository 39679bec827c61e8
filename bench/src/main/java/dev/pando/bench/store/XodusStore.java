package dev.pando.bench.store;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
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
final class XodusStore implements dev.pando.bench.store.Store {
  private static final long CACHE = 1L << 30;

  private final Environment environment;
  private final Store store;

  XodusStore(Path directory, boolean readOnly) {
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

  private static long head(@Nullable ByteIterable value) {
    return value == null ? 0 : Sum.first(value.getBytesUnsafe(), 0);
  }

  private static byte @Nullable [] copy(@Nullable ByteIterable value) {
    return value == null ? null : Arrays.copyOf(value.getBytesUnsafe(), value.getLength());
  }

  private static long sum(ByteIterable bytes) {
    return Sum.of(bytes.getBytesUnsafe(), bytes.getLength());
  }

  private final class Reading extends Reader {
    private final Pair pair;
    private @Nullable Cursor opened;
    private final Transaction tx = environment.beginReadonlyTransaction();

    Reading(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      return head(store.get(tx, new ArrayByteIterable(pair.keyArray())));
    }

    @Override
    public byte @Nullable [] value() {
      return copy(store.get(tx, new ArrayByteIterable(pair.keyArray())));
    }

    /** A cursor cannot go back to the first entry, so another one is opened. */
    private Cursor reopened() {
      closeCursor();
      Cursor cursor = store.openCursor(tx);
      opened = cursor;
      return cursor;
    }

    private Cursor cursor() {
      return Objects.requireNonNull(opened);
    }

    @Override
    public boolean first() {
      return reopened().getNext();
    }

    @Override
    public boolean last() {
      return reopened().getLast();
    }

    @Override
    public boolean seek() {
      return reopened().getSearchKeyRange(new ArrayByteIterable(pair.keyArray())) != null;
    }

    @Override
    public boolean next() {
      return cursor().getNext();
    }

    @Override
    public boolean prev() {
      return cursor().getPrev();
    }

    @Override
    public long sum() {
      Cursor cursor = cursor();
      return XodusStore.sum(cursor.getKey()) + XodusStore.sum(cursor.getValue());
    }

    @Override
    public byte[] valueHere() {
      return Objects.requireNonNull(copy(cursor().getValue()));
    }

    private void closeCursor() {
      if (opened != null) {
        opened.close();
        opened = null;
      }
    }

    @Override
    public void close() {
      closeCursor();
      tx.abort();
    }
  }

  private final class Writing extends Writer {
    private final Pair pair;
    private final Transaction tx = environment.beginExclusiveTransaction();

    Writing(Pair pair) {
      this.pair = pair;
    }

    private ByteIterable key() {
      return new ArrayByteIterable(pair.keyArray());
    }

    private ByteIterable content() {
      return new ArrayByteIterable(pair.valueArray());
    }

    @Override
    public long get() {
      return head(store.get(tx, key()));
    }

    @Override
    public byte @Nullable [] value() {
      return copy(store.get(tx, key()));
    }

    @Override
    public void put() {
      boolean _ = store.put(tx, key(), content());
    }

    @Override
    public void append() {
      store.putRight(tx, key(), content());
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
