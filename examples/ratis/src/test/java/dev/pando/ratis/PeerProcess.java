package dev.pando.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A peer in a process of its own. What it logs is in the file {@code NAME.log}. */
final class PeerProcess implements AutoCloseable {
  /** Seconds for starting and for ending; other tests may use the machine as well. */
  private static final long WAIT = 60;

  private final List<String> command;
  private final Path log;
  private Process process;
  private boolean killed;

  /**
   * Starts the process and waits until the peer runs.
   *
   * @param prefix what the command begins with, such as a network namespace; may be empty
   */
  PeerProcess(
      List<String> prefix, String peers, String name, Path directory, List<String> snapshots)
      throws IOException {
    this.log = directory.resolve(name + ".log");
    this.command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=" + Integer.getInteger("peer.tier", 1),
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.log.dev.pando=info",
            "-cp",
            System.getProperty("java.class.path"),
            TablePeer.class.getName(),
            "test",
            peers,
            name,
            directory.resolve(name).toString()));
    command.addAll(snapshots);
    this.process = begin();
  }

  private Process begin() throws IOException {
    Process begun =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    String line = firstLine(begun);
    if (line == null || !line.startsWith("started")) {
      int code = end(begun);
      throw new IOException(
          "the peer did not start: " + line + ", ended with " + code + "\n" + logged());
    }
    return begun;
  }

  private static @Nullable String firstLine(Process process) throws IOException {
    CompletableFuture<@Nullable String> line = new CompletableFuture<>();
    Thread _ = Thread.ofPlatform().daemon().start(() -> read(process, line));
    try {
      return line.get(WAIT, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      Process _ = process.destroyForcibly();
      throw new IOException("the peer has not said that it has started", e);
    }
  }

  private static void read(Process process, CompletableFuture<@Nullable String> line) {
    try {
      boolean _ = line.complete(process.inputReader().readLine());
    } catch (IOException e) {
      boolean _ = line.completeExceptionally(e);
    }
  }

  /** Waits for the end, and returns the code. */
  private static int end(Process process) throws IOException {
    try {
      if (process.waitFor(WAIT, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Process _ = process.destroyForcibly();
    throw new IOException("the peer has not ended in " + WAIT + " seconds, and was killed");
  }

  /** What it has logged since its first start. */
  String logged() throws IOException {
    return Files.readString(log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it has ended by itself, and returns the code. */
  int awaitEnd() throws IOException {
    int code = end(process);
    killed = true;
    return code;
  }

  /** The processor time that the process has used so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** As kill -9 does. */
  void kill() throws InterruptedException {
    killed = true;
    int _ = process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = begin();
    killed = false;
  }

  /**
   * Ends it in good order.
   *
   * @throws IOException if it does not end, or with another code than 0
   */
  @Override
  public void close() throws IOException {
    if (killed) {
      return;
    }
    process.getOutputStream().close();
    int code = end(process);
    if (code != 0) {
      throw new IOException("the peer has ended with " + code + "\n" + logged());
    }
  }

  /** Ends all, also if some fail. */
  static void closeAll(List<PeerProcess> peers) throws IOException {
    IOException failure = null;
    for (PeerProcess peer : peers) {
      try {
        peer.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
