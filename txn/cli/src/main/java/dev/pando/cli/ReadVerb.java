package dev.pando.cli;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.TableStat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A verb of one commit: the newest one, or a named snapshot. */
abstract class ReadVerb extends FileVerb {
  @Option(
      names = "--snapshot",
      paramLabel = "NAME",
      description = "Reads this named snapshot in place of the newest commit.")
  private @Nullable String snapshot;

  @Override
  final int run(Database db) throws Exception {
    try (ReadTxn tx = begin(db)) {
      return run(tx);
    }
  }

  final ReadTxn begin(Database db) {
    if (snapshot == null) {
      return db.beginRead();
    }
    try {
      return db.snapshots().open(snapshot);
    } catch (IllegalArgumentException e) {
      throw Fault.found(file() + ": " + e.getMessage(), e);
    }
  }

  /** The table of a name; its absence ends the verb. */
  final TableStat table(ReadTxn tx, String name) {
    return table(file().toString(), tx, name);
  }

  /** As {@link #table(ReadTxn, String)}, of a file. */
  static TableStat table(String file, ReadTxn tx, String name) {
    TableStat found = tx.stat(name);
    if (found == null) {
      List<String> all = tx.tables();
      throw Fault.found(
          "%s: there is no table %s; %s"
              .formatted(
                  file, name, all.isEmpty() ? "there is none at all" : "there are " + some(all)));
    }
    return found;
  }

  private static String some(List<String> all) {
    int shown = Math.min(all.size(), 20);
    String first = String.join(", ", all.subList(0, shown));
    return shown == all.size() ? first : first + " and " + (all.size() - shown) + " more";
  }

  /**
   * Does the work.
   *
   * @return the exit code
   */
  abstract int run(ReadTxn tx) throws Exception;
}
