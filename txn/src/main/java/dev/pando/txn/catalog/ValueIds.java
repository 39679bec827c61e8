package dev.pando.txn.catalog;

import org.jspecify.annotations.Nullable;

/** What the codec of a table's values says of other ids. Thread-safe. */
public interface ValueIds {
  /** Whether it reads values of an id. */
  boolean reads(String stored);

  /** The id of a table that has values of an id that it reads, and its own. */
  String beside(String stored);

  /** The reason why it does not read them, if the ids do not say it. */
  @Nullable String problem(String stored);
}
