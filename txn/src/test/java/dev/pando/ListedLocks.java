package dev.pando;

import dev.pando.txn.file.Pid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The record locks of a process, as the kernel lists them. */
final class ListedLocks {
  private static final Path LIST = Path.of("/proc/locks");

  private ListedLocks() {}

  /** Whether the system has such a list. */
  static boolean areListed() {
    return Files.isReadable(LIST);
  }

  /** How many this process has; 0 where they are not listed. */
  static long count() throws IOException {
    return count(Pid.OURS);
  }

  static long count(long process) throws IOException {
    if (!areListed()) {
      return 0;
    }
    String pid = String.valueOf(process);
    try (Stream<String> lines = Files.lines(LIST)) {
      return lines
          .map(line -> line.trim().split("\\s+"))
          .filter(words -> words[1].equals("POSIX") && words[4].equals(pid))
          .count();
    }
  }
}
