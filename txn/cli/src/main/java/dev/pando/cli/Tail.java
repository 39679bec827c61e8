package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedCommit;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.FeedReader;
import dev.pando.FeedStat;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.error.FeedLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The changes in a feed. */
@Command(
    name = "tail",
    description = {
      "Shows the changes that a change feed has for its reader: commit, table, what happened, key,"
          + " value. Without a name it lists the feeds.",
      "It leaves them in the feed, unless an option says to acknowledge, create or drop."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando tail --create --tables customers,orders shop.pando sales",
      "  pando put shop.pando customers Ada Byron",
      "  pando tail shop.pando sales",
      "  pando tail --follow --limit 1 --json shop.pando sales",
      "  pando tail --acknowledge shop.pando sales",
      "  pando tail shop.pando",
      "  pando tail --drop shop.pando sales"
    })
final class Tail extends WriteVerb {
  private static final List<String> COLUMNS =
      List.of("feed", "tables", "commits", "bytes", "acknowledged", "oldest", "lost");

  private static final List<String> CHANGE =
      List.of("commit", "time", "table", "kind", "key", "before", "value");

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  @Parameters(index = "1", paramLabel = "NAME", arity = "0..1", description = "The feed.")
  private @Nullable String name;

  /** What changes the feed; one of them at a time. */
  private static final class Change {
    @SuppressWarnings("UnusedVariable") // it is what a change is that is none of the others
    @Option(names = "--acknowledge", description = "Removes from the feed what was shown.")
    private boolean acknowledge;

    @Option(names = "--create", description = "Makes the feed, which begins with the next commit.")
    private boolean create;

    @Option(names = "--drop", description = "Removes the feed, and what is in it.")
    private boolean drop;
  }

  @ArgGroup private @Nullable Change change;

  @Option(
      names = "--tables",
      paramLabel = "NAME",
      split = ",",
      description = "With --create, the tables; all tables if there is no such option.")
  private List<String> tables = new ArrayList<>();

  @Option(names = "--hold", description = "With --create, a commit beyond the bound fails.")
  private boolean hold;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "With --create, the bound; 64 MiB by default, 0 for none.")
  private @Nullable Long maxBytes;

  @Option(
      names = "--from",
      paramLabel = "COMMIT",
      description = "Begins after this commit, not after the one that was acknowledged.")
  private @Nullable Long from;

  @Option(
      names = {"-f", "--follow"},
      description = "Waits for more, until it is interrupted.")
  private boolean follow;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many commits.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = {"-x", "--hex"},
      description = "Shows stored bytes, in hexadecimal, without codecs.")
  private boolean hex;

  @Mixin private OutputForm form = new OutputForm();

  /** Only a change opens it for writing. */
  @Override
  Options options() {
    return super.options().withReadOnly(change == null);
  }

  @Override
  int run(Database db) throws Exception {
    OutputForm output = form.checked();
    Change wanted = change;
    checkOptions(wanted);
    if (name == null) {
      list(db);
    } else if (wanted != null && wanted.create) {
      create(db, name);
    } else if (wanted != null && wanted.drop) {
      Feed found = feed(db, name);
      boolean _ = inTurn(db, () -> db.dropFeed(found.name()));
      console().line("dropped " + Report.plain(name));
    } else {
      show(feed(db, name), db, output, wanted != null);
    }
    return Fault.OK;
  }

  private void checkOptions(@Nullable Change wanted) {
    if (name == null && wanted != null) {
      throw Fault.usage("say which feed is to be changed: a NAME after the file");
    }
    boolean creates = wanted != null && wanted.create;
    if (!creates && (hold || maxBytes != null || !tables.isEmpty())) {
      throw Fault.usage(
          "tail: --tables, --hold and --max-bytes are of a new feed, allowed with --create only");
    }
    if (from != null && from < 0) {
      throw Fault.usage("tail: --from %d, allowed: 0 or a commit".formatted(from));
    }
  }

  private void create(Database db, String feed) throws Exception {
    Set<String> names = new TreeSet<>(tables);
    FeedOptions options = names.isEmpty() ? FeedOptions.ofAllTables() : FeedOptions.of(names);
    options = options.withHold(hold);
    options = maxBytes == null ? options : options.withMaxBytes(maxBytes);
    FeedOptions wanted = options;
    Feed made = inTurn(db, () -> db.createFeed(feed, wanted));
    long begins = made.stat().acknowledged().txnId();
    console()
        .line("created %s, which begins after commit %d".formatted(Report.plain(feed), begins));
  }

  private Feed feed(Database db, String feed) {
    List<String> all = db.feeds();
    if (!all.contains(feed)) {
      throw Fault.found(
          "%s: there is no feed %s; %s"
              .formatted(
                  file(),
                  feed,
                  all.isEmpty() ? "there is none at all" : "there are " + String.join(", ", all)));
    }
    return db.changes(feed);
  }

  private void list(Database db) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String each : db.feeds()) {
      Feed feed = db.changes(each);
      FeedStat stat = feed.stat();
      Set<String> watched = feed.options().tables();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("feed", each);
      row.put("tables", watched.isEmpty() ? "(all)" : String.join(",", new TreeSet<>(watched)));
      row.put("commits", stat.commits());
      row.put("bytes", stat.bytes());
      row.put("acknowledged", stat.acknowledged().txnId());
      row.put("oldest", stat.firstTime() == null ? "" : stat.firstTime().toString());
      row.put("lost", stat.lostTo() == 0 ? "" : stat.lostFrom() + " to " + stat.lostTo());
      rows.add(row);
    }
    new Report(console(), form).rows(COLUMNS, rows);
  }

  // ---- changes

  private void show(Feed feed, Database db, OutputForm output, boolean acknowledge)
      throws InterruptedException {
    ShownChanges shown = new ShownChanges(hex);
    if (output.csv()) {
      console().line(Csv.line(CHANGE));
    }
    if (acknowledge && from != null) {
      checkShowsAll(feed, from);
    }
    try (FeedReader reader = from == null ? feed.reader() : feed.reader(position(db, from))) {
      for (long left = limit; left > 0; left--) {
        FeedCommit commit = next(reader);
        if (commit == null) {
          break;
        }
        shown.forEach(commit, row -> write(output, row));
        if (acknowledge) {
          if (console().out().checkError()) {
            break; // what was not seen stays in the feed
          }
          acknowledge(db, feed, commit);
        }
      }
    } catch (FeedLostException e) {
      throw Fault.found(String.valueOf(e.getMessage()), e);
    }
  }

  /** Acknowledging a commit removes all before it, also those that were not shown. */
  private static void checkShowsAll(Feed feed, long from) {
    long acknowledged = feed.stat().acknowledged().txnId();
    if (from > acknowledged) {
      throw Fault.usage(
          "tail: --from %d with --acknowledge, allowed up to %d, the commit that was acknowledged last: commits between them would be removed and were not shown"
              .formatted(from, acknowledged));
    }
  }

  private void acknowledge(Database db, Feed feed, FeedCommit commit) {
    try (WriteTxn tx = begin(db)) {
      feed.acknowledge(tx, commit.position());
      tx.commit();
    }
  }

  private static FeedPosition position(Database db, long from) {
    try (ReadTxn tx = db.beginRead()) {
      return new FeedPosition(FeedPosition.of(tx).incarnation(), from);
    }
  }

  /** The next commit; null at the end, or when the reader of the results has ended. */
  private @Nullable FeedCommit next(FeedReader reader) throws InterruptedException {
    FeedCommit next = reader.next();
    while (next == null && follow && !console().out().checkError()) {
      next = reader.next(LOOK_EVERY);
    }
    return next;
  }

  private void write(OutputForm output, Map<String, @Nullable Object> row) {
    if (output.json()) {
      console().line(Json.of(row));
    } else if (output.csv()) {
      console().line(Csv.line(CHANGE.stream().map(row::get).toList()));
    } else {
      console()
          .line(
              "%s\t%s\t%s\t%s%s"
                  .formatted(
                      row.get("commit"),
                      Report.plain(String.valueOf(row.get("table"))),
                      row.get("kind"),
                      ScanOf.text(row.get("key")),
                      row.containsKey("value") ? "\t" + ScanOf.text(row.get("value")) : ""));
    }
  }
}
