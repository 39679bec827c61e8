package dev.pando.bench.compare;

import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Objects;

/** Where the classes of a store come from. */
final class Library {
  private Library() {}

  /** The name of a class's JAR file, which tells the version. */
  static String of(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    String name =
        Objects.requireNonNull(Path.of(source.getLocation().getPath()).getFileName()).toString();
    return name.replaceFirst("\\.jar$", "");
  }
}
