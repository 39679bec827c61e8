package dev.pando.bench.growth;

import java.util.List;

/**
 * For how long things are measured.
 *
 * @param warmMillis before a figure counts
 * @param millis while it counts
 * @param crashes how often the process is killed
 */
record Windows(int warmMillis, int millis, int crashes) {
  static final Windows FULL = new Windows(1000, 1000, 5);
  static final Windows QUICK = new Windows(800, 200, 2);

  List<String> toArguments() {
    return List.of(
        Integer.toString(warmMillis), Integer.toString(millis), Integer.toString(crashes));
  }

  static Windows of(List<String> arguments) {
    return new Windows(
        Integer.parseInt(arguments.get(0)),
        Integer.parseInt(arguments.get(1)),
        Integer.parseInt(arguments.get(2)));
  }
}
