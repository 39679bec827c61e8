package dev.pando.cli;

import dev.pando.WriteTxn;
import java.util.function.Supplier;

/** The transactions of a load: one, or one for each so many entries. */
final class LoadTurns implements AutoCloseable {
  private final Supplier<WriteTxn> begin;
  private final long batch;
  private WriteTxn tx;
  private long entries;
  private long committed;

  /**
   * Begins the first one.
   *
   * @param batch entries of a transaction, at most
   */
  LoadTurns(Supplier<WriteTxn> begin, long batch) {
    this.begin = begin;
    this.batch = batch;
    this.tx = begin.get();
  }

  /** The open transaction. */
  WriteTxn tx() {
    return tx;
  }

  /** Makes room for an entry; true if a new transaction was begun for it. */
  boolean next() {
    boolean isFull = entries == batch;
    if (isFull) {
      commit();
      tx = begin.get();
    }
    entries++;
    return isFull;
  }

  /** Commits the open transaction. */
  void commit() {
    tx.commit();
    committed += entries;
    entries = 0;
  }

  /** Entries of the dump whose transactions are committed. */
  long committed() {
    return committed;
  }

  @Override
  public void close() {
    tx.close();
  }
}
