package dev.pando.txn.catalog;

import org.jspecify.annotations.Nullable;

/** What the codecs of a table say of other ids. Thread-safe. */
public interface StoredIds {
  /** Whether the codec of the values reads those of an id. */
  boolean reads(String stored);

  /** The id of a table that has values of an id that it reads, and its own. */
  String beside(String stored);

  /** The reason why it does not read them, if the ids do not say it. */
  @Nullable String problem(String stored);

  /** The reason why the keys of an id are not those of another one, if the ids do not say it. */
  @Nullable String keyProblem(String keyId, String stored);
}
