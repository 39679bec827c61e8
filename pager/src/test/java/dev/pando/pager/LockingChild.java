package dev.pando.pager;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A JVM of its own that takes a lock, says so, and keeps it until its input ends. */
final class LockingChild implements AutoCloseable {
  /** The byte that it locks. */
  static final long PLACE = 1L << 62;

  private final Process process;
  private final BufferedReader output;

  LockingChild(Path lockFile, boolean exclusive) throws IOException, URISyntaxException {
    String classPath =
        String.join(File.pathSeparator, origin(FileStorage.class), origin(LockingChild.class));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LockingChild.class.getName(),
                lockFile.toString(),
                Boolean.toString(exclusive))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output = process.inputReader(StandardCharsets.UTF_8);
  }

  private static String origin(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** The child's part. */
  public static void main(String[] args) throws IOException {
    try (StorageLock lock = new FileStorage().lock(Path.of(args[0]), true)) {
      if (lock.tryLock(PLACE, Boolean.parseBoolean(args[1]))) {
        lock.map(4096, 64).set(PageHeader.U64, 0, ProcessHandle.current().pid());
        System.out.println("locked");
        int _ = System.in.read();
      } else {
        System.out.println("refused");
      }
    }
  }

  /** What a child that only tries is told. */
  static @Nullable String ask(Path lockFile, boolean exclusive)
      throws IOException, URISyntaxException {
    try (LockingChild child = new LockingChild(lockFile, exclusive)) {
      return child.answer();
    }
  }

  @Nullable String answer() throws IOException {
    return output.readLine();
  }

  long pid() {
    return process.pid();
  }

  void kill() {
    Process _ = process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    Process _ = process.onExit().join();
  }
}
