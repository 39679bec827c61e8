package dev.pando.txn;

import java.util.Arrays;

/**
 * The snapshots whose pages must stay as they are: those of readers, the base of the running write
 * transaction, and the newest transaction known to be on disk.
 *
 * <p>Pages born in b and freed in f are seen by snapshot r exactly when b &lt;= r &lt; f, so they
 * may be reused as soon as no pin lies there. Pins on the past only ever vanish: a new reader pins
 * the newest commit, which is pinned already.
 */
final class Pins {
  private final long[] sorted;

  /** Takes ids in any order, repeated or not. */
  Pins(long... txnIds) {
    sorted = Arrays.stream(txnIds).sorted().distinct().toArray();
  }

  /** The pinned snapshots, ascending. */
  long[] sorted() {
    return sorted.clone();
  }

  /** Whether a snapshot is pinned. */
  boolean contain(long txnId) {
    return Arrays.binarySearch(sorted, txnId) >= 0;
  }

  /** Whether a pinned snapshot may see pages with these dates. */
  boolean hold(long birth, long freed) {
    int at = atLeast(birth);
    return at < sorted.length && sorted[at] < freed;
  }

  /**
   * The birth to record for pages freed now: the first pinned snapshot that may see them. Those
   * before it are gone for ever, so nothing is lost, and most neighbours become alike and merge.
   */
  long canonicalBirth(long birth) {
    int at = atLeast(birth);
    if (at == sorted.length) {
      throw new AssertionError("pages born in " + birth + " were freed, their base is not pinned");
    }
    return sorted[at];
  }

  private int atLeast(long txnId) {
    int at = Arrays.binarySearch(sorted, txnId);
    return at >= 0 ? at : ~at;
  }

  @Override
  public String toString() {
    return Arrays.toString(sorted);
  }
}
