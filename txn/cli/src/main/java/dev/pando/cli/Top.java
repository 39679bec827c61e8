package dev.pando.cli;

import dev.pando.Database;
import dev.pando.FeedStat;
import dev.pando.Stat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What happens to a database. */
@Command(
    name = "top",
    description = {
      "Shows each second what all processes do to a database: commits, size, free pages, readers.",
      "Ids of commits do not always grow by one, so the number of commits is an upper bound.",
      "The lag is that of the change feed that has the most commits which were not acknowledged;"
          + " 'pando tail' lists all feeds."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando top --times 2 --seconds 0.1 shop.pando"})
final class Top extends FileVerb {
  private static final String FORM = "%-20s %12s %10s %10s %10s %10s %8s %8s %10s";

  private static final double LEAST_SECONDS = 0.01;

  @Option(names = "--times", paramLabel = "N", description = "Ends after so many lines.")
  private long times = Long.MAX_VALUE;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "1",
      description = "Between two lines, ${DEFAULT-VALUE} by default.")
  private double seconds;

  @Override
  int run(Database db) throws InterruptedException {
    if (!(seconds >= LEAST_SECONDS)) { // also what is no number
      throw Fault.usage("--seconds " + seconds + ": allowed " + LEAST_SECONDS + " or more");
    }
    console()
        .line(
            FORM.formatted(
                "time",
                "commit",
                "commits/s",
                "size",
                "free",
                "held",
                "readers",
                "oldest",
                "feed lag"));
    long before = db.stat().txnId();
    for (long i = 0; i < times && !console().out().checkError(); i++) {
      Thread.sleep(Duration.ofMillis(Math.round(seconds * 1000)));
      Stat stat = db.stat();
      console()
          .line(
              FORM.formatted(
                  Instant.now().truncatedTo(ChronoUnit.SECONDS),
                  stat.txnId(),
                  "%.1f".formatted((stat.txnId() - before) / seconds),
                  Report.bytes(stat.fileBytes()),
                  stat.freePages(),
                  stat.heldPages(),
                  stat.readers(),
                  stat.oldestReaderAge().toSeconds() + " s",
                  lag(db)));
      before = stat.txnId();
    }
    return Fault.OK;
  }

  private static String lag(Database db) {
    LongStream lags = db.feedStats().values().stream().mapToLong(FeedStat::commits);
    OptionalLong most = lags.max();
    return most.isPresent() ? String.valueOf(most.getAsLong()) : "-";
  }
}
