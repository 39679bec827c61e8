package dev.pando.bench.parts;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.bench.report.Folders;
import dev.pando.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A database in a directory of its own, loaded in one transaction, and an order of asking. */
final class LoadedFile implements AutoCloseable {
  static final Table<byte[], byte[]> TABLE = Table.of("bench", Codec.bytes(), Codec.bytes());
  private static final int VALUE_BYTES = 100;

  /** Longer than any cache of branch outcomes. */
  private static final int ORDER = 1 << 20;

  final Database db;
  final MemorySegment key;
  private final Path directory = Folders.temporary(Path.of(System.getProperty("java.io.tmpdir")));
  private final KeyKind keys;
  private final int[] order;
  private int next;

  LoadedFile(KeyKind keys, int records, Options options) {
    this.keys = keys;
    key = Arena.ofAuto().allocate(keys.bytes, Long.BYTES);
    order = new SplittableRandom(7).ints(ORDER, 0, records).toArray();
    db = Database.open(directory.resolve("parts.pando"), options);
    db.update(
        tx -> {
          RawTable table = tx.raw(TABLE);
          MemorySegment value = Arena.ofAuto().allocate(VALUE_BYTES, Long.BYTES);
          for (int i = 0; i < records; i++) {
            keys.fill(i, key);
            value.set(ValueLayout.JAVA_LONG, 0, i + 1L);
            boolean _ = table.put(key, value);
          }
        });
  }

  /** Puts the key of the next record of the order into {@link #key}. */
  void nextKey() {
    keys.fill(order[next++ & ORDER - 1], key);
  }

  @Override
  public void close() {
    db.close();
    Folders.delete(directory);
  }
}
