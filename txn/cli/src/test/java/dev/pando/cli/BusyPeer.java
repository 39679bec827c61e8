package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A process that reads a database and is writing to it, until it is closed. */
final class BusyPeer implements AutoCloseable {
  private final Process process;

  private BusyPeer(Process process) {
    this.process = process;
  }

  /** Starts a process that reads and writes a database, and waits until it does. */
  static BusyPeer start(Path file) throws IOException {
    return start(BusyPeer.class, file);
  }

  /** Starts a process, and waits until it says that it is busy. */
  static BusyPeer start(Class<?> main, Object... args) throws IOException {
    Process process =
        new ProcessBuilder(command(List.of(), main, args))
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

  private static List<String> command(List<String> options, Class<?> main, Object... args) {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(
        List.of("-cp", Objects.requireNonNull(classes).replace(';', File.pathSeparatorChar)));
    command.add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return command;
  }

  /** Runs a verb in a process of its own; its results are lost. */
  static Ran pando(List<String> options, Object... args) throws Exception {
    Process process =
        new ProcessBuilder(command(options, Main.class, args))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), new byte[0], err);
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
