package dev.pando.txn.follower;

import java.util.function.LongPredicate;

/** Ends readers of this process. */
@FunctionalInterface
public interface ReaderEnding {
  /** Ends those that show certain commits, and frees their slots when no thread uses them. */
  void end(LongPredicate txnIds);
}
