package dev.pando.ratis;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A peer in a process of its own. What it logs is in the file {@code NAME.log}. */
final class PeerProcess implements AutoCloseable {
  private final List<String> command;
  private final Path log;
  private Process process;

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
    BufferedReader output = begun.inputReader();
    String line = output.readLine();
    if (line == null || !line.startsWith("started")) {
      throw new IOException("the peer did not start: " + line + "\n" + Files.readString(log));
    }
    return begun;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The processor time that the process has used so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** As kill -9 does. */
  void kill() throws InterruptedException {
    int _ = process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = begin();
  }

  /** Ends it in good order. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      int _ = process.waitFor();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
