package dev.pando.bench;

import dev.pando.bench.harness.Json;
import dev.pando.bench.harness.Report;
import dev.pando.bench.rates.CompareReport;
import dev.pando.bench.rates.RecordedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the tables of documents from recorded runs, so that no figure is copied by hand. */
@Command(
    name = "tables",
    description = {
      "Makes the tables of Markdown files again, from the JSON of recorded runs. A table is"
          + " between two comments:",
      "",
      "  <!-- table KIND FILE[,FILE] STORE... -->",
      "  <!-- end of table -->",
      "",
      "FILE is the JSON of a run, seen from the Markdown file. KIND is one of",
      "  rates      medians of the stores, and ratios to lmdbjava",
      "  ratios     multiples of lmdbjava's rates, of other stores from further runs",
      "  warming    those of Pando in the first seconds, and of a second, warmer run; floors",
      "  compiling  what the JIT compilers take",
      "  costs      processor time of commits in a young JVM",
      "and all of these read the JSON of 'compare'. Of a run of another kind,",
      "  KIND N     is the table N of its report, from 1 on; FILE has the kind's name"
    })
final class RecordedTables implements Callable<Integer> {
  private static final Pattern TABLE =
      Pattern.compile(
          "(?<=<!-- table )(\\w+) (\\S+)((?: [\\w-]+)*) -->\n(.*?)(?=<!-- end of table -->)",
          Pattern.DOTALL);

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Markdown files.")
  private List<Path> files = List.of();

  @Option(
      names = "--check",
      description = "Change nothing; exit code 1 if a table is not what it should be.")
  private boolean check;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    int wrong = 0;
    for (Path file : files) {
      String before = Files.readString(file);
      String after = TABLE.matcher(before).replaceAll(found -> quoted(found, file));
      if (!after.equals(before)) {
        wrong++;
        System.out.println(file + (check ? ": a table is not that of its runs" : ": new tables"));
        if (!check) {
          Files.writeString(file, after);
        }
      }
    }
    return check && wrong > 0 ? 1 : 0;
  }

  private static String quoted(MatchResult found, Path file) {
    List<String> stores = words(found.group(3));
    String kind = found.group(1);
    Class<? extends Report> type = Bench.REPORTS.get(kind);
    String table =
        type == null
            ? RecordedTable.of(kind, runs(found.group(2), file), stores)
            : part(Json.read(file.resolveSibling(found.group(2)), type), stores);
    String head = "%s %s%s -->\n\n".formatted(found.group(1), found.group(2), found.group(3));
    return Matcher.quoteReplacement(head + table + "\n");
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  private static List<CompareReport> runs(String names, Path file) {
    return Arrays.stream(names.split(","))
        .map(name -> Json.read(file.resolveSibling(name), CompareReport.class))
        .toList();
  }

  /** One of the tables of a report. */
  private static String part(Report report, List<String> words) {
    List<String> tables =
        Arrays.stream(report.markdown().split("\n\n"))
            .map(String::strip)
            .filter(block -> block.startsWith("|"))
            .toList();
    return tables.get(Integer.parseInt(words.getFirst()) - 1) + "\n";
  }
}
