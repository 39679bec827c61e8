package dev.pando.bench.mmap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The ways to get at the bytes that are compared. */
enum Way {
  CALLS("system calls", List.of()),
  MAP("map", List.of()),
  /** The last two only keep the JDK from warning; without the others it does not map at all. */
  CHRONICLE(
      "Chronicle",
      List.of(
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow"));

  private final String label;

  /** What the JVM needs for it. */
  final List<String> flags;

  Way(String label, List<String> flags) {
    this.label = label;
    this.flags = flags;
  }

  Access open(Path file, int longestChunk) throws IOException {
    return switch (this) {
      case CALLS -> new ChannelAccess(file, longestChunk);
      case MAP -> new SegmentAccess(file, longestChunk);
      case CHRONICLE -> new ChronicleAccess(file, longestChunk);
    };
  }

  /** Its name in a table. */
  String label(Operation operation) {
    return this == CALLS ? operation.call : label;
  }
}
