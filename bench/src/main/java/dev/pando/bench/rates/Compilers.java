package dev.pando.bench.rates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the JIT compilers have worked. The JVM itself reports elapsed time, which on a busy
 * machine is several times what they use of a processor, so this reads their threads' times from
 * Linux. A compiler thread that has ended is not counted: on two processors there is one of each
 * kind, and none ends.
 */
final class Compilers {
  private static final Path THREADS = Path.of("/proc/self/task");

  /** Decided once: a difference of two kinds of time would mean nothing. */
  private static final boolean LINUX = Files.isDirectory(THREADS);

  private Compilers() {}

  /** Nanoseconds of processor time; elsewhere than on Linux of elapsed time. */
  static long nanos() {
    if (!LINUX) {
      return ManagementFactory.getCompilationMXBean().getTotalCompilationTime() * 1_000_000;
    }
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        sum += nanos(thread);
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long nanos(Path thread) {
    try {
      if (!Files.readString(thread.resolve("comm")).contains("CompilerThre")) {
        return 0;
      }
      String times = Files.readString(thread.resolve("schedstat"));
      return Long.parseLong(times.substring(0, times.indexOf(' ')));
    } catch (IOException e) {
      return 0; // it has just ended
    }
  }
}
