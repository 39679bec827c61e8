package dev.pando.bench.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts a JVM for each trial; owns a directory, which is deleted when this JVM ends. */
public final class TrialRunner {
  private static final long TIMEOUT_MINUTES = 20;

  private final Path directory;
  private final List<String> heap;

  /** What a JVM is started by; empty for nothing. */
  private List<String> launcher = List.of();

  private volatile @Nullable Process running;
  private volatile boolean stopped;

  /** A trial that did not end well; the message has what it wrote to the standard error. */
  public static final class TrialFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrialFailedException(String message) {
      super(message);
    }
  }

  /**
   * A runner without trials.
   *
   * @param parent where the directory is made
   * @param heap flags of every JVM, the same for all stores
   */
  public TrialRunner(Path parent, String... heap) {
    directory = Folders.temporary(parent);
    this.heap = List.of(heap);
    Runtime.getRuntime().addShutdownHook(new Thread(this::clean)); // also after an interrupt
  }

  /** Starts each JVM from now on by another command, which gets that of the JVM as arguments. */
  public void startBy(List<String> command) {
    launcher = List.copyOf(command);
  }

  /** Where stores are; trials may leave there what later ones need. */
  public Path directory() {
    return directory;
  }

  /** A directory for the trial that runs next; native libraries are unpacked there, too. */
  public Path scratch() {
    return directory.resolve("scratch");
  }

  /** Runs a trial to its end and returns its result. */
  public <R> R run(List<String> flags, Trial<R> trial, Class<R> result) {
    List<String> lines = new ArrayList<>();
    int exit = exitOf(flags, trial, lines);
    if (exit != 0 || lines.isEmpty() || !lines.getLast().startsWith("{")) {
      throw new TrialFailedException(
          "%s ended with exit code %d%s".formatted(trial, exit, errors()));
    }
    return Json.read(lines.getLast(), result);
  }

  /** Runs a trial that kills its own JVM with this exit code. */
  public void crash(List<String> flags, Trial<?> trial, int code) {
    int exit = exitOf(flags, trial, new ArrayList<>());
    if (exit != code) {
      throw new TrialFailedException(
          "%s, that was to be killed, ended with exit code %d%s".formatted(trial, exit, errors()));
    }
  }

  private int exitOf(List<String> flags, Trial<?> trial, List<String> lines) {
    Folders.delete(scratch());
    Folders.make(scratch());
    try {
      Process child = start(flags, trial);
      running = child;
      boolean ended = child.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES);
      if (stopped) {
        Thread.sleep(Long.MAX_VALUE); // the end of this JVM comes first
      }
      if (!ended) {
        child.destroyForcibly().waitFor();
        throw new TrialFailedException(
            "%s was killed after %d minutes%s".formatted(trial, TIMEOUT_MINUTES, errors()));
      }
      lines.addAll(Files.readAllLines(directory.resolve("out")));
      return child.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(List<String> flags, Trial<?> trial) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(heap);
    command.add("-Djava.io.tmpdir=" + scratch());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Trial.class.getName()));
    command.addAll(List.of(trial.getClass().getName(), Json.line(trial)));
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private String errors() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("err"));
      return "\n    " + String.join("\n    ", lines.subList(0, Math.min(40, lines.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void clean() {
    stopped = true;
    Process child = running;
    if (child != null) {
      try {
        int _ = child.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Folders.delete(directory);
  }
}
