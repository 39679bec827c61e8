package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A browser, where one is installed: shows what a page is after its script ran. */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private Chromium() {}

  private static @Nullable Path found() {
    String path = System.getenv("PATH");
    for (String directory : path == null ? new String[0] : path.split(File.pathSeparator)) {
      for (String name : NAMES) {
        Path file = Path.of(directory, name);
        if (Files.isExecutable(file)) {
          return file;
        }
      }
    }
    return null;
  }

  /**
   * The text of a page as the browser has it after its script ran; without a browser, the test is
   * reported as skipped.
   *
   * @param hash what follows the # in the address; may be empty
   */
  static String dom(Path page, String hash) throws IOException {
    Path browser = found();
    assumeTrue(browser != null, "no Chromium is installed: the page was not shown");
    Path profile = Files.createTempDirectory("chromium");
    try {
      return run(String.valueOf(browser), profile, page.toUri() + hash);
    } finally {
      delete(profile);
    }
  }

  private static String run(String browser, Path profile, String address) throws IOException {
    Path out = profile.resolve("out");
    List<String> command =
        List.of(
            browser,
            "--headless",
            "--no-sandbox", // which a root in a container does not have
            "--disable-gpu",
            "--user-data-dir=" + profile,
            "--window-size=1200,900",
            "--virtual-time-budget=5000",
            "--dump-dom",
            address);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) { // a browser that hangs, not a slow page
        throw new IOException("the browser did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Process _ = process.destroyForcibly();
    }
    return Files.readString(out, UTF_8);
  }

  /** Processes of the browser may still write to it for a moment. */
  private static void delete(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    try (var files = Files.walk(directory)) {
      files.forEach(all::add);
    } catch (java.io.UncheckedIOException e) {
      return; // what is left is in the system's directory for such files
    }
    for (Path each : all.reversed()) {
      boolean _ = each.toFile().delete();
    }
  }
}
