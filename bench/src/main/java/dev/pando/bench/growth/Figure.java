package dev.pando.bench.growth;

import java.util.Map;

/** One number that a child JVM has found, on its way to the parent. */
enum Figure {
  LOAD_NS,
  GET_NS,
  SCAN_NS,
  PUT_NS,
  COMMIT_NS,
  LATER_COMMIT_NS,
  FILE_BYTES,
  RSS_ANON_BYTES,
  RSS_FILE_BYTES,
  FIRST_OPEN_NS,
  OPEN_NS,
  RECOVERY_NS,
  RECOVERED_COMMIT_NS,
  READS_PER_SECOND,
  COMMITS_PER_SECOND;

  private static final String MARK = "FIGURE ";

  void print(double value) {
    System.out.println(MARK + name() + " " + value);
  }

  /** Adds the figure to a map if a line holds one. */
  static void parse(String line, Map<Figure, Double> into) {
    if (line.startsWith(MARK)) {
      String[] words = line.substring(MARK.length()).split(" ");
      into.put(valueOf(words[0]), Double.parseDouble(words[1]));
    }
  }
}
