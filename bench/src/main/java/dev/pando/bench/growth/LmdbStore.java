package dev.pando.bench.growth;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** lmdbjava with its fastest buffers, reused. */
final class LmdbStore implements Store {
  static final String FILE = "data.mdb";

  /** Address space only: the file is as long as what was written. */
  private static final long MAP = 64L << 30;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> dbi;

  LmdbStore(Path directory) {
    env =
        Env.create()
            .setMapSize(MAP)
            .setMaxDbs(1)
            .setMaxReaders(1024)
            .open(directory.toFile(), EnvFlags.MDB_NORDAHEAD);
    dbi = env.openDbi("growth", DbiFlags.MDB_CREATE);
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

  private final class Reading implements Reader {
    private final Txn<ByteBuffer> tx;
    private final Cursor<ByteBuffer> cursor;
    private final Pair pair;

    Reading(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
      cursor = dbi.openCursor(tx);
    }

    /** lmdbjava's buffers are big-endian, and reversing eight bytes is one instruction. */
    @Override
    public long get() {
      ByteBuffer value = dbi.get(tx, pair.keyBuffer);
      return value == null ? 0 : Long.reverseBytes(value.getLong(0));
    }

    @Override
    public long step() {
      if (!cursor.next()) {
        boolean _ = cursor.first();
      }
      return cursor.key().getLong(0) + cursor.val().getLong(0);
    }

    @Override
    public void renew() {
      tx.reset();
      tx.renew();
      cursor.renew(tx);
    }

    @Override
    public void close() {
      cursor.close();
      tx.close();
    }
  }

  private final class Writing implements Writer {
    private final Txn<ByteBuffer> tx;
    private final Pair pair;

    Writing(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
    }

    @Override
    public void put() {
      boolean _ = dbi.put(tx, pair.keyBuffer, pair.valueBuffer);
    }

    @Override
    public void append() {
      boolean _ = dbi.put(tx, pair.keyBuffer, pair.valueBuffer, PutFlags.MDB_APPEND);
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
