package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.OtherStorage;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import dev.pando.pager.Chunked;
import dev.pando.pager.FileStorage;
import dev.pando.pager.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random gets from a file that is mapped in one chunk, and from the same in many. */
final class ChunksRow {
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final int SLICE = 5_000;

  private ChunksRow() {}

  static List<Point> measure(Path directory, boolean quick) {
    int entries = quick ? 100_000 : 1_000_000;
    Path file = directory.resolve("chunks.pando");
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            for (long key = 0; key < entries; key++) {
              tx.put(TABLE, key, new byte[100]);
            }
          });
    }
    double one = Double.MAX_VALUE;
    double many = Double.MAX_VALUE;
    for (int round = 0; round < 3; round++) { // in turn: the machine may do other things, too
      one = Math.min(one, get(file, new FileStorage(), entries, quick));
      many = Math.min(many, get(file, Chunked.small(), entries, quick));
    }
    List<Point> points = new ArrayList<>();
    points.add(new Point("1 chunk", one));
    points.add(new Point((file.toFile().length() >>> 20) + 1 + " chunks", many));
    return points;
  }

  /** The fastest of many slices. */
  private static double get(Path file, Storage storage, int entries, boolean quick) {
    double best = Double.MAX_VALUE;
    try (Database db = Database.open(file, OtherStorage.of(Options.defaults(), storage));
        ReadTxn tx = db.beginRead()) {
      SplittableRandom random = new SplittableRandom(1);
      long bytes = 0;
      int slices = quick ? 100 : 1000;
      for (int slice = 0; slice < slices; slice++) {
        long begin = System.nanoTime();
        for (int i = 0; i < SLICE; i++) {
          byte[] found = tx.get(TABLE, random.nextLong(entries));
          bytes += found == null ? 0 : found.length;
        }
        best = Math.min(best, (System.nanoTime() - begin) / (double) SLICE);
      }
      if (bytes != 100L * slices * SLICE) {
        throw new AssertionError("bytes=" + bytes);
      }
    }
    return best;
  }
}
