package dev.pando;

import java.util.List;
import java.util.Objects;

/** What a {@link Database} shows of itself. Users see its methods as those of the database. */
abstract class Inspected extends Differ {
  Inspected() {}

  /** Looks at the whole. */
  abstract Inspection inspection();

  /**
   * Sizes and counts of the newest commit, the commits that are not on disk yet, and the pages that
   * readers of all processes keep from reuse, at the moment of the call.
   */
  public Stat stat() {
    return inspection().stat();
  }

  /**
   * What this process has done with the database since it opened it: counts of commits, syncs,
   * pages and waits. It takes one or two microseconds, waits for nothing, and begins no
   * transaction, so it can be called often. The counts may belong to slightly different moments.
   * After {@link Database#close} it returns the last counts.
   */
  public Metrics metrics() {
    return inspection().metrics();
  }

  /** All open read transactions of all processes, the oldest snapshot first. */
  public List<OpenReader> readers() {
    return inspection().readers();
  }

  /** As {@link #warmUp(Progress)}, without progress reports. */
  public void warmUp() {
    warmUp((_, _) -> {});
  }

  /**
   * Reads the whole file once, so that later reads find it in the page cache. For programs that
   * prefer a slow start to slow first reads. Useful if the file fits into memory. The kernel may
   * evict pages again under memory pressure. Readers and writers continue meanwhile.
   *
   * @param progress called on this thread after each MiB; an exception that it throws ends the
   *     warm-up
   */
  public void warmUp(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    inspection().warmUp(progress);
  }

  /**
   * Checks the newest commit as a whole: the checksum of every page, every rule of the format, that
   * each page is used once or free, and the entries of indexes and the chunks of large values.
   * Reads the whole database; readers and writers continue meanwhile. Damage is reported, not
   * thrown.
   */
  public CheckReport check() {
    return inspection().check();
  }
}
