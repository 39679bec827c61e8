package dev.pando.bench.compare;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** LMDB through lmdbjava. */
final class LmdbjavaPeer implements Peer {
  /** Address space only: without MDB_WRITEMAP the file is as long as what was written. */
  private static final long MAP = 64L << 30;

  /** With MDB_WRITEMAP the file is as long as the map, with holes. */
  private static final long WRITABLE_MAP = 8L << 30;

  /** How LMDB can be used. */
  enum Way {
    /** Puts through a cursor, which finds its page faster: as lmdbjava's own benchmarks do. */
    CURSOR,
    /** Puts through the table, as its tutorial begins. */
    TABLE,
    /** As {@link #CURSOR}, with pages changed in the map. */
    WRITE_MAP
  }

  private final Way way;
  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> dbi;

  LmdbjavaPeer(Path directory, boolean readOnly, Way way) {
    this.way = way;
    List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NORDAHEAD, EnvFlags.MDB_NOTLS));
    if (readOnly) {
      flags.add(EnvFlags.MDB_RDONLY_ENV);
    } else if (way == Way.WRITE_MAP) {
      flags.add(EnvFlags.MDB_WRITEMAP);
    }
    env =
        Env.create()
            .setMapSize(way == Way.WRITE_MAP ? WRITABLE_MAP : MAP)
            .setMaxDbs(1)
            .open(directory.toFile(), flags.toArray(EnvFlags[]::new));
    dbi = readOnly ? env.openDbi("bench") : env.openDbi("bench", DbiFlags.MDB_CREATE);
  }

  @Override
  public String config() {
    return Library.of(Env.class)
        + ": bundled liblmdb 0.9.33, ByteBufferProxy.PROXY_OPTIMAL (unsafe), checks off"
        + " (lmdbjava.disable.checks), MDB_NORDAHEAD, MDB_NOTLS, reused direct buffers, no MDB_INTEGERKEY"
        + switch (way) {
          case CURSOR -> ", puts through a cursor";
          case TABLE -> ", puts through Dbi.put";
          case WRITE_MAP -> ", puts through a cursor, MDB_WRITEMAP";
        };
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(env.txnRead(), pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(env.txnWrite(), pair);
  }

  @Override
  public void close() {
    env.close();
  }

  /** lmdbjava's buffers are big-endian, and reversing eight bytes is one instruction. */
  private static long first(ByteBuffer value) {
    return Long.reverseBytes(value.getLong(0));
  }

  private final class Reading implements Reader {
    private final Txn<ByteBuffer> tx;
    private final Pair pair;
    private @Nullable Cursor<ByteBuffer> opened;

    Reading(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
    }

    @Override
    public long get() {
      ByteBuffer value = dbi.get(tx, pair.keyBuffer);
      return value == null ? 0 : first(value);
    }

    @Override
    public long scan() {
      Cursor<ByteBuffer> cursor = cursor();
      long sum = 0;
      for (boolean found = cursor.first(); found; found = cursor.next()) {
        sum += Sum.of(cursor.key()) + Sum.of(cursor.val());
      }
      return sum;
    }

    @Override
    public long reverse() {
      Cursor<ByteBuffer> cursor = cursor();
      long sum = 0;
      for (boolean found = cursor.last(); found; found = cursor.prev()) {
        sum += Sum.of(cursor.key()) + Sum.of(cursor.val());
      }
      return sum;
    }

    @Override
    public long seek(int entries) {
      Cursor<ByteBuffer> cursor = cursor();
      long sum = 0;
      boolean found = cursor.get(pair.keyBuffer, GetOp.MDB_SET_RANGE);
      for (int i = 0; found && i < entries; i++) {
        sum += Sum.of(cursor.key()) + Sum.of(cursor.val());
        found = cursor.next();
      }
      return sum;
    }

    /** One for the whole transaction. */
    private Cursor<ByteBuffer> cursor() {
      Cursor<ByteBuffer> cursor = opened;
      if (cursor == null) {
        cursor = dbi.openCursor(tx);
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

  private final class Writing implements Writer {
    private final Txn<ByteBuffer> tx;
    private final Pair pair;
    private @Nullable Cursor<ByteBuffer> opened;

    Writing(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
    }

    @Override
    public long get() {
      ByteBuffer value = dbi.get(tx, pair.keyBuffer);
      return value == null ? 0 : first(value);
    }

    @Override
    public void put() {
      boolean _ =
          way == Way.TABLE
              ? dbi.put(tx, pair.keyBuffer, pair.valueBuffer)
              : cursor().put(pair.keyBuffer, pair.valueBuffer);
    }

    @Override
    public void append() {
      boolean _ =
          way == Way.TABLE
              ? dbi.put(tx, pair.keyBuffer, pair.valueBuffer, PutFlags.MDB_APPEND)
              : cursor().put(pair.keyBuffer, pair.valueBuffer, PutFlags.MDB_APPEND);
    }

    /** One for the whole transaction. */
    private Cursor<ByteBuffer> cursor() {
      Cursor<ByteBuffer> cursor = opened;
      if (cursor == null) {
        cursor = dbi.openCursor(tx);
        opened = cursor;
      }
      return cursor;
    }

    @Override
    public void delete() {
      if (!dbi.delete(tx, pair.keyBuffer)) {
        throw new AssertionError("a record is missing");
      }
    }

    @Override
    public void commit() {
      closeCursor();
      tx.commit();
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
      tx.close();
    }
  }
}
