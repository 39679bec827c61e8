package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a browser shows of the pages that verbs write, after their scripts ran. */
@Tag("proof")
class BrowserTest {
  @TempDir private Path directory;

  @Test
  void aMap() throws IOException {
    Path file = Shop.make(directory);
    assertThat(Ran.ok("snapshots", "--create", "<b>old</b>", file)).isNotEmpty();
    assertThat(Ran.ok("drop", file, "customers")).isNotEmpty();
    Path html = directory.resolve("map.html");
    assertThat(Ran.ok("map", file, "-o", html)).isEmpty();
    String byType = Chromium.dom(html, "");
    assertThat(byType)
        .contains("<title>" + file + " - pages</title>")
        .contains("<div id=\"error\"></div>")
        .contains("held by named snapshots")
        .containsPattern(">held<small>[0-9]+</small>")
        .containsPattern(">leaf<small>[0-9]+</small>")
        .containsPattern("aria-label=\"[0-9]+ pages as cells of [0-9]+ a row, coloured by type\"")
        .contains("<h2>Leaves and branches by fill</h2>", "<span>90 to 100 %</span>")
        .contains("<h2>Runs of free pages by length</h2>");
    assertThat(Chromium.dom(html, "#owner"))
        .contains("<div id=\"error\"></div>")
        .contains(">(snapshot &lt;b&gt;old&lt;/b&gt;)<small>")
        .containsPattern(">files<small>[0-9]+</small>")
        .doesNotContain("<b>old");
    assertThat(Chromium.dom(html, "#fill")).contains("id=\"scale\"", ">no cells</button>");
    assertThat(Chromium.dom(html, "#age")).containsPattern("commit [0-9]+<span id=\"scale\"");
    Shop.check(file);
  }

  @Test
  void aPlot() throws IOException {
    Path recording = directory.resolve("shop.jfr");
    Path html = directory.resolve("latencies.html");
    Recordings.write(recording, directory.resolve("<b>shop.pando"), 30);
    assertThat(Ran.ok("plot", recording, "-o", html)).isNotEmpty();
    assertThat(Chromium.dom(html, ""))
        .contains("<div id=\"error\"></div>")
        .contains("&lt;b&gt;shop.pando</h2>")
        .doesNotContain("<b>shop")
        .contains("<h3>Latency over time</h3>", "<h3>Mean time of the phases</h3>")
        .contains("<h3>Percentiles</h3>", "<td>unsynced</td>", "<h3>Commits by latency</h3>")
        .contains("<polyline", "seconds after 2")
        .containsPattern("histogram of the latencies of [0-9]+ commits")
        .doesNotContainPattern("The first [0-9]+ of");
    String page = Files.readString(html, UTF_8);
    assertThat(page).contains("\"marksNotShown\":0");
    Path more = directory.resolve("more.html");
    Path _ =
        Files.writeString(more, page.replace("\"marksNotShown\":0", "\"marksNotShown\":7"), UTF_8);
    assertThat(Chromium.dom(more, ""))
        .containsPattern("The first [0-9]+ of [0-9]+ other events are drawn");
  }
}
