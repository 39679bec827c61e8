package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
      failed += damage(ran, "seed %d, try %d".formatted(seed, i)) ? 1 : 0;
      assertThat(Files.readAllBytes(recording)).isEqualTo(bad);
    }
    assertThat(failed).as("seed %d", seed).isPositive();
  }

  /** Whether the parser found damage; otherwise there are commits, or there is none. */
  private static boolean damage(Ran ran, String which) {
    assertThat(ran.err()).as(which).doesNotContain("\tat ");
    if (ran.code() == 0) {
      assertThat(ran.out()).as(which).contains(" commits, p50 ");
    } else if (ran.code() == 1) {
      assertThat(ran.err()).as(which).contains("there are no commits").hasLineCount(1);
    } else {
      assertThat(ran.code()).as(which).isEqualTo(2);
      assertThat(ran.err())
          .as(which)
          .contains("the recording is damaged, or still being written", "JFR.dump")
          .hasLineCount(1);
    }
    return ran.code() == 2;
  }

  /** Whatever the parser throws, the message names the file and says what to do. */
  @Test
  void errorsOfTheParser() {
    for (Throwable each :
        new Throwable[] {
          new IOException("x".repeat(1_000)),
          new NullPointerException(),
          new OutOfMemoryError("of a length that was not written"),
          new StackOverflowError(),
          new InternalError("a type that refers to itself")
        }) {
      assertThatThrownBy(
              () ->
                  Recording.read(
                      recording,
                      () -> {
                        if (each instanceof Error error) {
                          throw error;
                        }
                        throw (Exception) each;
                      }))
          .as(each.toString())
          .isInstanceOf(Fault.class)
          .hasMessageContaining("shop.jfr: the recording is damaged")
          .hasMessageContaining(each.getClass().getSimpleName())
          .hasCause(each)
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600))
          .satisfies(e -> assertThat(((Fault) e).code()).isEqualTo(2));
    }
  }

  /** A plot of more events than can be told apart says so, on the page and beside it. */
  @Test
  void moreEventsThanAreDrawn() throws IOException {
    int opened = LatencyPlot.MOST_MARKS + 7;
    Path database = directory.resolve("often.pando");
    try (jdk.jfr.Recording running = new jdk.jfr.Recording()) {
      running.start();
      Recordings.commit(database, 1); // the first database of a JVM finds the recorder when closed
      for (int i = 0; i < opened; i++) {
        Database.open(database, FileVerb.usual()).close();
      }
      Recordings.commit(database, 1);
      running.dump(recording);
    }
    Ran ran = Ran.pando("plot", recording, "--database", database, "-o", html);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .containsPattern("often.pando: [0-9]+ of [0-9]+ other events are not drawn; the first 500")
        .hasLineCount(1);
    Map<?, ?> plot = (Map<?, ?>) ((List<?>) data().get("plots")).getFirst();
    assertThat((List<?>) plot.get("marks")).hasSize(LatencyPlot.MOST_MARKS);
    assertThat(number(plot.get("marksNotShown"))).isBetween(7L, 20L);
    assertThat(Ran.pando("plot", recording).err()).as("nothing is drawn").isEmpty();
    Shop.check(database);
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
    try (jdk.jfr.Recording running = new jdk.jfr.Recording()) {
      running.setToDisk(true);
      running.start();
      Recordings.commit(directory.resolve("more.pando"), COMMITS);
      try (Stream<Path> all = Files.walk(repository())) {
        for (Path each : all.filter(file -> file.toString().endsWith(".jfr")).toList()) {
          boolean _ = damage(Ran.pando("plot", each), each.toString());
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
