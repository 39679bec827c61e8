package dev.pando.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
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
    ChildJvm child = ChildJvm.of(main).by(before).with("-Xmx256m");
    return new WorkerProcess(child.start(arguments.toArray()), listener);
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
