package dev.pando.bench.mmap;

import java.nio.file.Path;
import java.util.List;

/**
 * How much is measured.
 *
 * @param size bytes of the file, a power of two
 * @param warmMillis how long a cell runs before it counts
 * @param windowMillis how long it counts, in each of some rounds
 * @param rounds how often; the best is reported, since the kernel writes pages out when it likes
 */
record Plan(Path file, long size, int warmMillis, int windowMillis, int rounds) {
  static final List<Integer> CHUNKS =
      List.of(1, 4, 16, 64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10);

  static final int LONGEST_CHUNK = CHUNKS.getLast();

  List<String> toArguments() {
    return List.of(
        file.toString(),
        Long.toString(size),
        Integer.toString(warmMillis),
        Integer.toString(windowMillis),
        Integer.toString(rounds));
  }

  static Plan of(List<String> arguments) {
    return new Plan(
        Path.of(arguments.get(0)),
        Long.parseLong(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Integer.parseInt(arguments.get(3)),
        Integer.parseInt(arguments.get(4)));
  }
}
