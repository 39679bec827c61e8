package dev.pando.txn;

import java.util.Arrays;

/**
 * The snapshots whose pages must stay as they are: those of readers, the base of the running write
 * transaction, and the newest transaction known to be on disk.
 *
 * <p>Pages born in b and freed in f are seen by snapshot r exactly when b &lt;= r &lt; f, so they
 * may be reused as soon as no pin lies there. Pins on the past only ever vanish: a new reader pins
 * the newest commit, which is pinned already. Readers without a slot may pin all snapshots from one
 * on: what was freed later than that is seen by one of those.
 */
final class Pins {
  private final long[] sorted;

  /** This snapshot and all newer ones may be pinned, too. */
  private final long from;

  /** Takes ids in any order, repeated or not. */
  Pins(long... txnIds) {
    this(Long.MAX_VALUE, txnIds);
  }

  private Pins(long from, long... txnIds) {
    this.from = from;
    sorted = Arrays.stream(txnIds).sorted().distinct().toArray();
  }

  /**
   * Some readers are not known one by one, only that they read nothing older.
   *
   * @param from {@link Long#MAX_VALUE} if there are none
   */
  static Pins withAllFrom(long from, long... txnIds) {
    return new Pins(from, txnIds);
  }

  /** Whether it is not known which snapshots from this one on are pinned. */
  boolean isVague(long txnId) {
    return txnId >= from;
  }

  /** The pinned snapshots, ascending. */
  long[] sorted() {
    return sorted.clone();
  }

  /** Whether a snapshot is known to be pinned. */
  boolean contain(long txnId) {
    return Arrays.binarySearch(sorted, txnId) >= 0;
  }

  /** Whether a pinned snapshot may see pages with these dates. */
  boolean hold(long birth, long freed) {
    int at = atLeast(birth);
    return Math.max(birth, from) < freed || (at < sorted.length && sorted[at] < freed);
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
    return Math.min(sorted[at], Math.max(birth, from));
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
