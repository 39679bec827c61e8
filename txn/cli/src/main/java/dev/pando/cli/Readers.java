package dev.pando.cli;

import dev.pando.Database;
import dev.pando.OpenReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which processes read. */
@Command(
    name = "readers",
    description = {
      "Lists the open read transactions of all processes, and the free pages that each holds back;"
          + " readers of processes that have died are removed.",
      "A process that has the file open need not read at the moment: see --processes."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando readers shop.pando",
      "  pando readers --json shop.pando",
      "  pando readers --processes shop.pando"
    })
final class Readers extends FileVerb {
  private static final List<String> COLUMNS =
      List.of("pid", "started", "seconds", "commit", "held");

  @Option(
      names = "--processes",
      description =
          "Lists the processes that have the file open, whatever they do; on Linux, and only those"
              + " that this user may see.")
  private boolean processes;

  @Option(names = "--watch", description = "Again each second, until it is interrupted.")
  private boolean watch;

  @Option(
      names = "--times",
      paramLabel = "N",
      description = "With --watch, ends after so many times.")
  private long times = Long.MAX_VALUE;

  @Mixin private OutputForm form = new OutputForm();

  @Override
  int run(Database db) throws InterruptedException, IOException {
    show(db);
    for (long i = 1; watch && i < times; i++) {
      Thread.sleep(Duration.ofSeconds(1));
      if (console().out().checkError()) {
        break;
      }
      show(db);
    }
    return Fault.OK;
  }

  private void show(Database db) throws IOException {
    if (processes) {
      showProcesses();
      return;
    }
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (OpenReader reader : db.readers()) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("pid", new Json.Literal(String.valueOf(reader.pid())));
      row.put("started", reader.processStart() == null ? null : reader.processStart().toString());
      row.put("seconds", new Json.Literal("%.1f".formatted(reader.age().toMillis() / 1000.0)));
      row.put("commit", reader.txnId());
      row.put("held", reader.pagesHeld() < 0 ? null : reader.pagesHeld());
      rows.add(row);
    }
    new Report(console(), form).rows(COLUMNS, rows);
  }

  private void showProcesses() throws IOException {
    List<Map<String, @Nullable Object>> rows = OpenIn.rows(file());
    if (rows == null) {
      throw Fault.usage("--processes: this system does not list the open files of processes");
    }
    new Report(console(), form).rows(OpenIn.COLUMNS, rows);
  }
}
