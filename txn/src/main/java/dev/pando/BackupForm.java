package dev.pando;

/** The form of a copy of a database; see {@link Database#backup}. */
public enum BackupForm {
  /**
   * The pages unchanged, at the same offsets, with the named snapshots. The fastest form: each used
   * page is read, verified and written once. In a file, free pages are holes, which take no disk
   * space if the file system has sparse files; in a channel they are zeros.
   */
  PAGES,

  /**
   * All tables loaded again in key order, with full pages: the size of a fresh load in that order.
   * Named snapshots are not copied. Takes longer than {@link #PAGES}.
   */
  COMPACT
}
