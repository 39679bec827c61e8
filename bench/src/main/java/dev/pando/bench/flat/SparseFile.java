package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A database with one long run of free, never written pages in its middle. Its metas are edited
 * while it is closed; what comes out passes {@link Database#check}.
 */
final class SparseFile {
  static final Table<Long, byte[]> TABLE = Table.of("entries", Codec.u64(), Codec.bytes());

  /** Entries in {@link #TABLE}. */
  static final int ENTRIES = 2000;

  private static final int PAGE_SIZE = 4096;
  private static final int VALUE_BYTES = 100;
  private static final Table<Long, byte[]> END = Table.of("end", Codec.u64(), Codec.bytes());
  private static final int END_BYTES = 1 << 20;

  private SparseFile() {}

  /**
   * Makes a database.
   *
   * @param freePages pages of the run
   */
  static void create(Path file, long freePages) throws IOException {
    try (Database db = Database.open(file, Options.defaults())) {
      db.update(
          tx -> {
            for (long key = 0; key < ENTRIES; key++) {
              tx.put(TABLE, key, new byte[VALUE_BYTES]);
            }
          });
    }
    long start = newest(file).pageCount();
    replace(file, start + freePages, List.of()); // as if the pages were in use
    try (Database db = Database.open(file, Options.defaults())) {
      db.update(tx -> tx.put(END, 1L, new byte[END_BYTES])); // stays after them
    }
    long pageCount = newest(file).pageCount();
    replace(file, pageCount, List.of(new FreeRun(start, freePages, true)));
  }

  /** Puts an entry again, in a commit of its own that does not wait for the disk. */
  static void put(Database db, long i) {
    db.update(Durability.ASYNC, tx -> tx.put(TABLE, i * 769 % ENTRIES, new byte[VALUE_BYTES]));
  }

  /** The newest meta. */
  static Meta newest(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Meta newest = null;
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE);
        channel.read(page, (long) slot * PAGE_SIZE);
        Meta meta = Meta.decode(MemorySegment.ofArray(page.array()), slot);
        if (meta != null && (newest == null || meta.txnId() > newest.txnId())) {
          newest = meta;
        }
      }
      if (newest == null) {
        throw new IOException(file + ": no meta");
      }
      return newest;
    }
  }

  /** Gives all slots the newest meta, with another length and more free pages. */
  private static void replace(Path file, long pageCount, List<FreeRun> more) throws IOException {
    Meta meta = newest(file);
    List<FreeRun> runs = new ArrayList<>(meta.freeRuns());
    runs.addAll(more);
    runs.sort(Comparator.comparingLong(FreeRun::pgno));
    long free = meta.freePages() + more.stream().mapToLong(FreeRun::length).sum();
    Meta edited = meta.withContent(pageCount, free, meta.catalog(), meta.freeTree(), runs);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), pageCount * meta.pageSize() - 1);
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        byte[] page = new byte[meta.pageSize()];
        edited.encode(MemorySegment.ofArray(page), 0, slot);
        channel.write(ByteBuffer.wrap(page), (long) slot * meta.pageSize());
      }
    }
  }
}
