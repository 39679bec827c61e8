package dev.pando;

/** As {@link TxnBody}, for {@link Database#update}: without a result. */
@FunctionalInterface
public interface TxnAction {
  /** Writes; the transaction is committed when this returns and rolled back when it throws. */
  void run(WriteTxn tx) throws Exception;
}
