package dev.pando.txn.space;

/** The pages that a transaction had taken and freed at a savepoint. */
public final class SpaceMark {
  /** The first page number that was not used. */
  public long pageCount;

  /** Runs of pages of older transactions that it had freed. */
  int freed;

  /** Branches that it had taken. */
  long branches;

  /** Pages that it had taken. */
  long pages;
}
