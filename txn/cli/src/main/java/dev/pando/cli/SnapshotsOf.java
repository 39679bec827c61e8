package dev.pando.cli;

import dev.pando.Database;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Named snapshots. */
@Command(
    name = "snapshots",
    description = "Lists the named snapshots, or creates, drops or restores one.",
    footerHeading = "%nExamples%n",
    footer = {
      "  pando snapshots --create before shop.pando",
      "  pando snapshots shop.pando",
      "  pando snapshots --restore before shop.pando",
      "  pando snapshots --drop before shop.pando"
    })
final class SnapshotsOf extends WriteVerb {
  private static final List<String> COLUMNS = List.of("snapshot", "commit", "created", "held");

  /** What changes the database; one of them at a time. */
  private static final class Change {
    @Option(names = "--create", paramLabel = "NAME", description = "Names the newest commit.")
    private @Nullable String create;

    @Option(names = "--drop", paramLabel = "NAME", description = "Drops a snapshot.")
    private @Nullable String drop;

    @Option(
        names = "--restore",
        paramLabel = "NAME",
        description = "Commits its content as the newest; later commits are undone.")
    private @Nullable String restore;
  }

  @ArgGroup private @Nullable Change change;

  @Mixin private OutputForm form = new OutputForm();

  /** Only a change opens it for writing. */
  @Override
  Options options() {
    return super.options().withReadOnly(change == null);
  }

  @Override
  int run(Database db) throws Exception {
    Change wanted = change;
    if (wanted == null) {
      list(db);
      return Fault.OK;
    }
    String create = wanted.create;
    String drop = wanted.drop;
    if (create != null) {
      NamedSnapshot made = inTurn(db, () -> db.snapshots().create(create));
      console().line("created %s of commit %d".formatted(Report.plain(made.name()), made.txnId()));
    } else if (wanted.restore != null) {
      long commit = restore(db, wanted.restore);
      console().line("restored %s as commit %d".formatted(Report.plain(wanted.restore), commit));
    } else if (drop != null) {
      if (!inTurn(db, () -> db.snapshots().drop(drop))) {
        throw Fault.found("%s: there is no snapshot %s".formatted(file(), drop));
      }
      console().line("dropped " + Report.plain(drop));
    }
    return Fault.OK;
  }

  private long restore(Database db, String name) throws Exception {
    if (db.snapshots().list().stream().noneMatch(each -> each.name().equals(name))) {
      throw Fault.found("%s: there is no snapshot %s".formatted(file(), name));
    }
    return inTurn(db, () -> db.snapshots().restore(name));
  }

  private void list(Database db) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (NamedSnapshot each : db.snapshots().list()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("snapshot", each.name());
      row.put("commit", each.txnId());
      row.put("created", each.created().toString());
      row.put("held", each.pagesHeld());
      rows.add(row);
    }
    new Report(console(), form).rows(COLUMNS, rows);
  }
}
