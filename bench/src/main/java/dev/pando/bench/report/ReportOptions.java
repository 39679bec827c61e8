package dev.pando.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every kind has, and where its report goes. */
public final class ReportOptions {
  @Option(names = "--quick", description = "Small and short: a first look.")
  private boolean quick;

  @Option(names = "--json", description = "Print JSON in place of Markdown.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the table, the JSON and the plots go; default: bench/target/<kind>.")
  private @Nullable Path out;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the measured files lie meanwhile; default: ${DEFAULT-VALUE}.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  /** Whether everything is to be small. */
  public boolean quick() {
    return quick;
  }

  /** Where measured files lie. */
  public Path directory() {
    return directory;
  }

  /** The directory for a kind's results, made if need be. */
  public Path out(String kind) {
    Path made = out == null ? Folders.results(kind) : out;
    try {
      return Files.createDirectories(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes both forms of a report beside the plots, and prints one. */
  public void report(String kind, String markdown, Object data) {
    String dataText = Json.of(data);
    Path folder = out(kind);
    try {
      Files.writeString(folder.resolve(kind + ".md"), markdown);
      Files.writeString(folder.resolve(kind + ".json"), dataText);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.print(json ? dataText : markdown);
    System.err.println("Written to " + folder);
  }
}
