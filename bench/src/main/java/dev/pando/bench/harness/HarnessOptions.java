package dev.pando.bench.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every kind has, and where its report goes. */
public final class HarnessOptions {
  @Option(names = "--quick", description = "Small and short: a first look, and for CI.")
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
      description = "Where the measured files are meanwhile; default: bench/target/data.")
  private Path directory = Folders.results("data");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  /** Whether everything is to be small. */
  public boolean quick() {
    return quick;
  }

  /** Where measured files are, made if need be. */
  public Path directory() {
    return Folders.make(directory);
  }

  /**
   * Writes the JSON of a report; what it says is then read from there, printed, and drawn beside
   * it.
   *
   * @return the exit code
   */
  public int report(String kind, Report report) throws IOException {
    Path folder = Folders.make(out == null ? Folders.results(kind) : out);
    Path file = folder.resolve(kind + ".json");
    Files.writeString(file, Json.text(report));
    return print(file, kind, report.getClass(), json);
  }

  /** Prints and draws what a file of results says. */
  public static int print(Path file, String kind, Class<? extends Report> type, boolean json)
      throws IOException {
    Report report = Json.read(file, type);
    Path folder = Folders.parent(file);
    String markdown = report.markdown();
    Files.writeString(folder.resolve(kind + ".md"), markdown);
    report.plot(folder);
    System.out.print(json ? Files.readString(file) : markdown);
    System.err.println("Written to " + folder);
    return report.isGood() ? 0 : 1;
  }
}
