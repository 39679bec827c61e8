package dev.pando.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A control group of Linux whose processes may use so much memory, the pages of files in the page
 * cache included. Making one takes the rights of root. Version 2 of control groups, or 1.
 */
final class Cgroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path directory;

  /**
   * Makes a group without processes.
   *
   * @throws IOException if this system has no such groups, or this user may not make one
   */
  Cgroup(long bytes) throws IOException {
    boolean isSecond = Files.exists(ROOT.resolve("cgroup.controllers"));
    Path parent = isSecond ? ROOT : ROOT.resolve("memory");
    if (isSecond) {
      Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory");
    }
    directory =
        Files.createDirectory(parent.resolve("pando-bench-" + ProcessHandle.current().pid()));
    String limit = isSecond ? "memory.max" : "memory.limit_in_bytes";
    Files.writeString(directory.resolve(limit), String.valueOf(bytes));
  }

  /** Starts the command that follows in this group. */
  List<String> launcher() {
    String enter = "echo $$ > \"$0\" && exec \"$@\"";
    return List.of("sh", "-c", enter, directory.resolve("cgroup.procs").toString());
  }

  /** Removes the group, whose processes have ended. */
  @Override
  public void close() throws IOException {
    Files.delete(directory);
  }
}
