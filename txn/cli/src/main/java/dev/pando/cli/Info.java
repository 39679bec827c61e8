package dev.pando.cli;

import dev.pando.Database;
import dev.pando.OpenReader;
import dev.pando.ReadTxn;
import dev.pando.Stat;
import dev.pando.error.CorruptFileException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageException;
import dev.pando.pager.FileStorage;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a file is. */
@Command(
    name = "info",
    description = {
      "Says what a file is: its ids, sizes, tables, newest commit and meta slots, and which processes"
          + " use it.",
      "Also of a file that cannot be opened, as far as its meta slots say it."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando info shop.pando", "  pando info --json shop.pando"})
final class Info extends FileVerb {
  @Mixin private OutputForm form = new OutputForm();

  private static final int MOST_TABLES = 8;

  private @Nullable Meta newest;
  private final Map<String, @Nullable Object> machine = new LinkedHashMap<>();
  private final Map<String, String> people = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    MetaSlots slots;
    try (PageFile file =
        new FileStorage().open(file(), false)) { // closed before it is opened again
      slots = MetaSlots.read(file);
    }
    add("file", file().toString());
    newest = slots.valid().getFirst().meta();
    addMeta(newest);
    int code = addState();
    addProcesses();
    addSlots(slots);
    String others = "'pando check', 'tables', 'stat -a --fill', 'readers', 'pages'";
    people.put("more", code == Fault.OK ? others : "'pando check', 'rescue', 'pages'");
    new Report(console(), form).fields(machine, people);
    return code;
  }

  @Override
  int run(Database db) {
    Stat stat = db.stat();
    long used = stat.pageCount() - stat.freePages();
    // an open database knows only of syncs since it was opened
    Meta found = newest;
    long durable =
        found != null && found.txnId() == stat.txnId()
            ? Math.max(stat.durableTxn(), found.durableTxn())
            : stat.durableTxn();
    add("commit", stat.txnId(), stat.txnId() + ", on disk: " + durable);
    machine.put("durableCommit", durable);
    add(
        "bytes",
        stat.fileBytes(),
        "%s (%,d)".formatted(Report.bytes(stat.fileBytes()), stat.fileBytes()));
    add(
        "pages",
        stat.pageCount(),
        "%,d: %,d in use (%d %%), %,d free, of these %,d held back"
            .formatted(
                stat.pageCount(),
                used,
                100 * used / stat.pageCount(),
                stat.freePages(),
                stat.heldPages()));
    machine.put("freePages", stat.freePages());
    machine.put("heldPages", stat.heldPages());
    add("tables", stat.tables(), tables(db));
    add("snapshots", (long) db.snapshots().list().size());
    addReaders(db.readers());
    return Fault.OK;
  }

  /** The names of the first tables. */
  private static String tables(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      List<String> names = tx.tables();
      List<String> shown = new ArrayList<>();
      for (String name : names.subList(0, Math.min(names.size(), MOST_TABLES))) {
        shown.add("%s (%,d entries)".formatted(Report.plain(name), tx.count(name)));
      }
      int more = names.size() - shown.size();
      String all = String.join(", ", shown);
      return names.isEmpty()
          ? "0"
          : "%,d: %s%s"
              .formatted(names.size(), all, more == 0 ? "" : " and %,d more".formatted(more));
    }
  }

  /** Which other processes have the file open, where the system says it. */
  private void addProcesses() throws IOException {
    List<Map<String, @Nullable Object>> rows = OpenIn.rows(file());
    if (rows != null) {
      List<@Nullable Object> pids = new ArrayList<>();
      rows.forEach(row -> pids.add(row.get("pid")));
      String text =
          pids.isEmpty()
              ? "no other process that this user may see"
              : pids.stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(", ", "processes ", ""));
      add("open in", pids, text);
    }
  }

  private void addReaders(List<OpenReader> readers) {
    Duration oldest =
        readers.stream().map(OpenReader::age).max(Duration::compareTo).orElse(Duration.ZERO);
    List<Long> pids = readers.stream().map(OpenReader::pid).distinct().toList();
    String text = String.valueOf(readers.size());
    if (!readers.isEmpty()) {
      text += ", of processes %s; the oldest for %s s".formatted(pids, oldest.toSeconds());
    }
    add("readers", (long) readers.size(), text);
  }

  /** What only an open database says; of one that is damaged, why it cannot be opened. */
  private int addState() {
    try (Database db = open()) {
      return run(db);
    } catch (CorruptFileException e) {
      add("damage", String.valueOf(e.getMessage()));
      return Fault.FOUND;
    } catch (RecoveryNeededException e) {
      boolean applies = newest != null && newest.features().isApplying();
      add(
          "recovery",
          applies
              ? "needed: an increment is applied in part; its follower completes it"
              : "needed: commits are in the commit log alone; 'pando recover' replays them");
      return Fault.OK;
    } catch (StorageException | UncheckedIOException e) { // the slots say something all the same
      add("cannot be opened", String.valueOf(e.getMessage()));
      return Fault.USAGE;
    }
  }

  private void addMeta(Meta meta) {
    add("format", "version 1, pages of %,d bytes".formatted(meta.pageSize()));
    machine.put("pageSize", meta.pageSize());
    add("database", meta.databaseId().toString());
    add("incarnation", meta.lineage().incarnation().toString());
    if (meta.features().isFollower()) {
      add(
          "follower of",
          meta.lineage().parent() + " at commit " + meta.txnId() + ", only increments change it");
    } else if (meta.lineage().hasParent()) {
      String parent = meta.lineage().parent() + " at commit " + meta.lineage().parentTxn();
      add("copied from", parent);
    }
    if (meta.log().exists()) {
      long bytes = meta.log().pages() * meta.pageSize();
      add("commit log", bytes, "%s at page %,d".formatted(Report.bytes(bytes), meta.log().pgno()));
    }
  }

  private void addSlots(MetaSlots slots) {
    List<String> all = new ArrayList<>();
    slots.valid().forEach(each -> all.add(each.slot() + ": commit " + each.meta().txnId()));
    slots.damaged().forEach(each -> all.add(each.slot() + ": " + each.reason()));
    add("meta slots", all, String.join("; ", all.stream().sorted().toList()));
  }

  private void add(String name, Object value) {
    add(name, value, Report.plain(value));
  }

  /** A name without blanks. */
  private static String camel(String name) {
    int blank = name.indexOf(' ');
    return blank < 0
        ? name
        : name.substring(0, blank)
            + Character.toUpperCase(name.charAt(blank + 1))
            + camel(name.substring(blank + 2));
  }

  private void add(String name, @Nullable Object value, String text) {
    machine.put(camel(name), value);
    people.put(name, text);
  }
}
