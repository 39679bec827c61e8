package dev.pando.cli;

import dev.pando.Change;
import dev.pando.Changes;
import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.TableStat;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What has changed between two named snapshots, or since one. */
@Command(
    name = "diff",
    description = {
      "Shows which keys were added, changed and removed since a named snapshot, or between two.",
      "+ key, value; - key, value; ~ key, value before, value after; of all tables with their names.",
      "Pages that both have are not read. The exit code is 0 whether there are differences or not."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando snapshots --create monday shop.pando",
      "  pando put shop.pando customers Ada Byron",
      "  pando diff --from monday shop.pando customers",
      "  pando diff --from monday --count shop.pando",
      "  pando diff --from monday --to monday --json shop.pando orders"
    })
final class DiffOf extends FileVerb {
  private static final List<String> COUNTS = List.of("table", "added", "changed", "removed");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TABLE",
      description = "The table; all tables without it.")
  private @Nullable String name;

  @Option(
      names = "--from",
      paramLabel = "NAME",
      required = true,
      description = "The named snapshot before.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "NAME",
      description = "The named snapshot after; the newest commit without it.")
  private @Nullable String to;

  @Option(
      names = {"-c", "--count"},
      description = "Shows how many keys were added, changed and removed.")
  private boolean counts;

  @Option(
      names = {"-x", "--hex"},
      description = "Shows stored bytes, in hexadecimal, without codecs.")
  private boolean hex;

  @Mixin private OutputForm form = new OutputForm();

  @Override
  int run(Database db) {
    OutputForm output = form.checked();
    if (output.csv() && !counts) {
      throw Fault.usage("--csv: allowed with --count");
    }
    try (ReadTxn before = open(db, from);
        ReadTxn after = to == null ? db.beginRead() : open(db, to)) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (String table : tables(before, after)) {
        try (Changes<byte[], byte[]> changes = db.diff(before, after, table)) {
          if (counts) {
            rows.add(count(table, changes));
          } else {
            show(table, shown(before, after, table), changes, output);
          }
        }
      }
      if (counts) {
        new Report(console(), form).rows(COUNTS, rows);
      }
    }
    return Fault.OK;
  }

  private ReadTxn open(Database db, String snapshot) {
    try {
      return db.snapshots().open(snapshot);
    } catch (IllegalArgumentException e) {
      throw Fault.found(file() + ": " + e.getMessage(), e);
    }
  }

  private Iterable<String> tables(ReadTxn before, ReadTxn after) {
    if (name == null) {
      TreeSet<String> all = new TreeSet<>(before.tables());
      all.addAll(after.tables());
      return all;
    }
    if (before.stat(name) == null) {
      TableStat _ = ReadVerb.table(file().toString(), after, name);
    }
    return List.of(name);
  }

  /** The table as it is shown: as bytes if its codecs were changed in between. */
  private ShownTable shown(ReadTxn before, ReadTxn after, String table) {
    TableStat old = before.stat(table);
    TableStat young = after.stat(table);
    if (old == null || young == null) {
      return ShownTable.of(
          ReadVerb.table(file().toString(), old == null ? after : before, table), hex);
    }
    boolean isSame =
        old.keyCodec().equals(young.keyCodec()) && old.valueCodec().equals(young.valueCodec());
    if (!isSame) {
      console()
          .note(
              "table %s: its codecs were changed, so bytes are shown"
                  .formatted(Report.plain(table)));
    }
    return ShownTable.of(young, hex || !isSame);
  }

  private static Map<String, Object> count(String table, Changes<byte[], byte[]> changes) {
    Map<Change.Kind, Long> counts = new EnumMap<>(Change.Kind.class);
    changes.forEach(
        change -> {
          Long _ = counts.merge(change.kind(), 1L, Long::sum);
        });
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("table", table);
    row.put("added", counts.getOrDefault(Change.Kind.ADDED, 0L));
    row.put("changed", counts.getOrDefault(Change.Kind.CHANGED, 0L));
    row.put("removed", counts.getOrDefault(Change.Kind.REMOVED, 0L));
    return row;
  }

  private void show(
      String table, ShownTable shown, Changes<byte[], byte[]> changes, OutputForm output) {
    long rows = 0;
    for (Change<byte[], byte[]> change : changes) {
      if (output.json()) {
        console().line(json(table, shown, change));
      } else {
        console().line((name == null ? Report.plain(table) + "\t" : "") + text(shown, change));
      }
      if (!console().accepts(++rows)) {
        return;
      }
    }
  }

  private static String text(ShownTable table, Change<byte[], byte[]> change) {
    byte[] before = change.before();
    byte[] after = change.after();
    StringBuilder line = new StringBuilder();
    line.append(before == null ? '+' : after == null ? '-' : '~').append(' ');
    byte[] first = before == null ? after : before;
    ShownTable.Shown entry = table.show(change.key(), first == null ? new byte[0] : first);
    line.append(ScanOf.text(entry.key())).append('\t').append(ScanOf.text(entry.value()));
    if (before != null && after != null) {
      line.append('\t').append(ScanOf.text(table.show(change.key(), after).value()));
    }
    return line.toString();
  }

  private static String json(String name, ShownTable table, Change<byte[], byte[]> change) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("table", name);
    line.put("change", change.kind().name().toLowerCase(java.util.Locale.ROOT));
    byte[] before = change.before();
    byte[] after = change.after();
    if (before != null) {
      ShownTable.Shown entry = table.show(change.key(), before);
      line.put("key", entry.key());
      line.put("before", entry.value());
    }
    if (after != null) {
      ShownTable.Shown entry = table.show(change.key(), after);
      line.put("key", entry.key());
      line.put("after", entry.value());
    }
    return Json.of(line);
  }
}
