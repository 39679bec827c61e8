package dev.pando.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** LMDB through lmdbjava, with its fastest buffers, reused. */
final class LmdbjavaStore implements Store {
  /** Address space only: without MDB_WRITEMAP the file is as long as what was written. */
  private static final long MAP = 64L << 30;

  /** With MDB_WRITEMAP the file is as long as the map, with holes. */
  private static final long WRITABLE_MAP = 8L << 30;

  private static final int READERS = 1024;

  private static final PutFlags[] NONE = {};
  private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

  private final StoreKind kind;
  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> dbi;

  LmdbjavaStore(Path directory, boolean readOnly, StoreKind kind) {
    this.kind = kind;
    boolean writable = kind == StoreKind.LMDBJAVA_WRITEMAP;
    List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NORDAHEAD, EnvFlags.MDB_NOTLS));
    if (readOnly) {
      flags.add(EnvFlags.MDB_RDONLY_ENV);
    } else if (writable) {
      flags.add(EnvFlags.MDB_WRITEMAP);
    }
    env =
        Env.create()
            .setMapSize(writable ? WRITABLE_MAP : MAP)
            .setMaxDbs(1)
            .setMaxReaders(READERS)
            .open(directory.toFile(), flags.toArray(EnvFlags[]::new));
    dbi = readOnly ? env.openDbi("bench") : env.openDbi("bench", DbiFlags.MDB_CREATE);
  }

  @Override
  public String config() {
    return Library.of(Env.class)
        + ": bundled liblmdb 0.9.33, ByteBufferProxy.PROXY_OPTIMAL (unsafe), checks off"
        + " (lmdbjava.disable.checks), MDB_NORDAHEAD, MDB_NOTLS, reused direct buffers, no"
        + " MDB_INTEGERKEY, puts through "
        + switch (kind) {
          case LMDBJAVA_DBI -> "Dbi.put";
          case LMDBJAVA_WRITEMAP -> "a cursor, MDB_WRITEMAP";
          default -> "a cursor";
        };
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(env.txnRead(), pair);
  }

  @Override
  public void rest(Reader reader) {
    ((Reading) reader).tx.reset();
  }

  @Override
  public Reader renew(Reader reader, Pair pair) {
    ((Reading) reader).renew();
    return reader;
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(env.txnWrite(), pair);
  }

  @Override
  public LargeValue largeValue() {
    return new Large();
  }

  @Override
  public void close() {
    env.close();
  }

  /** One value, read in the map. LMDB changes no part of a value, so a change writes all of it. */
  private final class Large implements LargeValue {
    private final ByteBuffer key = ByteBuffer.allocateDirect(Integer.BYTES);

    @Override
    public void put(ReadableByteChannel source, int bytes) throws IOException {
      try (Txn<ByteBuffer> tx = env.txnWrite()) {
        LargeValue.fill(source, dbi.reserve(tx, key, bytes));
        tx.commit();
      }
    }

    private ByteBuffer value(Txn<ByteBuffer> tx) {
      return Objects.requireNonNull(dbi.get(tx, key)).duplicate(); // the next call has its buffer
    }

    @Override
    public long sum() {
      try (Txn<ByteBuffer> tx = env.txnRead()) {
        return Sum.of(value(tx));
      }
    }

    @Override
    public void change(int position, ByteBuffer bytes) {
      try (Txn<ByteBuffer> tx = env.txnWrite()) {
        ByteBuffer old = value(tx);
        ByteBuffer room = dbi.reserve(tx, key, old.remaining());
        room.put(0, old, 0, old.remaining());
        room.put(position, bytes, bytes.position(), bytes.remaining());
        tx.commit();
      }
    }
  }

  /** lmdbjava's buffers are big-endian, and reversing eight bytes is one instruction. */
  private static long head(@Nullable ByteBuffer value) {
    return value == null ? 0 : Long.reverseBytes(value.getLong(0));
  }

  private static byte @Nullable [] copy(@Nullable ByteBuffer value) {
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.limit()];
    value.get(0, bytes);
    return bytes;
  }

  private final class Reading extends Reader {
    private final Txn<ByteBuffer> tx;
    private final Pair pair;
    private @Nullable Cursor<ByteBuffer> opened;

    Reading(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
    }

    void renew() {
      tx.renew();
      if (opened != null) {
        opened.renew(tx);
      }
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
    public long get() {
      return head(dbi.get(tx, pair.keyBuffer));
    }

    @Override
    public byte @Nullable [] value() {
      return copy(dbi.get(tx, pair.keyBuffer));
    }

    @Override
    public boolean first() {
      return cursor().first();
    }

    @Override
    public boolean last() {
      return cursor().last();
    }

    @Override
    public boolean seek() {
      return cursor().get(pair.keyBuffer, GetOp.MDB_SET_RANGE);
    }

    @Override
    public boolean next() {
      return cursor().next();
    }

    @Override
    public boolean prev() {
      return cursor().prev();
    }

    @Override
    public long sum() {
      Cursor<ByteBuffer> cursor = cursor();
      return Sum.of(cursor.key()) + Sum.of(cursor.val());
    }

    @Override
    public long count(Pair end) {
      Cursor<ByteBuffer> cursor = cursor();
      long count = 0;
      boolean found = seek();
      while (found && !cursor.key().equals(end.keyBuffer)) {
        count++;
        found = cursor.next();
      }
      return count;
    }

    @Override
    public byte[] valueHere() {
      byte[] value = copy(cursor().val());
      return value == null ? new byte[0] : value;
    }

    @Override
    public void close() {
      if (opened != null) {
        opened.close();
      }
      tx.close();
    }
  }

  private final class Writing extends Writer {
    private final Txn<ByteBuffer> tx;
    private final Pair pair;
    private @Nullable Cursor<ByteBuffer> opened;

    Writing(Txn<ByteBuffer> tx, Pair pair) {
      this.tx = tx;
      this.pair = pair;
    }

    @Override
    public long get() {
      return head(dbi.get(tx, pair.keyBuffer));
    }

    @Override
    public byte @Nullable [] value() {
      return copy(dbi.get(tx, pair.keyBuffer));
    }

    @Override
    public void put() {
      put(NONE);
    }

    @Override
    public void append() {
      put(APPEND);
    }

    private void put(PutFlags[] flags) {
      boolean _ =
          kind == StoreKind.LMDBJAVA_DBI
              ? dbi.put(tx, pair.keyBuffer, pair.valueBuffer, flags)
              : cursor().put(pair.keyBuffer, pair.valueBuffer, flags);
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

    /** LMDB removes no range, but its cursor is on the next entry after a removal. */
    @Override
    public void deleteRange(KeyList sorted, int first, int count, Pair unused) {
      sorted.copy(first, pair);
      Cursor<ByteBuffer> cursor = cursor();
      boolean found = cursor.get(pair.keyBuffer, GetOp.MDB_SET_KEY);
      for (int i = 0; found && i < count; i++) {
        cursor.delete();
        found = cursor.next();
      }
      if (!found) {
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
