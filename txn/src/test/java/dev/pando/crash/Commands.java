package dev.pando.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of the system that tests need; where one is missing a test is skipped, and says so. */
final class Commands {
  private Commands() {}

  /** Runs a program; throws what it printed unless it ends well. */
  static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output.strip());
    }
  }

  /** Skips the test unless it runs on Linux as root. */
  static void needRoot() throws IOException {
    skipUnless(new File("/proc/filesystems").exists(), "Linux");
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    skipUnless(uid.equals(0), "root");
  }

  /** Maven counts what is skipped, but does not show why. */
  private static void skipUnless(boolean there, String what) {
    String message = "skipped: needs " + what;
    if (!there) {
      System.out.println(message);
    }
    assumeTrue(there, message);
  }

  /** Skips the test unless a program is installed. */
  static void need(String program, String aptPackage) {
    boolean found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    skipUnless(found, program + " (package " + aptPackage + ")");
  }
}
