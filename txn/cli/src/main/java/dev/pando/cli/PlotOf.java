package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A picture of the latencies of commits. */
@Command(
    name = "plot",
    description = {
      "Reads a recording of the JDK's flight recorder, and writes one HTML page that shows how long"
          + " commits took: over time, by phase, and as a histogram. It loads nothing else.",
      "A program records with -XX:StartFlightRecording, or 'jcmd PID JFR.start'."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando plot shop.jfr -o latencies.html", "  pando plot --json shop.jfr"})
final class PlotOf extends Verb {
  @Parameters(index = "0", paramLabel = "RECORDING", description = "The recording, a .jfr file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      description = "A new file to write the page to; without it, percentiles are shown alone.")
  private @Nullable Path output;

  @Option(
      names = "--database",
      paramLabel = "PATH",
      description = "Shows the commits of this database alone, by its path in the recording.")
  private @Nullable String database;

  @Option(names = "--json", description = "Writes a JSON object for each database and kind.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Recording recording = Recording.read(file);
    Map<String, Recording.Commits> shown = shown(recording);
    if (output != null) {
      List<Map<String, Object>> plots = new ArrayList<>();
      shown.forEach((path, commits) -> plots.add(plot(path, commits)));
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("recording", file.toString());
      data.put("phases", Recording.PHASES);
      data.put("plots", plots);
      Path _ =
          Files.writeString(
              output,
              HtmlPage.of("plot.html", data),
              UTF_8,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE);
    }
    shown.forEach(this::show);
    return Fault.OK;
  }

  private Map<String, Object> plot(String path, Recording.Commits commits) {
    int notShown = LatencyPlot.marksNotShown(commits);
    if (notShown > 0) {
      console()
          .note(
              "pando: %s: %,d of %,d other events are not drawn; the first %d are"
                  .formatted(path, notShown, commits.marks().size(), LatencyPlot.MOST_MARKS));
    }
    return LatencyPlot.of(path, commits);
  }

  private Map<String, Recording.Commits> shown(Recording recording) {
    Map<String, Recording.Commits> shown = new LinkedHashMap<>();
    recording
        .databases()
        .forEach(
            (path, commits) -> {
              if (commits.count() > 0 && (database == null || database.equals(path))) {
                shown.put(path, commits);
              }
            });
    if (shown.isEmpty()) {
      throw Fault.found(
          "%s: there are no commits %s; events of Pando are recorded while the recorder runs, and there are those of %s"
              .formatted(
                  file,
                  database == null ? "of Pando" : "of " + database,
                  recording.databases().isEmpty()
                      ? "no database"
                      : recording.databases().keySet()));
    }
    return shown;
  }

  private void show(String path, Recording.Commits commits) {
    for (Map<String, Object> each : LatencyPlot.summaries(commits)) {
      if (json) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("database", path);
        all.putAll(each);
        console().line(Json.of(all));
      } else {
        long count = each.get("count") instanceof Number number ? number.longValue() : 0;
        console()
            .line(
                "%s: %,d %s commits, p50 %s, p99 %s, p99.9 %s, max %s"
                    .formatted(
                        Report.plain(path),
                        count,
                        String.valueOf(each.get("kind")).toLowerCase(java.util.Locale.ROOT),
                        time(each.get("p50Nanos")),
                        time(each.get("p99Nanos")),
                        time(each.get("p99.9Nanos")),
                        time(each.get("maxNanos"))));
      }
    }
  }

  private static String time(@Nullable Object nanos) {
    double micros = (nanos instanceof Long number ? number : 0) / 1e3;
    return micros < 1000
        ? "%.1f us".formatted(micros)
        : micros < 1e6 ? "%.1f ms".formatted(micros / 1e3) : "%.2f s".formatted(micros / 1e6);
  }
}
