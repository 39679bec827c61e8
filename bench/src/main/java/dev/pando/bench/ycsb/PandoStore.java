package dev.pando.bench.ycsb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Database;
import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;

/** Pando with default options; a read transaction for each read. */
final class PandoStore implements Store {
  private static final Table<byte[], byte[]> ROWS =
      Table.of("usertable", Codec.bytes(), Codec.bytes());

  private final Database db;

  PandoStore(Path directory) {
    db = Database.open(directory.resolve("ycsb.pando"));
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
    db.close();
  }

  private class Binding extends DB {
    private final View value = new View();

    @Override
    public Status read(
        String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
      try (ReadTxn tx = db.beginRead()) {
        byte[] row = tx.raw(ROWS).get(key.getBytes(UTF_8));
        if (row == null) {
          return Status.NOT_FOUND;
        }
        Row.decode(row, fields, result);
        return Status.OK;
      }
    }

    @Override
    public Status scan(
        String table,
        String startKey,
        int count,
        @Nullable Set<String> fields,
        Vector<HashMap<String, ByteIterator>> result) {
      try (ReadTxn tx = db.beginRead();
          RawCursor cursor = tx.raw(ROWS).cursor()) {
        boolean found = cursor.seek(startKey.getBytes(UTF_8));
        for (int i = 0; found && i < count; i++) {
          cursor.value(value);
          HashMap<String, ByteIterator> row = new HashMap<>();
          Row.decode(value.toArray(), fields, row);
          result.add(row);
          found = cursor.next();
        }
      }
      return result.isEmpty() ? Status.NOT_FOUND : Status.OK;
    }

    @Override
    public Status update(String table, String key, Map<String, ByteIterator> values) {
      byte[] keyBytes = key.getBytes(UTF_8);
      return db.updateAndGet(
          tx -> {
            RawTable rows = tx.raw(ROWS);
            byte[] row = rows.get(keyBytes);
            if (row == null) {
              return Status.NOT_FOUND;
            }
            boolean _ = rows.put(keyBytes, Row.merge(row, values));
            return Status.OK;
          });
    }

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
      byte[] row = Row.encode(values);
      db.update(tx -> tx.raw(ROWS).put(key.getBytes(UTF_8), row));
      return Status.OK;
    }

    @Override
    public Status delete(String table, String key) {
      return db.updateAndGet(
          tx -> tx.raw(ROWS).delete(key.getBytes(UTF_8)) ? Status.OK : Status.NOT_FOUND);
    }
  }

  private final class LoadBinding extends Binding {
    private @Nullable WriteTxn tx;
    private int inserted;

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
      WriteTxn open = tx == null ? db.beginWrite() : tx;
      boolean _ = open.raw(ROWS).put(key.getBytes(UTF_8), Row.encode(values));
      tx = open;
      if (++inserted % LOAD_BATCH == 0) {
        cleanup();
      }
      return Status.OK;
    }

    @Override
    public void cleanup() {
      if (tx != null) {
        tx.commit();
        tx.close();
        tx = null;
      }
    }
  }
}
