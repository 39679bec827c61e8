package dev.pando.bench.compare;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/** H2's MVStore, whose transactions are versions of the whole store. */
final class MvStorePeer implements Peer {
  private static final int CACHE_MEBIBYTES = 1024;
  private static final int COMPACT_MILLIS = 10_000;

  private final MVStore store;
  private final MVMap<byte[], byte[]> map;

  /** A version has the changes of one writer. */
  private final ReentrantLock turn = new ReentrantLock();

  MvStorePeer(Path directory, boolean readOnly) {
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

  private final class Reading implements Reader {
    private final Pair pair;
    private final MVStore.TxCounter version = store.registerVersionUsage();
    private final MVMap<byte[], byte[]> state;

    Reading(Pair pair) {
      this.pair = pair;
      state = store.isReadOnly() ? map : map.openVersion(version.version);
    }

    @Override
    public long get() {
      byte[] value = state.get(pair.keyArray());
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public long scan() {
      return sum(state.cursor(null), Integer.MAX_VALUE);
    }

    @Override
    public long reverse() {
      return sum(state.cursor(null, null, true), Integer.MAX_VALUE);
    }

    @Override
    public long seek(int entries) {
      return sum(state.cursor(pair.keyArray()), entries);
    }

    private static long sum(Cursor<byte[], byte[]> cursor, int entries) {
      long sum = 0;
      for (int i = 0; i < entries && cursor.hasNext(); i++) {
        byte[] key = cursor.next();
        byte[] value = cursor.getValue();
        sum += Sum.of(key, key.length) + Sum.of(value, value.length);
      }
      return sum;
    }

    @Override
    public void close() {
      store.deregisterVersionUsage(version);
    }
  }

  private final class Writing implements Writer {
    private final Pair pair;
    private boolean committed;

    Writing(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      byte[] value = map.get(pair.keyArray());
      return value == null ? 0 : Sum.first(value, 0);
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
