package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.txn.recovery.DatabaseCheck;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link Database#check} found.
 *
 * @param path the database
 * @param txnId the commit that was checked
 * @param pages all pages, the three meta slots included
 * @param usedPages pages of tables, of the catalog and of the free tree
 * @param freePages pages that are free
 * @param tables tables
 * @param entries keys in all tables
 * @param problems violations of the format, with page numbers; empty if there are none
 * @param notes findings that are not damage, such as a meta slot that a crash left half-written
 */
public record CheckReport(
    Path path,
    long txnId,
    long pages,
    long usedPages,
    long freePages,
    long tables,
    long entries,
    List<String> problems,
    List<String> notes) {

  /** Copies the lists. */
  public CheckReport {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  static CheckReport of(
      Path path, DatabaseCheck.Found found, List<String> problems, List<String> notes) {
    return new CheckReport(
        path,
        found.txnId(),
        found.pages(),
        found.usedPages(),
        found.freePages(),
        found.tables(),
        found.entries(),
        problems,
        notes);
  }

  /** Whether there is no problem. */
  public boolean ok() {
    return problems.isEmpty();
  }

  /**
   * Returns this report if there is no problem.
   *
   * @throws CorruptFileException with all problems otherwise
   */
  public CheckReport throwIfBad() {
    if (!ok()) {
      throw new CorruptFileException(path.toString(), -1, toString());
    }
    return this;
  }

  /** One line if all is well, otherwise one more line for each problem. */
  @Override
  public String toString() {
    String counts =
        "%d pages, %d used, %d free, %d tables, %d entries, transaction %d"
            .formatted(pages, usedPages, freePages, tables, entries, txnId);
    return ok()
        ? "check: ok, " + counts
        : "check: %d problems, %s%n  %s"
            .formatted(
                problems.size(), counts, String.join(System.lineSeparator() + "  ", problems));
  }
}
