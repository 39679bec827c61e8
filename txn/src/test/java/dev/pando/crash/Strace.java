package dev.pando.crash;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.pando.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs a process so that some of its system calls fail, or stop it. Each thread counts its own. */
final class Strace {

  private final Path log;

  /** One that writes what it did to a file. */
  Strace(Path log) {
    this.log = log;
  }

  /** Skips the test where there is no strace, or it may not trace. */
  static void need() {
    Commands.need("strace", "strace");
    try {
      Commands.run("strace", "-o", "/dev/null", "-f", "--seccomp-bpf", "true");
    } catch (IOException e) {
      abort("skipped: needs a strace that may trace: " + e.getMessage());
    }
  }

  /**
   * What comes before the command of a process some of whose system calls fail.
   *
   * @param calls as "fsync,fdatasync"
   * @param fault as ":error=EIO:when=3"
   * @param database whose files the calls are about; its directory, too
   */
  List<String> failing(String calls, String fault, Path database) {
    return command(calls, options(database, "-e", "inject=" + calls + fault));
  }

  /** What comes before the command of a process of which some calls are only written down. */
  List<String> watching(String calls, Path database) {
    return command(calls, options(database));
  }

  private static List<String> options(Path database, String... more) {
    List<String> options = new ArrayList<>(List.of("--seccomp-bpf")); // stops at few calls
    Path created = database.resolveSibling(database.getFileName() + "-new");
    for (Path path : List.of(database, created, database.getParent())) {
      options.addAll(List.of("-P", path.toString()));
    }
    options.addAll(List.of(more));
    return options;
  }

  /** What comes before the command of a process that is stopped instead of its n-th sync. */
  List<String> stoppingAtSync(int n) {
    String calls = "fsync,fdatasync";
    return command(calls, List.of("-e", "inject=" + calls + ":error=EIO:signal=SIGSTOP:when=" + n));
  }

  private List<String> command(String calls, List<String> options) {
    return Stream.concat(
            Stream.of("strace", "-D", "-f", "-qq", "-o", log.toString(), "-e", "trace=" + calls),
            options.stream())
        .toList();
  }

  /** What it did, once the process is no more. */
  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Until every thread of the process stands still. */
  void awaitStop(WorkerProcess worker) {
    Await.until(
        "SIGSTOP in " + log, () -> log().contains("stopped by SIGSTOP") && stopped(worker.pid()));
  }

  private static boolean stopped(long pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.allMatch(Strace::threadStopped);
    }
  }

  private static boolean threadStopped(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      return "Tt".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException e) {
      return true; // it has ended
    }
  }
}
