package dev.pando;

/** When a commit is on disk. With either, a crash loses only whole commits. */
public enum Durability {
  /**
   * On disk when the commit returns, with all commits before it, even if this one changed nothing.
   * The default.
   */
  SYNC,

  /**
   * On disk after {@link Options#withSyncInterval} or {@link Options#withSyncBytes}, at the next
   * {@link Database#sync}, at the next commit with {@link #SYNC}, or when the database is closed. A
   * crash of the system may lose the newest commits; a crash of the process alone loses none. If a
   * commit is lost, all later commits are lost with it.
   */
  ASYNC
}
