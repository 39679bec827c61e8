package dev.pando.txn.file;

/** This process, as people name it. */
public final class Pid {
  public static final long OURS = ProcessHandle.current().pid();

  private Pid() {}
}
