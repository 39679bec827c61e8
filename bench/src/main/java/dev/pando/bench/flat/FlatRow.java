package dev.pando.bench.flat;

import java.nio.file.Path;
import java.util.List;

/**
 * A cost that must not grow with something: measured with little of that and with much.
 *
 * @param name how the row is asked for on the command line: one word
 * @param title what is measured, and with what it must not grow
 * @param unit of the costs
 * @param limit how many times the smallest amount's cost the largest one's may be
 */
record FlatRow(String name, String title, String unit, double limit, Body body) {
  /** What measures. */
  interface Body {
    /**
     * Measures, in a JVM that measures nothing else.
     *
     * @param directory an empty directory
     * @param quick whether a first look is enough
     * @return at least two points, the smallest amount first
     */
    List<Point> measure(Path directory, boolean quick) throws Exception;
  }

  /**
   * A cost.
   *
   * @param amount of what, and how much
   * @param cost in the row's unit
   */
  record Point(String amount, double cost) {}

  private static final String OF_TABLE = "a get, all tables used in one snapshot";

  /** All rows. What is known of a table is farther from the processor, too, if there are many. */
  static final List<FlatRow> ALL =
      List.of(
          new FlatRow("tables", OF_TABLE, "ns", 2, TablesRow::handles),
          new FlatRow(
              "described", OF_TABLE + ", Table.of for each get", "ns", 2, TablesRow::descriptions),
          new FlatRow(
              "tablecommits", "a get, a commit after each 10000 gets", "ns", 2, TablesRow::commits),
          // The leaves of 100 tables stay in the processor's caches, those of 10,000 do not.
          new FlatRow(
              "writetables",
              "a put, ASYNC, of a transaction that puts once in each table",
              "us",
              4,
              WriteTablesRow::transactions),
          new FlatRow(
              "writetable",
              "a commit of one put, ASYNC, in one of the tables",
              "us",
              2.5,
              WriteTablesRow::oneTable),
          // Free pages are in shorter runs, between those that the snapshots hold.
          new FlatRow(
              "snapshots",
              "a commit that is not synced beside named snapshots",
              "us",
              3,
              SnapshotsRow::commits),
          // Reads a bit of each free page, and what the snapshots hold is free: 4 ns a snapshot.
          new FlatRow(
              "snapshotstat", "Database.stat beside named snapshots", "us", 5, SnapshotsRow::stats),
          new FlatRow(
              "snapshotmake",
              "making and dropping a named snapshot, with a commit in between, beside others",
              "us",
              3,
              SnapshotsRow::making),
          new FlatRow(
              "cursors",
              "a put, after scans of its transaction that were left early",
              "ns",
              1.5,
              CursorsRow::measure),
          new FlatRow(
              "index1",
              "a put that replaces a row of a table, every second one with another key in its index",
              "ns",
              2.2,
              IndexRow::measure),
          new FlatRow(
              "burst",
              "commit of one put, not synced, after a burst of readers",
              "ns a commit",
              3,
              BurstRow::measure),
          new FlatRow(
              "chunks", "random get, by chunks of the map", "ns a get", 1.3, ChunksRow::measure),
          new FlatRow(
              "growth",
              "growing by 64 MiB under a long scan, by length of the file",
              "page faults a step",
              1.5,
              GrowthRow::measure),
          new FlatRow(
              "turns",
              "a commit of one put, ASYNC, after another process's",
              "us",
              2.5,
              TurnsRow::measure),
          new FlatRow(
              "window",
              "from one small commit's catalog page to the next one's, with many free pages",
              "pages",
              2,
              WindowRow::measure),
          new FlatRow(
              "freerun",
              "a commit of one put, ASYNC, with a long run of free pages",
              "us",
              2,
              FreeRunRow::measure));

  static FlatRow of(String name) {
    return ALL.stream().filter(row -> row.name.equals(name)).findFirst().orElseThrow();
  }
}
