package dev.pando.txn.file;

import dev.pando.pager.ProcessName;

/** This process, as people name it. */
public final class Pid {
  public static final long OURS = ProcessName.ours().pid();

  private Pid() {}
}
