package dev.pando.bench.compare;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** MapDB's BTreeMap over its store with a write-ahead log. */
final class MapDbPeer implements Peer {
  private final DB db;
  private @Nullable BTreeMap<byte[], byte[]> opened;

  /** A commit has the changes of one writer. */
  private final ReentrantLock turn = new ReentrantLock();

  MapDbPeer(Path directory) {
    db =
        DBMaker.fileDB(directory.resolve("bench.mapdb").toFile())
            .fileMmapEnable()
            .fileMmapPreclearDisable()
            .cleanerHackEnable()
            .transactionEnable()
            .make();
  }

  @Override
  public String config() {
    return Library.of(DB.class)
        + ": fileMmapEnable, fileMmapPreclearDisable, cleanerHackEnable, transactionEnable (commits"
        + " are synced), BTreeMap with Serializer.BYTE_ARRAY for keys and values; append is"
        + " createFromSink; no snapshots, so growth is not measured";
  }

  private DB.TreeMapMaker<byte[], byte[]> maker() {
    return db.treeMap("bench", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
  }

  /** Made when it is first used: the sink for sorted records makes it itself. */
  private synchronized BTreeMap<byte[], byte[]> map() {
    BTreeMap<byte[], byte[]> map = opened;
    if (map == null) {
      map = maker().createOrOpen();
      opened = map;
    }
    return map;
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
    db.close();
  }

  private final class Reading implements Reader {
    private final Pair pair;
    private final BTreeMap<byte[], byte[]> map = map();

    Reading(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      byte[] value = map.get(pair.keyArray());
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public long scan() {
      return sum(map.entryIterator(null, false, null, false), Integer.MAX_VALUE);
    }

    @Override
    public long reverse() {
      return sum(map.descendingEntryIterator(null, false, null, false), Integer.MAX_VALUE);
    }

    @Override
    public long seek(int entries) {
      return sum(map.entryIterator(pair.keyArray(), true, null, false), entries);
    }

    private static long sum(Iterator<? extends Map.Entry<byte[], byte[]>> iterator, int entries) {
      long sum = 0;
      for (int i = 0; i < entries && iterator.hasNext(); i++) {
        Map.Entry<byte[], byte[]> entry = iterator.next();
        byte[] key = entry.getKey();
        byte[] value = entry.getValue();
        sum += Sum.of(key, key.length) + Sum.of(value, value.length);
      }
      return sum;
    }

    @Override
    public void close() {}
  }

  private final class Writing implements Writer {
    private final Pair pair;
    private DB.@Nullable TreeMapSink<byte[], byte[]> sink;
    private @Nullable BTreeMap<byte[], byte[]> map;
    private boolean committed;

    Writing(Pair pair) {
      this.pair = pair;
    }

    private BTreeMap<byte[], byte[]> known() {
      BTreeMap<byte[], byte[]> known = map;
      if (known == null) {
        known = map();
        map = known;
      }
      return known;
    }

    @Override
    public long get() {
      byte[] value = known().get(pair.keyArray());
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public void put() {
      known().put(pair.keyArray(), pair.valueArray());
    }

    @Override
    public void append() {
      DB.TreeMapSink<byte[], byte[]> into = sink;
      if (into == null) {
        into = maker().createFromSink();
        sink = into;
      }
      into.put(pair.keyArray(), pair.valueArray());
    }

    @Override
    public void delete() {
      if (known().remove(pair.keyArray()) == null) {
        throw new AssertionError("a record is missing");
      }
    }

    @Override
    public void commit() {
      if (sink != null) {
        opened = sink.create();
      }
      db.commit();
      committed = true;
    }

    @Override
    public void close() {
      try {
        if (!committed) {
          db.rollback();
        }
      } finally {
        turn.unlock();
      }
    }
  }
}
