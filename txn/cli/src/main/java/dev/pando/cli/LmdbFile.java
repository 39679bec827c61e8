package dev.pando.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A data file of LMDB 0.9, of a 64-bit machine with the least significant byte first. Whatever is
 * outside the file or a page is a {@link Fault}. No process may write it meanwhile.
 */
final class LmdbFile implements AutoCloseable {
  /** Sees an entry; of duplicates, one for each. */
  interface EntryVisitor {
    void entry(byte[] key, byte[] value);
  }

  /** Sees a named database, or an entry of the main one. */
  interface MainVisitor {
    void database(String name, Db db);

    void entry(byte[] key, byte[] value);
  }

  /**
   * The record of a database.
   *
   * @param pad bytes of a key on pages of fixed size
   * @param flags as LMDB has them
   * @param root all ones if it is empty
   */
  record Db(int pad, int flags, int depth, long entries, long root) {
    boolean is(int flag) {
      return (flags & flag) != 0;
    }
  }

  static final int REVERSEKEY = 0x02;
  static final int DUPSORT = 0x04;
  static final int INTEGERKEY = 0x08;
  static final int DUPFIXED = 0x10;
  static final int INTEGERDUP = 0x20;
  static final int REVERSEDUP = 0x40;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int HEADER = 16;
  private static final int HEADER_OF_32_BITS = 12;
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int VERSION_AT = HEADER + 4;
  private static final int FREE_DB_AT = HEADER + 24;
  private static final int DB_BYTES = 48;
  private static final int MAIN_DB_AT = FREE_DB_AT + DB_BYTES;
  private static final int TXN_AT = MAIN_DB_AT + DB_BYTES + 8;
  private static final int META_BYTES = TXN_AT + 8;

  private static final int BRANCH = 0x01;
  private static final int LEAF = 0x02;
  private static final int LEAF2 = 0x20;

  private static final int NODE = 8;
  private static final int BIG_DATA = 0x01;
  private static final int SUB_DATA = 0x02;
  private static final int DUP_DATA = 0x04;
  private static final int MAX_DEPTH = 64;

  private final Path path;
  private final Arena arena;
  private final MemorySegment file;
  private final int pageSize;
  private final Db main;
  private final long txn;

  /** Pages of trees that were visited: a page that is there twice makes no endless walk. */
  private final java.util.BitSet seen = new java.util.BitSet();

  private LmdbFile(Path path, Arena arena, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    this.file = file;
    checkFormat();
    this.pageSize = file.get(U32, FREE_DB_AT);
    if (Integer.bitCount(pageSize) != 1 || pageSize < 256 || 2L * pageSize > file.byteSize()) {
      throw damaged("a page size of " + Integer.toUnsignedString(pageSize), 0);
    }
    long meta = newestMeta();
    this.txn = file.get(U64, meta + TXN_AT);
    this.main = db(file, meta + MAIN_DB_AT);
  }

  /** Opens a file, or the file {@code data.mdb} of a directory. */
  static LmdbFile open(Path path) throws IOException {
    Path file = java.nio.file.Files.isDirectory(path) ? path.resolve("data.mdb") : path;
    Arena arena = Arena.ofConfined();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new LmdbFile(file, arena, map);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private void checkFormat() {
    if (file.byteSize() < META_BYTES) {
      throw Fault.usage(path + ": no file of LMDB: it has " + file.byteSize() + " bytes");
    }
    int magic = file.get(U32, HEADER);
    if (magic == Integer.reverseBytes(MAGIC)
        || file.get(U32, HEADER_OF_32_BITS) == Integer.reverseBytes(MAGIC)) {
      throw refused("of a machine with the most significant byte first");
    }
    if (file.get(U32, HEADER_OF_32_BITS) == MAGIC) {
      throw refused("of a 32-bit machine");
    }
    if (magic != MAGIC) {
      throw Fault.usage(path + ": no file of LMDB");
    }
    int version = file.get(U32, VERSION_AT);
    if (version != 1) {
      throw refused("of format version " + version + ", as LMDB 1.0 and lmdb-js write");
    }
  }

  private Fault refused(String what) {
    return Fault.usage(
        "%s: a file %s, allowed: LMDB 0.9, 64 bits, least significant byte first; dump it there with mdb_dump -a, and use 'pando load'"
            .formatted(path, what));
  }

  private long newestMeta() {
    long second = pageSize;
    boolean isValid =
        file.get(U32, second + HEADER) == MAGIC && file.get(U32, second + VERSION_AT) == 1;
    return isValid && file.get(U64, second + TXN_AT) > file.get(U64, TXN_AT) ? second : 0;
  }

  /** The commit that is read. */
  long txn() {
    return txn;
  }

  /** Refuses what was read if the file has changed since. */
  void checkUnchanged() {
    if (file.get(U64, newestMeta() + TXN_AT) != txn) {
      throw Fault.usage(path + ": a process has written to it meanwhile; import a copy of it");
    }
  }

  Db main() {
    return main;
  }

  private static Db db(MemorySegment at, long offset) {
    return new Db(
        at.get(U32, offset),
        Short.toUnsignedInt(at.get(U16, offset + 4)),
        Short.toUnsignedInt(at.get(U16, offset + 6)),
        at.get(U64, offset + 32),
        at.get(U64, offset + 40));
  }

  // ---- trees

  /** Visits the named databases and the entries of the main one, in the order of their keys. */
  void forEachOfMain(MainVisitor visitor) {
    walk(
        main,
        (page, node) -> {
          int flags = u16(page, node + 4);
          byte[] key = key(page, node);
          if ((flags & SUB_DATA) != 0 && (flags & DUP_DATA) == 0) {
            MemorySegment record = data(page, node);
            if (record.byteSize() < DB_BYTES) {
              throw damaged("a record of " + record.byteSize() + " bytes", main.root);
            }
            String name = new String(key, java.nio.charset.StandardCharsets.UTF_8);
            visitor.database(name.replaceAll("\0$", ""), db(record, 0));
          } else {
            entries(page, node, key, visitor::entry);
          }
        });
  }

  /** Visits the entries of a database, in the order of its keys. */
  void forEach(Db db, EntryVisitor visitor) {
    walk(db, (page, node) -> entries(page, node, key(page, node), visitor));
  }

  private interface NodeVisitor {
    void node(MemorySegment page, long node);
  }

  private void walk(Db db, NodeVisitor visitor) {
    if (db.root != -1) {
      walk(db.root, 0, visitor, null);
    }
  }

  /** Visits the nodes of leaves; keys of a fixed size, which have no nodes, go to the other one. */
  private void walk(
      long pgno,
      int depth,
      NodeVisitor visitor,
      java.util.function.@org.jspecify.annotations.Nullable Consumer<byte[]> keys) {
    if (depth > MAX_DEPTH) {
      throw damaged("a tree deeper than " + MAX_DEPTH, pgno);
    }
    MemorySegment page = page(pgno, pageSize);
    if (seen.get((int) pgno)) {
      throw damaged("a page that is in the trees twice", pgno);
    }
    seen.set((int) pgno);
    int flags = u16(page, 10);
    if ((flags & LEAF2) != 0 && keys != null) {
      fixedKeys(page, keys);
      return;
    }
    if ((flags & (BRANCH | LEAF)) == 0) {
      throw damaged("a page with flags 0x%x in a tree".formatted(flags), pgno);
    }
    for (int i = 0; i < count(page); i++) {
      long node = nodeAt(page, i);
      if ((flags & LEAF) != 0) {
        visitor.node(page, node);
      } else {
        long child =
            u16(page, node) | (long) u16(page, node + 2) << 16 | (long) u16(page, node + 4) << 32;
        walk(child, depth + 1, visitor, keys);
      }
    }
  }

  private MemorySegment page(long pgno, long bytes) {
    if (pgno < 0
        || pgno > Math.min(Integer.MAX_VALUE, file.byteSize() / pageSize)
        || pgno * pageSize > file.byteSize() - bytes) {
      throw damaged("a page beyond the end of the file", pgno);
    }
    return file.asSlice(pgno * pageSize, bytes);
  }

  private int count(MemorySegment page) {
    int lower = u16(page, 12);
    if (lower < HEADER || lower > page.byteSize()) {
      throw damaged("a page with %d bytes of nodes".formatted(lower), -1);
    }
    return (lower - HEADER) / Short.BYTES;
  }

  private long nodeAt(MemorySegment page, int slot) {
    return u16(page, HEADER + (long) Short.BYTES * slot);
  }

  private void entries(MemorySegment page, long node, byte[] key, EntryVisitor visitor) {
    int flags = u16(page, node + 4);
    if ((flags & DUP_DATA) == 0) {
      visitor.entry(key, bytes(data(page, node)));
      return;
    }
    MemorySegment values = data(page, node);
    if ((flags & SUB_DATA) != 0) {
      if (values.byteSize() < DB_BYTES) {
        throw damaged("a record of " + values.byteSize() + " bytes", -1);
      }
      Db duplicates = db(values, 0);
      if (duplicates.root != -1) {
        walk(
            duplicates.root,
            0,
            (leaf, each) -> visitor.entry(key, key(leaf, each)),
            value -> visitor.entry(key, value));
      }
    } else if ((u16(values, 10) & LEAF2) != 0) {
      fixedKeys(values, value -> visitor.entry(key, value));
    } else {
      for (int i = 0; i < count(values); i++) {
        visitor.entry(key, key(values, nodeAt(values, i)));
      }
    }
  }

  private void fixedKeys(MemorySegment page, java.util.function.Consumer<byte[]> visitor) {
    int size = u16(page, 8);
    for (int i = 0; i < count(page); i++) {
      visitor.accept(bytes(slice(page, HEADER + (long) size * i, size)));
    }
  }

  private byte[] key(MemorySegment page, long node) {
    return bytes(slice(page, node + NODE, u16(page, node + 6)));
  }

  private MemorySegment data(MemorySegment page, long node) {
    long length = u16(page, node) | (long) u16(page, node + 2) << 16;
    long at = node + NODE + u16(page, node + 6);
    if ((u16(page, node + 4) & BIG_DATA) == 0) {
      return slice(page, at, length);
    }
    long pgno = slice(page, at, Long.BYTES).get(U64, 0);
    return page(pgno, HEADER + length).asSlice(HEADER);
  }

  private MemorySegment slice(MemorySegment page, long at, long length) {
    if (length < 0 || at > page.byteSize() - length) {
      throw damaged("%d bytes at %d of a page".formatted(length, at), -1);
    }
    return page.asSlice(at, length);
  }

  private int u16(MemorySegment page, long at) {
    return Short.toUnsignedInt(slice(page, at, Short.BYTES).get(U16, 0));
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  private Fault damaged(String what, long pgno) {
    String where = pgno < 0 ? "" : "page " + pgno + ": ";
    return Fault.found("%s: %s%s: the file is damaged".formatted(path, where, what));
  }

  @Override
  public void close() {
    arena.close();
  }
}
