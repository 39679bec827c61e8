package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A process that reads a database and is writing to it, until it is closed. */
final class BusyPeer implements AutoCloseable {
  private final Process process;

  private BusyPeer(Process process) {
    this.process = process;
  }

  /** Starts the process, and waits until it reads and writes. */
  static BusyPeer start(Path file) throws IOException {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Objects.requireNonNull(classes).replace(';', File.pathSeparatorChar),
                BusyPeer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BusyPeer peer = new BusyPeer(process);
    String answer = process.inputReader(UTF_8).readLine();
    if (!"busy".equals(answer)) {
      peer.close();
      throw new IOException("the process answered " + answer);
    }
    return peer;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Process _ = process.onExit().join();
  }

  /** The other process's part. */
  public static void main(String[] args) throws IOException {
    try (Database db = Database.open(Path.of(args[0]));
        ReadTxn reading = db.beginRead();
        WriteTxn writing = db.beginWrite()) {
      long seen = reading.count(Shop.CUSTOMERS);
      boolean _ = writing.put(Shop.CUSTOMERS, "not committed", String.valueOf(seen));
      System.out.println("busy");
      int _ = System.in.read();
    }
  }
}
