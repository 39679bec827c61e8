package dev.pando.bench.store;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/** H2's MVStore, whose transactions are versions of the whole store. */
final class MvStoreStore implements Store {
  private static final int CACHE_MEBIBYTES = 1024;
  private static final int COMPACT_MILLIS = 10_000;

  private final MVStore store;
  private final MVMap<byte[], byte[]> map;

  /** A version has the changes of one writer. */
  private final ReentrantLock turn = new ReentrantLock();

  MvStoreStore(Path directory, boolean readOnly) {
    MVStore.Builder builder =
        new MVStore.Builder()
            .fileName(directory.resolve("bench.mv.db").toString())
            .cacheSize(CACHE_MEBIBYTES)
            .autoCommitDisabled();
    store = (readOnly ? builder.readOnly() : builder).open();
    store.setRetentionTime(0);
    map =
        store.openMap(
            "bench",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE)
                .singleWriter());
  }

  @Override
  public String config() {
    return Library.of(MVStore.class)
        + ": 1 GiB cache on the heap, autoCommitDisabled, commit() and sync() for each transaction,"
        + " retention time 0 as everything is synced, singleWriter for append(); compactFile before"
        + " reads and before sizes";
  }

  @Override
  public void settle() {
    store.compactFile(COMPACT_MILLIS);
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    turn.lock();
    return new Writing(pair);
  }

  @Override
  public void close() {
    store.close();
  }

  private final class Reading extends ArrayReader {
    private final Pair pair;
    private final MVStore.TxCounter version = store.registerVersionUsage();
    private final MVMap<byte[], byte[]> snapshot;
    private @Nullable Cursor<byte[], byte[]> cursor;

    Reading(Pair pair) {
      this.pair = pair;
      snapshot = store.isReadOnly() ? map : map.openVersion(version.version);
    }

    @Override
    public byte @Nullable [] value() {
      return snapshot.get(pair.keyArray());
    }

    private boolean begin(Cursor<byte[], byte[]> at) {
      cursor = at;
      return advance();
    }

    @Override
    boolean advance() {
      if (cursor == null || !cursor.hasNext()) {
        return false;
      }
      key = cursor.next();
      value = cursor.getValue();
      return true;
    }

    @Override
    public boolean first() {
      return begin(snapshot.cursor(null));
    }

    @Override
    public boolean last() {
      return begin(snapshot.cursor(null, null, true));
    }

    @Override
    public boolean seek() {
      return begin(snapshot.cursor(pair.keyArray()));
    }

    @Override
    public long count(Pair end) {
      return snapshot.getKeyIndex(end.keyArray()) - snapshot.getKeyIndex(pair.keyArray());
    }

    @Override
    public void close() {
      store.deregisterVersionUsage(version);
    }
  }

  private final class Writing extends Writer {
    private final Pair pair;
    private boolean committed;

    Writing(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      byte[] value = value();
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public byte @Nullable [] value() {
      return map.get(pair.keyArray());
    }

    @Override
    public void put() {
      map.put(pair.keyArray(), pair.valueArray());
    }

    @Override
    public void append() {
      map.append(pair.keyArray(), pair.valueArray());
    }

    @Override
    public void delete() {
      if (map.remove(pair.keyArray()) == null) {
        throw new AssertionError("a record is missing");
      }
    }

    @Override
    public void commit() {
      store.commit();
      store.sync();
      committed = true;
    }

    @Override
    public void close() {
      try {
        if (!committed) {
          store.rollback();
        }
      } finally {
        turn.unlock();
      }
    }
  }
}
