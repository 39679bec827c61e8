package dev.pando.txn.events;

/** Something that lasts, and is recorded when it ends. */
public interface Span {
  /** It is over; if this is never called, nothing is recorded. */
  void finish();
}
