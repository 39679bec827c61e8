package dev.pando;

/** When a commit is on disk. No choice can damage a database: a crash loses whole commits only. */
public enum Durability {
  /**
   * When the commit returns, and so are all commits before it: also if this one changed nothing.
   * The default.
   */
  SYNC,

  /**
   * Some time after the commit returned: see {@link Options#withSyncInterval} and {@link
   * Options#withSyncBytes}; at the next {@link Database#sync}, the next commit with {@link #SYNC},
   * or when the database is closed. A crash of the system loses the newest commits, a crash of the
   * process alone loses none. What is lost is always the end of the history, never a part of it.
   */
  ASYNC
}
