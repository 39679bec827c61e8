package dev.pando;

/** What a copy of a database looks like; see {@link Database#backup}. */
public enum BackupForm {
  /**
   * The pages as they are, at the same places, the named snapshots too. The fastest: each page that
   * is in use is read, verified and written once. In a file, free pages are holes, which take no
   * room on disk where the file system has sparse files; in a channel they are zeros.
   */
  PAGES,

  /**
   * All tables written again in the order of their keys, with full pages, as short as a fresh load
   * in that order. Without the named snapshots. Takes longer.
   */
  COMPACT
}
