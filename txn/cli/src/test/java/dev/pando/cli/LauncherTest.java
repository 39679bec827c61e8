package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code txn/pando} with the jar and the cache that the build has made. */
@Tag("proof") // after the jar is made
class LauncherTest {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path SCRIPT = Path.of("..", "pando").toAbsolutePath();

  @TempDir private Path directory;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void theJarIsThere() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      assumeTrue(
          files.anyMatch(file -> file.toString().endsWith("-cli.jar")), "there is no jar yet");
    }
  }

  private Ended run(Path script, Object... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.onExit().join().exitValue();
    return new Ended(code, out, Files.readString(err, UTF_8));
  }

  @Test
  void runsVerbs() throws IOException {
    Path file = Shop.make(directory);
    assertThat(run(SCRIPT, "get", file, "customers", "Ada"))
        .isEqualTo(new Ended(0, "Lovelace\n", ""));
    assertThat(run(SCRIPT, "get", file, "customers", "x").code()).isEqualTo(1);
    assertThat(run(SCRIPT, "no-such-verb").code()).isEqualTo(2);
    assertThat(run(SCRIPT, "--version").out()).matches("pando [0-9].*\n");
    assertThat(run(SCRIPT, "map", file, "-o", "map.html").code()).isZero();
    Shop.check(file);
  }

  /** The jar has of other stores' libraries what is used alone, and that must be all. */
  @Test
  void readsFilesOfOtherStores() throws Exception {
    Path file = directory.resolve("new.pando");
    Path sqlite = OtherStores.sqlite(directory.resolve("a.sqlite"));
    Path mvStore = OtherStores.mvStore(directory.resolve("a.mv.db"));
    Path mapDb = OtherStores.mapDb(directory.resolve("a.mapdb"));
    for (Path each : new Path[] {sqlite, mvStore, mapDb}) {
      Path to = directory.resolve(each.getFileName() + ".pando");
      Ended ended = run(SCRIPT, "import", "--json", to, each);
      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).isEmpty();
      assertThat(ended.out()).isEqualTo(Ran.ok("import", "--json", file, each));
      assertThat(Ran.ok("dump", to)).isEqualTo(Ran.ok("dump", file));
      Shop.check(to);
      Files.delete(file);
    }
  }

  @Test
  void plotsARecording() throws IOException {
    Path recording = directory.resolve("a.jfr");
    Recordings.write(recording, directory.resolve("recorded.pando"), 3);
    Ended ended = run(SCRIPT, "plot", recording, "-o", "latencies.html");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(directory.resolve("latencies.html")).exists();
  }

  @Test
  void runsThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("pando"), SCRIPT);
    assertThat(run(link, "--help").out()).contains("snapshots");
  }

  /** The cache fits the jar and the JDK: with it, classes of Pando come from the cache. */
  @Test
  void theCacheIsUsed() throws IOException {
    String jdk = Files.readString(TARGET.resolve("pando.jdk"), UTF_8).strip();
    String jar;
    try (Stream<Path> files = Files.list(TARGET)) {
      jar =
          files
              .map(Path::toString)
              .filter(each -> each.endsWith("-cli.jar"))
              .findFirst()
              .orElseThrow();
    }
    Ended ended =
        run(
            Path.of(jdk, "bin", "java"),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:AOTMode=on",
            "-XX:AOTCache=" + TARGET.resolve("pando.aot"),
            "-Xlog:class+load",
            "-cp",
            jar,
            "dev.pando.cli.Main",
            "--version");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("dev.pando.cli.Verbs source: shared objects file");
  }

  @Test
  void theCompletionIsThere() throws IOException {
    assertThat(Files.readString(TARGET.resolve("pando-completion"), UTF_8))
        .contains("_complete_pando");
  }
}
