package dev.pando;

/**
 * What {@link Database#update} runs: all its writes are committed, or none of them.
 *
 * @param <X> the checked exception that it throws; inferred
 */
@FunctionalInterface
public interface WriteAction<X extends Exception> extends TxnAction {
  /** Writes; the transaction is committed when this returns and rolled back when it throws. */
  @Override
  void run(WriteTxn tx) throws X;
}
