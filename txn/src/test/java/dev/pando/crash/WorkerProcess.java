package dev.pando.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The side of a child JVM's parent: hears what it says, and kills it. */
final class WorkerProcess {
  private static final Executor LATER = CompletableFuture.delayedExecutor(10, TimeUnit.MINUTES);

  private final Process process;
  private final BufferedReader lines;
  private final Consumer<String> listener;
  private volatile boolean hung;

  private WorkerProcess(Process process, Consumer<String> listener) {
    this.process = process;
    this.listener = listener;
    this.lines = process.inputReader(UTF_8);
    LATER.execute(this::tooLong);
  }

  /**
   * Starts a JVM.
   *
   * @param before a command that runs the JVM, and its arguments; empty for none
   * @param listener hears each whole line, without the full stop
   */
  static WorkerProcess start(
      List<String> before, Class<?> main, List<String> arguments, Consumer<String> listener)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(java(main, arguments));
    return new WorkerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(),
        listener);
  }

  /** The command that starts a JVM of one of the test classes. */
  static List<String> java(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx256m",
            "-XX:-UsePerfData"));
    command.addAll(List.of("-ea", "-cp", ChildJvm.path(WorkerProcess::isNeeded), main.getName()));
    command.addAll(arguments);
    return command;
  }

  private static boolean isNeeded(String name) {
    return name.endsWith("classes") || name.startsWith("pando-") || name.startsWith("jspecify");
  }

  private void tooLong() {
    if (process.isAlive()) {
      hung = true;
      kill();
    }
  }

  long pid() {
    return process.pid();
  }

  /** Hears lines up to one that begins with a word; false if the process ended before it. */
  boolean await(String word) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      hear(line);
      if (line.startsWith(word)) {
        return true;
      }
    }
    return false;
  }

  /** Hears what it has said so far, and waits for nothing. */
  void hearWhatWasSaid() throws IOException {
    while (lines.ready()) {
      hear(lines.readLine());
    }
  }

  private void hear(String line) {
    if (line.endsWith(" .")) {
      listener.accept(line.substring(0, line.length() - 2));
    }
  }

  /** SIGKILL; not through the process, which would close the pipe and lose what it said. */
  void kill() {
    boolean _ = process.toHandle().destroyForcibly();
  }

  /** Hears all that is left to hear, until the process has ended; returns its exit value. */
  int end() throws IOException, InterruptedException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      hear(line);
    }
    int value = process.waitFor();
    if (hung) {
      throw new AssertionError("the process did not come to an end");
    }
    return value;
  }
}
