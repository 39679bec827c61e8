package dev.pando.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/** Where results go and where measured files lie. */
public final class Folders {
  private Folders() {}

  /** {@code bench/target/KIND}, wherever the caller stands. */
  public static Path results(String kind) {
    try {
      Path classes =
          Path.of(Folders.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Objects.requireNonNull(classes.getParent()).resolve(kind);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new directory inside another. */
  public static Path temporary(Path parent) {
    try {
      return Files.createTempDirectory(parent, "pando-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with what is in it; fine if it is gone. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
