package dev.pando.bench.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A fresh JVM for one measurement, so that none runs on code compiled for another. */
public final class ChildJvm {
  /** What lmdbjava's unsafe buffers need, the last one only for silence. Pando needs nothing. */
  public static final List<String> LMDBJAVA_FLAGS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private ChildJvm() {}

  /**
   * Runs a main class on this JVM's class path.
   *
   * @param lines gets what the child prints, line by line; its errors go to ours
   * @throws IllegalStateException if it fails
   */
  public static void run(
      List<String> flags, Class<?> main, List<String> arguments, Consumer<String> lines) {
    int exit = exitOf(flags, main, arguments, lines);
    if (exit != 0) {
      throw new IllegalStateException(
          "%s %s failed with exit code %d"
              .formatted(main.getSimpleName(), String.join(" ", arguments), exit));
    }
  }

  /** As {@link #run}, for a child that may be killed: returns its exit code. */
  public static int exitOf(
      List<String> flags, Class<?> main, List<String> arguments, Consumer<String> lines) {
    try {
      Process process = start(flags, main, arguments);
      Thread killer = new Thread(process::destroyForcibly);
      Runtime.getRuntime().addShutdownHook(killer);
      try (BufferedReader output = process.inputReader()) {
        output.lines().forEach(lines);
      }
      int exit = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(killer);
      return exit;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Process start(List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.awt.headless=true");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    return process;
  }
}
