package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.bench.flat.FlatRow.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small commits in a file with a long run of free pages. */
final class FreeRunRow {
  private static final long PAGES_OF_GIB = 1L << 18;

  private FreeRunRow() {}

  static List<Point> measure(Path directory, boolean quick) throws Exception {
    List<Point> points = new ArrayList<>();
    warmUp(directory);
    for (long gib : quick ? List.of(1L, 1024L) : List.of(1L, 64L, 1024L)) {
      Path file = directory.resolve("free" + gib);
      SparseFile.create(file, gib * PAGES_OF_GIB);
      points.add(new Point(gib + " GiB free", commits(file, quick ? 200 : 2000)));
    }
    return points;
  }

  private static void warmUp(Path directory) throws Exception {
    Path file = directory.resolve("warm");
    SparseFile.create(file, PAGES_OF_GIB);
    double _ = commits(file, 3000);
  }

  /** Microseconds of the median commit. */
  private static double commits(Path file, int commits) {
    long[] nanos = new long[commits];
    try (Database db = Database.open(file)) {
      SparseFile.put(db, 0); // reads the free space
      for (int i = 0; i < commits; i++) {
        long begin = System.nanoTime();
        SparseFile.put(db, i);
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return nanos[commits / 2] / 1e3;
  }
}
