package dev.pando.bench.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process keeps in memory, where the system tells. */
final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private Memory() {}

  /** Prints memory of its own and mapped pages of files; nothing where /proc is missing. */
  static void print() throws IOException {
    if (Files.exists(STATUS)) {
      Figure.RSS_ANON_BYTES.print(bytes("RssAnon:"));
      Figure.RSS_FILE_BYTES.print(bytes("RssFile:"));
    }
  }

  private static long bytes(String name) throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line = lines.filter(one -> one.startsWith(name)).findFirst().orElse("0");
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }
}
