package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The latencies of commits in a recording. */
class PlotTest {
  private static final int COMMITS = 30;

  @TempDir private Path directory;
  private Path recording = Path.of("");
  private Path html = Path.of("");

  @BeforeEach
  void record() throws IOException {
    recording = directory.resolve("shop.jfr");
    html = directory.resolve("latencies.html");
    Recordings.write(recording, directory.resolve("<b>shop.pando"), COMMITS);
  }

  private Map<?, ?> data() throws IOException {
    String page = Files.readString(html, UTF_8);
    String data = page.substring(page.indexOf("id=\"data\">") + 10, page.indexOf("</script>"));
    return (Map<?, ?>) Json.parse(data);
  }

  @Test
  void aGoodFile() throws IOException {
    byte[] before = Files.readAllBytes(recording);
    Ran ran = Ran.pando("plot", recording, "-o", html);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .containsPattern("<b>shop.pando: [0-9]+ [a-z]+ commits, p50 [0-9.]+ (us|ms|s)");
    assertThat(Files.readAllBytes(recording)).isEqualTo(before);
    String page = Files.readString(html, UTF_8);
    assertThat(page).startsWith("<!DOCTYPE html>").doesNotContain("@DATA@", "@STYLE@", "https:");
    Map<?, ?> plot = (Map<?, ?>) ((List<?>) data().get("plots")).getFirst();
    long inCells =
        ((List<?>) plot.get("cells"))
            .stream().mapToLong(cell -> number(((List<?>) cell).get(2))).sum();
    long inKinds =
        ((List<?>) plot.get("kinds"))
            .stream().mapToLong(kind -> number(((Map<?, ?>) kind).get("count"))).sum();
    assertThat(number(plot.get("count"))).isGreaterThanOrEqualTo(COMMITS);
    assertThat(inCells).isEqualTo(number(plot.get("count")));
    assertThat(inKinds).isEqualTo(number(plot.get("count")));
    assertThat(Ran.pando("plot", recording, "-o", html).code()).as("the page exists").isEqualTo(2);
    String json = Ran.ok("plot", "--json", recording);
    assertThat(json).contains("\"kind\":\"UNSYNCED\"", "\"p99.9Nanos\":", "\"syncNanos\":");
    String database = directory.resolve("<b>shop.pando").toString();
    assertThat(Ran.ok("plot", "--json", "--database", database, recording)).isEqualTo(json);
    Ran other = Ran.pando("plot", "--database", "other", recording);
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("no commits of other").contains(database).hasLineCount(1);
  }

  private static long number(Object value) {
    return Long.parseLong(value.toString());
  }

  @Test
  void aDamagedFile() throws IOException {
    byte[] good = Files.readAllBytes(recording);
    long seed = 5;
    SplittableRandom random = new SplittableRandom(seed);
    int failed = 0;
    for (int i = 0; i < 30; i++) {
      byte[] bad =
          i % 3 == 0 ? Arrays.copyOf(good, 4 + random.nextInt(good.length - 4)) : good.clone();
      for (int flips = 0; flips < 20; flips++) {
        bad[4 + random.nextInt(bad.length - 4)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(recording, bad);
      Ran ran = Ran.pando("plot", recording);
      assertThat(ran.code()).as("seed %d, try %d: %s", seed, i, ran.err()).isBetween(0, 1);
      assertThat(ran.err()).as("seed %d, try %d", seed, i).doesNotContain("\tat ");
      failed += ran.code();
      assertThat(Files.readAllBytes(recording)).isEqualTo(bad);
    }
    assertThat(failed).as("seed %d", seed).isPositive();
  }

  @Test
  void aForeignFile() throws IOException {
    Path _ = Files.writeString(recording, "no recording, but a text; ".repeat(100), UTF_8);
    Ran ran = Ran.pando("plot", recording, "-o", html);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("not a recording").contains("JFR.dump").hasLineCount(1);
    assertThat(html).doesNotExist();
    assertThat(Ran.pando("plot", directory.resolve("missing.jfr")).code()).isEqualTo(2);
  }

  /** The recorder's own file, while it writes: it has nothing yet, or what is whole is shown. */
  @Test
  void aBusyFile() throws IOException {
    try (Recording running = new Recording()) {
      running.setToDisk(true);
      running.start();
      Recordings.commit(directory.resolve("more.pando"), COMMITS);
      try (Stream<Path> all = Files.walk(repository())) {
        for (Path each : all.filter(file -> file.toString().endsWith(".jfr")).toList()) {
          Ran ran = Ran.pando("plot", each);
          assertThat(ran.code()).as(ran.err()).isBetween(0, 1);
          assertThat(ran.err()).doesNotContain("\tat ");
        }
      }
      running.dump(recording);
    }
    assertThat(Ran.ok("plot", recording)).contains("more.pando");
  }

  /** Where the recorder writes, named by the time and the id of the process. */
  private static Path repository() throws IOException {
    String end = "_" + ProcessHandle.current().pid();
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir", "/tmp")))) {
      return all.filter(each -> each.toString().endsWith(end) && Files.isDirectory(each))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void percentilesAndRows() {
    long[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    assertThat(LatencyPlot.percentile(sorted, 50)).isEqualTo(5);
    assertThat(LatencyPlot.percentile(sorted, 90)).isEqualTo(9);
    assertThat(LatencyPlot.percentile(sorted, 99.9)).isEqualTo(10);
    assertThat(LatencyPlot.percentile(sorted, 100)).isEqualTo(10);
    assertThat(LatencyPlot.percentile(new long[] {7}, 50)).isEqualTo(7);
    assertThat(LatencyPlot.row(0)).isZero();
    assertThat(LatencyPlot.row(1_000)).isZero();
    assertThat(LatencyPlot.row(10_000)).isEqualTo(10);
    assertThat(LatencyPlot.row(1_000_000_000L)).isEqualTo(60);
  }
}
