package dev.pando.txn.events;

/** Something that lasts and changes a size or a transaction id. It is recorded when it ends. */
public interface Change {
  /** It is over; if this is never called, nothing is recorded. */
  void finish(long before, long after);
}
