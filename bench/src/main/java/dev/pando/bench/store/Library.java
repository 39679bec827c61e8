package dev.pando.bench.store;

import java.nio.file.Path;

/** Where the classes of a store come from. */
final class Library {
  private Library() {}

  /** The name of a class's JAR file, which has the version. */
  static String of(Class<?> type) {
    Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    return String.valueOf(jar.getFileName()).replaceFirst("\\.jar$", "");
  }
}
