package dev.pando.bench.store;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** MapDB's BTreeMap over its store with a write-ahead log. */
final class MapDbStore implements Store {
  private final DB db;
  private @Nullable BTreeMap<byte[], byte[]> opened;

  /** A commit has the changes of one writer. */
  private final ReentrantLock turn = new ReentrantLock();

  MapDbStore(Path directory) {
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

  private final class Reading extends ArrayReader {
    private final Pair pair;
    private final BTreeMap<byte[], byte[]> map = map();
    private Iterator<? extends Map.Entry<byte[], byte[]>> iterator = Collections.emptyIterator();

    Reading(Pair pair) {
      this.pair = pair;
    }

    @Override
    public byte @Nullable [] value() {
      return map.get(pair.keyArray());
    }

    private boolean begin(Iterator<? extends Map.Entry<byte[], byte[]>> at) {
      iterator = at;
      return advance();
    }

    @Override
    boolean advance() {
      if (!iterator.hasNext()) {
        return false;
      }
      Map.Entry<byte[], byte[]> entry = iterator.next();
      key = entry.getKey();
      value = entry.getValue();
      return true;
    }

    @Override
    public boolean first() {
      return begin(map.entryIterator(null, false, null, false));
    }

    @Override
    public boolean last() {
      return begin(map.descendingEntryIterator(null, false, null, false));
    }

    @Override
    public boolean seek() {
      return begin(map.entryIterator(pair.keyArray(), true, null, false));
    }

    @Override
    public void close() {}
  }

  private final class Writing extends Writer {
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
      byte[] value = value();
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public byte @Nullable [] value() {
      return known().get(pair.keyArray());
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
