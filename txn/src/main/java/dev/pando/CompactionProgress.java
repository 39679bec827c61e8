package dev.pando;

/**
 * How far a compaction is: the bytes of the tables that it fills and moves, each in proportion to
 * the keys that it has passed. Tables grow and shrink meanwhile, so what it says is bounded.
 */
final class CompactionProgress {
  private final Progress progress;
  private long total;
  private long before;
  private long table;
  private long reported;

  CompactionProgress(Progress progress) {
    this.progress = progress;
  }

  /** Adds to the work, before any of it is done. */
  void expect(long bytes) {
    total += bytes;
  }

  /** Goes on to a table of so many bytes; the one before is done. */
  void begin(long bytes) {
    before += table;
    table = bytes;
  }

  /**
   * Reports.
   *
   * @param share the part of the table that is done, 0 to 1
   */
  void at(double share) {
    report(before + (long) (table * share));
  }

  void end() {
    report(total);
  }

  private void report(long bytes) {
    reported = Math.max(reported, Math.min(bytes, total));
    progress.at(reported, total);
  }
}
