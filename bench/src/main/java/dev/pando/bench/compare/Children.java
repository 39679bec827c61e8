package dev.pando.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts the JVMs of trials. */
final class Children {
  /** The same for all stores: those that live on the heap get enough of it. */
  static final List<String> COMMON_FLAGS = List.of("-Xms1g", "-Xmx4g");

  /** Where a trial may leave what it likes. */
  static final String SCRATCH = "scratch";

  private final Path directory;
  private final long timeoutMinutes;
  private volatile @Nullable Process running;
  private volatile boolean stopped;

  /** A trial that did not end well; the message has what it wrote to the standard error. */
  static final class TrialFailedException extends Exception {
    private static final long serialVersionUID = 1;

    TrialFailedException(String message) {
      super(message);
    }
  }

  Children(Path directory, long timeoutMinutes) {
    this.directory = directory;
    this.timeoutMinutes = timeoutMinutes;
  }

  /** Runs a trial to its end and returns what it printed last. */
  Map<String, String> run(PeerKind kind, List<String> arguments) throws TrialFailedException {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process child = start(kind, arguments, out, err);
    running = child;
    try {
      boolean ended = child.waitFor(timeoutMinutes, TimeUnit.MINUTES);
      if (stopped) {
        Thread.sleep(Long.MAX_VALUE); // the end of this JVM comes first
      }
      if (!ended) {
        child.destroyForcibly().waitFor();
        throw new TrialFailedException("killed after " + timeoutMinutes + " minutes" + tail(err));
      }
      return result(child.exitValue(), Files.readAllLines(out), err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> result(int exit, List<String> lines, Path err)
      throws TrialFailedException, IOException {
    if (exit != 0) {
      throw new TrialFailedException("exit code " + exit + tail(err));
    }
    if (lines.isEmpty() || !lines.getLast().startsWith("{")) {
      throw new TrialFailedException("no result" + tail(err));
    }
    return ResultLine.read(lines.getLast());
  }

  /** Kills the child that runs; no other is started. For the end of this JVM. */
  void stop() {
    stopped = true;
    Process child = running;
    if (child != null) {
      try {
        int _ = child.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Process start(PeerKind kind, List<String> arguments, Path out, Path err) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(COMMON_FLAGS);
    // Native libraries are unpacked there, and it is emptied before the next trial.
    command.add("-Djava.io.tmpdir=" + directory.resolve(SCRATCH));
    command.addAll(kind.flags());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Trial.class.getName()));
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command)
          .redirectOutput(out.toFile())
          .redirectError(err.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(Path err) throws IOException {
    List<String> lines = Files.readAllLines(err);
    return "\n    " + String.join("\n    ", lines.subList(0, Math.min(40, lines.size())));
  }
}
