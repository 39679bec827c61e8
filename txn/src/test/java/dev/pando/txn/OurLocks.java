package dev.pando.txn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The record locks of this process, as the kernel lists them. */
final class OurLocks {
  private static final Path LIST = Path.of("/proc/locks");

  private OurLocks() {}

  /** Whether the system has such a list. */
  static boolean areListed() {
    return Files.isReadable(LIST);
  }

  /** How many there are; 0 where they are not listed. */
  static long count() throws IOException {
    if (!areListed()) {
      return 0;
    }
    String pid = String.valueOf(Pid.OURS);
    try (Stream<String> lines = Files.lines(LIST)) {
      return lines
          .map(line -> line.trim().split("\\s+"))
          .filter(words -> words[1].equals("POSIX") && words[4].equals(pid))
          .count();
    }
  }
}
