package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.bench.flat.FlatRow.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the pages of small commits are after a large drop. */
final class WindowRow {
  private static final long PAGES_OF_GIB = 1L << 18;
  private static final int COMMITS = 300;

  private WindowRow() {}

  static List<Point> measure(Path directory, boolean quick) throws Exception {
    List<Point> points = new ArrayList<>();
    for (long gib : quick ? List.of(1L, 64L) : List.of(1L, 64L, 1024L)) {
      Path file = directory.resolve("free" + gib);
      SparseFile.create(file, gib * PAGES_OF_GIB);
      points.add(new Point(gib + " GiB free", distance(file)));
    }
    return points;
  }

  /** Pages on average. */
  private static double distance(Path file) throws Exception {
    long sum = 0;
    try (Database db = Database.open(file)) {
      SparseFile.put(db, 0);
      long before = SparseFile.newest(file).catalog().pgno();
      for (int i = 1; i <= COMMITS; i++) {
        SparseFile.put(db, i);
        long now = SparseFile.newest(file).catalog().pgno();
        sum += Math.abs(now - before);
        before = now;
      }
    }
    return (double) sum / COMMITS;
  }
}
