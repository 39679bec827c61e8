package dev.pando.bench.ycsb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;

/** lmdbjava with its fastest buffers; each thread renews one read transaction for its reads. */
final class LmdbStore implements Store {
  private static final long MAP = 64L << 30;
  private static final int MAX_ROW = 1 << 16;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> rows;

  LmdbStore(Path directory) {
    env =
        Env.create()
            .setMapSize(MAP)
            .setMaxDbs(1)
            .setMaxReaders(1024)
            .open(directory.toFile(), EnvFlags.MDB_NORDAHEAD);
    rows = env.openDbi("usertable", DbiFlags.MDB_CREATE);
  }

  @Override
  public DB bind() {
    return new Binding();
  }

  @Override
  public DB bindForLoad() {
    return new LoadBinding();
  }

  @Override
  public void close() {
    env.close();
  }

  private static byte[] copy(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    return bytes;
  }

  private class Binding extends DB {
    private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(511);
    private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(MAX_ROW);
    private @Nullable Txn<ByteBuffer> reader;

    /** Of the calling thread, to which LMDB ties it. */
    private Txn<ByteBuffer> renewReader() {
      Txn<ByteBuffer> tx = reader;
      if (tx == null) {
        tx = env.txnRead();
        reader = tx;
      } else {
        tx.renew();
      }
      return tx;
    }

    @Override
    public void cleanup() {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }

    final ByteBuffer key(String key) {
      return keyBuffer.clear().put(key.getBytes(UTF_8)).flip();
    }

    final void put(Txn<ByteBuffer> tx, ByteBuffer key, byte[] row) {
      boolean _ = rows.put(tx, key, valueBuffer.clear().put(row).flip());
    }

    @Override
    public Status read(
        String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
      Txn<ByteBuffer> tx = renewReader();
      try {
        ByteBuffer found = rows.get(tx, key(key));
        if (found == null) {
          return Status.NOT_FOUND;
        }
        Row.decode(copy(found), fields, result);
        return Status.OK;
      } finally {
        tx.reset();
      }
    }

    @Override
    public Status scan(
        String table,
        String startKey,
        int count,
        @Nullable Set<String> fields,
        Vector<HashMap<String, ByteIterator>> result) {
      Txn<ByteBuffer> tx = renewReader();
      try (Cursor<ByteBuffer> cursor = rows.openCursor(tx)) {
        boolean found = cursor.get(key(startKey), GetOp.MDB_SET_RANGE);
        for (int i = 0; found && i < count; i++) {
          HashMap<String, ByteIterator> row = new HashMap<>();
          Row.decode(copy(cursor.val()), fields, row);
          result.add(row);
          found = cursor.next();
        }
      } finally {
        tx.reset();
      }
      return result.isEmpty() ? Status.NOT_FOUND : Status.OK;
    }

    @Override
    public Status update(String table, String key, Map<String, ByteIterator> values) {
      try (Txn<ByteBuffer> tx = env.txnWrite()) {
        ByteBuffer keyBytes = key(key);
        ByteBuffer found = rows.get(tx, keyBytes);
        if (found == null) {
          return Status.NOT_FOUND;
        }
        put(tx, keyBytes, Row.merge(copy(found), values));
        tx.commit();
        return Status.OK;
      }
    }

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
      byte[] row = Row.encode(values);
      try (Txn<ByteBuffer> tx = env.txnWrite()) {
        put(tx, key(key), row);
        tx.commit();
      }
      return Status.OK;
    }

    @Override
    public Status delete(String table, String key) {
      try (Txn<ByteBuffer> tx = env.txnWrite()) {
        boolean found = rows.delete(tx, key(key));
        tx.commit();
        return found ? Status.OK : Status.NOT_FOUND;
      }
    }
  }

  private final class LoadBinding extends Binding {
    private @Nullable Txn<ByteBuffer> writer;
    private int inserted;

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
      Txn<ByteBuffer> open = writer == null ? env.txnWrite() : writer;
      put(open, key(key), Row.encode(values));
      writer = open;
      if (++inserted % LOAD_BATCH == 0) {
        cleanup();
      }
      return Status.OK;
    }

    @Override
    public void cleanup() {
      super.cleanup();
      if (writer != null) {
        writer.commit();
        writer.close();
        writer = null;
      }
    }
  }
}
