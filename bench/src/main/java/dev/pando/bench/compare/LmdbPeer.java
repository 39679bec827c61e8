package dev.pando.bench.compare;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** LMDB by direct calls from Java: what is left of LMDB's speed without a binding's work. */
final class LmdbPeer implements Peer {
  private static final long MAP = 64L << 30;
  private static final int RDONLY = 0x20000;
  private static final int NOTLS = 0x200000;
  private static final int NORDAHEAD = 0x800000;
  private static final int CREATE = 0x40000;
  private static final int APPEND = 0x20000;
  private static final int FILE_MODE = 0644;
  private static final int FIRST = 0;
  private static final int LAST = 6;
  private static final int NEXT = 8;
  private static final int PREV = 12;
  private static final int SET_RANGE = 17;
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** All memory, for reading what LMDB points to. */
  @SuppressWarnings("restricted") // nothing else can follow C's pointers
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment env;
  private final int dbi;
  private final boolean readOnly;

  LmdbPeer(Path directory, boolean readOnly) {
    this.readOnly = readOnly;
    try {
      MemorySegment out = arena.allocate(ADDRESS);
      Lmdb.check((int) Lmdb.ENV_CREATE.invokeExact(out));
      env = out.get(ADDRESS, 0);
      Lmdb.check((int) Lmdb.ENV_MAPSIZE.invokeExact(env, MAP));
      Lmdb.check((int) Lmdb.ENV_MAXDBS.invokeExact(env, 1));
      int flags = NOTLS | NORDAHEAD | (readOnly ? RDONLY : 0);
      MemorySegment path = arena.allocateFrom(directory.toString());
      Lmdb.check((int) Lmdb.ENV_OPEN.invokeExact(env, path, flags, FILE_MODE));
      MemorySegment tx = begin(readOnly);
      MemorySegment name = arena.allocateFrom("bench");
      int create = readOnly ? 0 : CREATE;
      Lmdb.check((int) Lmdb.DBI_OPEN.invokeExact(tx, name, create, out));
      dbi = out.get(JAVA_INT, 0);
      Lmdb.check((int) Lmdb.TXN_COMMIT.invokeExact(tx));
    } catch (Throwable e) {
      throw Lmdb.failed(e);
    }
  }

  @Override
  public String config() {
    return "the liblmdb that lmdbjava bundles, called through java.lang.foreign, mdb_get and"
        + " mdb_cursor_get as critical functions, puts through a cursor; MDB_NOTLS, MDB_NORDAHEAD";
  }

  private MemorySegment begin(boolean reading) throws Throwable {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment out = local.allocate(ADDRESS);
      int flags = reading ? RDONLY : 0;
      Lmdb.check((int) Lmdb.TXN_BEGIN.invokeExact(env, MemorySegment.NULL, flags, out));
      return out.get(ADDRESS, 0);
    }
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Transaction(pair, true);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Transaction(pair, readOnly);
  }

  @Override
  public void close() {
    try (arena) {
      Lmdb.ENV_CLOSE.invokeExact(env);
    } catch (Throwable e) {
      throw Lmdb.failed(e);
    }
  }

  /** Two MDB_val, each a length and an address, which LMDB reads and fills. */
  private final class Transaction implements Reader, Writer {
    private static final long VAL = 2 * Long.BYTES;

    private final Pair pair;
    private final MemorySegment key = Pair.allocate(VAL);
    private final MemorySegment value = Pair.allocate(VAL);
    private final MemorySegment tx;
    private MemorySegment opened = MemorySegment.NULL;
    private boolean ended;

    Transaction(Pair pair, boolean reading) {
      this.pair = pair;
      try {
        tx = begin(reading);
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    private static void point(MemorySegment val, MemorySegment bytes) {
      val.set(JAVA_LONG, 0, bytes.byteSize());
      val.set(JAVA_LONG, Long.BYTES, bytes.address());
    }

    @Override
    public long get() {
      point(key, pair.key);
      try {
        int code = (int) Lmdb.GET.invokeExact(tx, dbi, key, value);
        if (code == Lmdb.NOT_FOUND) {
          return 0;
        }
        Lmdb.check(code);
        return MEMORY.get(LONG, value.get(JAVA_LONG, Long.BYTES));
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    @Override
    public long scan() {
      return visit(FIRST, NEXT, Integer.MAX_VALUE);
    }

    @Override
    public long reverse() {
      return visit(LAST, PREV, Integer.MAX_VALUE);
    }

    @Override
    public long seek(int entries) {
      point(key, pair.key);
      return visit(SET_RANGE, NEXT, entries);
    }

    private long visit(int first, int next, int entries) {
      try {
        MemorySegment cursor = cursor();
        long sum = 0;
        int code = (int) Lmdb.CURSOR_GET.invokeExact(cursor, key, value, first);
        for (int i = 0; code == 0 && i < entries; i++) {
          sum += sum(key) + sum(value);
          code = (int) Lmdb.CURSOR_GET.invokeExact(cursor, key, value, next);
        }
        return sum;
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    /** One for the whole transaction. */
    private MemorySegment cursor() throws Throwable {
      if (opened.address() == 0) {
        Lmdb.check((int) Lmdb.CURSOR_OPEN.invokeExact(tx, dbi, value));
        opened = value.get(ADDRESS, 0);
      }
      return opened;
    }

    private void closeCursor() throws Throwable {
      if (opened.address() != 0) {
        Lmdb.CURSOR_CLOSE.invokeExact(opened);
        opened = MemorySegment.NULL;
      }
    }

    private static long sum(MemorySegment val) {
      return Sum.of(MEMORY, val.get(JAVA_LONG, Long.BYTES), val.get(JAVA_LONG, 0));
    }

    @Override
    public void put() {
      put(0);
    }

    @Override
    public void append() {
      put(APPEND);
    }

    private void put(int flags) {
      try {
        MemorySegment cursor = cursor();
        point(key, pair.key);
        point(value, pair.value);
        Lmdb.check((int) Lmdb.CURSOR_PUT.invokeExact(cursor, key, value, flags));
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    @Override
    public void delete() {
      point(key, pair.key);
      try {
        Lmdb.check((int) Lmdb.DEL.invokeExact(tx, dbi, key, MemorySegment.NULL));
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    @Override
    public void commit() {
      ended = true; // also if it fails
      try {
        closeCursor();
        Lmdb.check((int) Lmdb.TXN_COMMIT.invokeExact(tx));
      } catch (Throwable e) {
        throw Lmdb.failed(e);
      }
    }

    @Override
    public void close() {
      if (!ended) {
        ended = true;
        try {
          closeCursor();
          Lmdb.TXN_ABORT.invokeExact(tx);
        } catch (Throwable e) {
          throw Lmdb.failed(e);
        }
      }
    }
  }
}
