package dev.pando.kafka.streams.example;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that runs a class of the same class path, and ends with the process that started it:
 * its standard input is a pipe, whose end it sees however that process ends.
 */
public final class Child {
  static final String LOG_SETTING = "log4j2.configurationFile";
  static final String LOG_FILE = "dev/pando/kafka/streams/example/log4j2.xml";
  static final String LOG_LEVEL = "example.log";

  private Child() {}

  /** Its errors go to the file, and so does its output unless it is to be read. */
  public static Process start(Path errors, boolean readOutput, Class<?> main, String... arguments)
      throws IOException {
    // Less memory and shorter starts than by default: a laptop runs all of them at once.
    List<String> options = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    return start(errors, readOutput, options, main, arguments);
  }

  /** As above, with options of the JVM. */
  public static Process start(
      Path errors, boolean readOutput, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-D" + LOG_SETTING + "=" + LOG_FILE);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    ProcessBuilder.Redirect file = ProcessBuilder.Redirect.appendTo(errors.toFile());
    builder.redirectError(file);
    if (!readOutput) {
      builder.redirectOutput(file);
    }
    return builder.start();
  }

  /** Halts this process when its standard input ends; a line on it first runs an action. */
  public static void endWithParent(Runnable onLine) {
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name("parent")
            .start(
                () -> {
                  try (InputStream input = System.in) {
                    for (int next = input.read(); next >= 0; next = input.read()) {
                      if (next == '\n') {
                        onLine.run();
                      }
                    }
                  } catch (IOException e) {
                    // as if it had ended
                  }
                  Runtime.getRuntime().halt(1);
                });
  }
}
