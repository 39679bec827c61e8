package dev.pando.cli;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.NamedSnapshot;
import dev.pando.ReadTxn;
import dev.pando.codec.CodecException;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.pager.Meta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whether a file is whole. */
@Command(
    name = "check",
    description = {
      "Checks the newest commit and all named snapshots as a whole: checksums, order, every rule of"
          + " the format, each page used once or free. Changes nothing.",
      "Ends with 1 if there is a problem."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando check shop.pando",
      "  pando check --full --json shop.pando",
      "  pando check --meta shop.pando",
      "  pando check --meta 2 shop.pando",
      "  pando check --quiet shop.pando"
    })
final class Check extends FileVerb {
  private static final int MOST_UNDECODABLE = 100;
  private static final int NEWEST = Integer.MIN_VALUE; // no argument has it

  /** Takes a number as the slot, if the file follows it. */
  private static final class Slot implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec verb) {
      boolean isThere = args.size() > 1 && args.peek().matches("-?[0-9]{1,9}");
      option.setValue(isThere ? Integer.valueOf(args.pop()) : NEWEST);
    }
  }

  @Option(
      names = "--full",
      description = "Also decodes every key and value with the codecs of its table.")
  private boolean full;

  @Option(
      names = "--meta",
      paramLabel = "SLOT",
      arity = "0..1",
      parameterConsumer = Slot.class,
      description =
          "Looks at the meta slots, the length of the file, and the roots of the trees of the"
              + " newest commit and of named snapshots alone, which is fast in a file of any size."
              + " With a slot, 0 to 2, at the commit in it.")
  private @Nullable Integer meta;

  @Option(
      names = {"-q", "--quiet"},
      description = "Writes nothing if there is no problem.")
  private boolean quiet;

  @Option(names = "--json", description = "Writes a JSON object.")
  private boolean json;

  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (meta == null) {
      return super.call();
    }
    if (full) {
      throw Fault.usage("check: --meta and --full, allowed one of them");
    }
    try (RawPages pages = RawPages.open(file())) {
      if (meta != NEWEST) { // what keeps the newest commit from being opened is no matter
        return lookAt(pages, pages.commitIn(meta));
      }
      try (Database db = openUndamaged()) {
        return PinnedPages.run(pages, db, this::lookAt);
      }
    }
  }

  /** The database; null if it is damaged, which is a problem. */
  private @Nullable Database openUndamaged() {
    try {
      return open();
    } catch (CorruptFileException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private int lookAt(RawPages pages, Meta commit) throws IOException {
    MetaCheck found = MetaCheck.of(pages, commit, problems);
    if (isSilent(found.code())) {
      return Fault.OK;
    }
    if (json) {
      console().line(Json.of(found.fields()));
    } else {
      found.lines().forEach(console()::line);
    }
    return found.code();
  }

  @Override
  int run(Database db) {
    CheckReport report = db.check();
    problems.addAll(report.problems());
    notes.addAll(report.notes());
    if (full) {
      decodeAll(db);
    }
    int code = problems.isEmpty() ? Fault.OK : Fault.FOUND;
    if (!isSilent(code)) {
      write(report);
    }
    return code;
  }

  private boolean isSilent(int code) {
    return quiet && code == Fault.OK;
  }

  private void decodeAll(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      decodeAll("", tx);
    }
    for (NamedSnapshot snapshot : db.snapshots().list()) {
      try (ReadTxn tx = db.snapshots().open(snapshot.name())) {
        decodeAll("snapshot " + snapshot.name() + ", ", tx);
      }
    }
  }

  private void decodeAll(String where, ReadTxn tx) {
    for (String name : tx.tables()) {
      ShownTable table = ShownTable.of(ReadVerb.table(file().toString(), tx, name), false);
      if (!table.key().isTyped() || !table.value().isTyped()) {
        notes.add(
            "%stable %s: its codecs %s and %s are the program's own, so entries were not decoded"
                .formatted(where, name, table.stat().keyCodec(), table.stat().valueCodec()));
        continue;
      }
      try {
        decode(where, tx, table);
      } catch (StorageException e) {
        problems.add(where + e.getMessage());
      }
    }
  }

  private void decode(String where, ReadTxn tx, ShownTable table) {
    int[] bad = {0};
    boolean _ =
        table
            .raw(tx)
            .forEach(
                (key, value) -> {
                  try {
                    if (table.shows(key.toArray())) {
                      ShownTable.Shown _ = table.show(key, value);
                    }
                  } catch (Fault e) {
                    problems.add(where + e.getMessage());
                    bad[0]++;
                  } catch (CodecException e) {
                    problems.add(where + e.getMessage());
                    bad[0]++;
                  }
                  return bad[0] < MOST_UNDECODABLE;
                });
  }

  private void write(CheckReport report) {
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("ok", problems.isEmpty());
      fields.put("commit", report.txnId());
      fields.put("pages", report.pages());
      fields.put("usedPages", report.usedPages());
      fields.put("freePages", report.freePages());
      fields.put("tables", report.tables());
      fields.put("entries", report.entries());
      fields.put("problems", problems);
      fields.put("notes", notes);
      console().line(Json.of(fields));
      return;
    }
    String counts =
        "%,d pages, %,d used, %,d free, %,d tables, %,d entries, commit %d"
            .formatted(
                report.pages(),
                report.usedPages(),
                report.freePages(),
                report.tables(),
                report.entries(),
                report.txnId());
    console().line((problems.isEmpty() ? "ok: " : problems.size() + " problems: ") + counts);
    problems.forEach(problem -> console().line("  problem: " + Report.escaped(problem)));
    notes.forEach(note -> console().line("  note: " + Report.escaped(note)));
  }
}
