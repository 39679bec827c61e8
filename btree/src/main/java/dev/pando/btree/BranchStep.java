package dev.pando.btree;

/** One step of a descent: which child of a branch it took. Not thread-safe. */
final class BranchStep {
  /** The child's page. */
  long pgno;

  /** The transaction that wrote the child's page. */
  long birth;

  int slot;

  /** Children of the branch. */
  int children;

  void set(long childPgno, long childBirth, int childSlot, int count) {
    pgno = childPgno;
    birth = childBirth;
    slot = childSlot;
    children = count;
  }
}
