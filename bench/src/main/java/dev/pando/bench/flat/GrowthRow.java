package dev.pando.bench.flat;

import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.pager.Checksums;
import dev.pando.pager.FileStorage;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page faults that readers have because the file has grown and is mapped again, while a long
 * scan keeps the map before. The files are sparse; of each, one page in 512 MiB is read. Needs
 * Linux, which counts the faults.
 */
final class GrowthRow {
  private static final int PAGE = 4096;
  private static final long READ_EVERY = 512 << 20;
  private static final long STEP = 64 << 20;
  private static final int STEPS = 8;

  private GrowthRow() {}

  static List<Point> measure(Path directory, boolean quick) throws IOException {
    long much = quick ? 32L << 30 : 1L << 40;
    return List.of(
        new Point("8 GiB", faults(directory.resolve("little"), 8L << 30)),
        new Point((much >>> 30) + " GiB", faults(directory.resolve("much"), much)));
  }

  private static double faults(Path path, long bytes) throws IOException {
    long faults = 0;
    try (PageFile file = new FileStorage().create(path);
        RandomAccessFile length = new RandomAccessFile(path.toFile(), "rw")) {
      length.setLength(bytes);
      PageMap scanned = map(file, bytes, null);
      PageMap newest = scanned.retain();
      long _ = read(newest, bytes);
      for (int step = 1; step <= STEPS; step++) {
        length.setLength(bytes + step * STEP);
        PageMap next = map(file, bytes + step * STEP, newest);
        newest.release();
        newest = next;
        long before = faults();
        long _ = read(newest, bytes);
        faults += faults() - before;
      }
      newest.release();
      scanned.release();
    }
    return (double) faults / STEPS;
  }

  private static PageMap map(PageFile file, long bytes, @Nullable PageMap previous) {
    return file.map(PAGE, bytes / PAGE, Checksums.NEVER, previous);
  }

  private static long read(PageMap map, long bytes) {
    long sum = 0;
    for (long address = 0; address < bytes; address += READ_EVERY) {
      sum += map.segment(address).get(ValueLayout.JAVA_BYTE, map.offset(address));
    }
    return sum;
  }

  /** Page faults of the calling thread so far. */
  private static long faults() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[7]) + Long.parseLong(fields[9]);
  }
}
