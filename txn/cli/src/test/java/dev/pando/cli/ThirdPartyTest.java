package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The licences of the libraries that the executable jar contains. */
class ThirdPartyTest {
  private static final String ENTRY = "META-INF/THIRD-PARTY.txt";

  /** Each library that the jar takes from the class path is named with its version. */
  @Test
  void namesEachLibraryWithItsVersion() throws IOException {
    String text;
    try (InputStream from = Main.class.getResourceAsStream("/" + ENTRY)) {
      text = new String(Objects.requireNonNull(from).readAllBytes(), UTF_8);
    }
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> bundled =
        List.of(
            "picocli",
            "sqlite-jdbc",
            "h2-mvstore",
            "mapdb",
            "elsa",
            "kotlin-stdlib",
            "guava",
            "eclipse-collections",
            "lz4",
            "slf4j-api");
    for (String library : bundled) {
      String version = version(Objects.requireNonNull(classes), library);
      assertThat(text).contains(library + " " + version + "\n  licence: ");
    }
    assertThat(text)
        .contains("Copyright (c) 2006, David Crawshaw.")
        .contains("QOS.ch")
        .contains("https://github.com/h2database/h2database/tree/version-");
  }

  private static String version(String classes, String library) {
    return Stream.of(classes.split(java.io.File.pathSeparator))
        .map(each -> Path.of(each).getFileName().toString())
        .filter(each -> each.matches(library + "-[0-9].*\\.jar"))
        .map(each -> each.substring(library.length() + 1, each.length() - ".jar".length()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(library + " is not in " + classes));
  }

  @Test
  @Tag("proof") // after the jar is made
  void isInTheJar() throws IOException {
    Optional<Path> jar;
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      jar = files.filter(each -> each.toString().endsWith("-cli.jar")).findFirst();
    }
    assumeTrue(jar.isPresent(), "there is no jar yet");
    try (JarFile entries = new JarFile(jar.orElseThrow().toFile())) {
      assertThat(entries.getEntry(ENTRY)).isNotNull();
      assertThat(entries.getEntry("META-INF/LICENSE")).isNotNull();
    }
  }
}
