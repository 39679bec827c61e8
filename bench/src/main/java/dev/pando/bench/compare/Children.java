package dev.pando.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the JVMs of trials. */
final class Children {
  /** The same for all stores: those that live on the heap get enough of it. */
  static final List<String> COMMON_FLAGS = List.of("-Xms1g", "-Xmx4g");

  private final Path directory;
  private final long timeoutMinutes;

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
    Thread killer = new Thread(child::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer); // when the run is interrupted
    try {
      if (!child.waitFor(timeoutMinutes, TimeUnit.MINUTES)) {
        child.destroyForcibly().waitFor();
        throw new TrialFailedException("killed after " + timeoutMinutes + " minutes" + tail(err));
      }
      if (child.exitValue() != 0) {
        throw new TrialFailedException("exit code " + child.exitValue() + tail(err));
      }
      List<String> lines = Files.readAllLines(out);
      if (lines.isEmpty() || !lines.getLast().startsWith("{")) {
        throw new TrialFailedException("no result" + tail(err));
      }
      return ResultLine.read(lines.getLast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      child.destroyForcibly();
      throw new IllegalStateException(e);
    } finally {
      Runtime.getRuntime().removeShutdownHook(killer);
    }
  }

  private static Process start(PeerKind kind, List<String> arguments, Path out, Path err) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(COMMON_FLAGS);
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
