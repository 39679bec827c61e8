package dev.pando.txn;

/** This process, as people name it. */
final class Pid {
  static final long OURS = ProcessHandle.current().pid();

  private Pid() {}
}
