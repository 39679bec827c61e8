package dev.pando.bench.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;

/** What a measurement ran on. */
public final class Machine {
  private Machine() {}

  /**
   * One sentence for a report.
   *
   * @param directory where the measured files are
   */
  public static String describe(Path directory) {
    return "Measured on %s: %d cores (%s), %s, %s %s, JDK %s, files on %s."
        .formatted(
            LocalDate.now(),
            Runtime.getRuntime().availableProcessors(),
            line("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
            memory(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.version(),
            fileSystem(directory));
  }

  private static String memory() {
    String total = line("/proc/meminfo", "MemTotal", "0 kB");
    long kib = Long.parseLong(total.replaceAll("\\D", ""));
    return kib == 0 ? "memory unknown" : "%.0f GiB".formatted(kib / 1048576.0);
  }

  private static String line(String file, String name, String otherwise) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static String fileSystem(Path directory) {
    try {
      return Files.getFileStore(directory).type();
    } catch (IOException e) {
      return "an unknown file system";
    }
  }
}
