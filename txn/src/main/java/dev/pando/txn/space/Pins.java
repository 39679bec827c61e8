package dev.pando.txn.space;

import java.util.Arrays;

/**
 * The snapshots whose pages must not change: those of readers, the base of the running write
 * transaction, and the newest transaction known to be on disk.
 *
 * <p>Snapshot r sees pages born in b and freed in f only if b &lt;= r &lt; f. So the pages may be
 * reused as soon as there is no pin in that range. All snapshots in the range see them, unless they
 * were free for some time and restoring a named snapshot brought them back. Pins on the past can
 * only disappear: a new reader pins the newest commit, which is pinned already. Readers without a
 * slot may pin all snapshots from one on. One of these snapshots sees any page that was freed
 * later.
 */
public final class Pins {
  private static final long[] NONE = {};

  /** Ascending, perhaps with repetitions; without snapshots that are only named. */
  private final long[] sorted;

  /** Named snapshots, ascending. There may be many, so this array is shared and never copied. */
  private final long[] kept;

  /** This snapshot and all newer ones may be pinned, too. */
  private final long from;

  /** Takes ids in any order, repeated or not. */
  public Pins(long... txnIds) {
    this(NONE, Long.MAX_VALUE, txnIds);
  }

  private Pins(long[] kept, long from, long... txnIds) {
    this.kept = kept;
    this.from = from;
    sorted = txnIds.clone();
    Arrays.sort(sorted);
  }

  /**
   * Makes pins with some unknown readers, which read nothing older than a snapshot.
   *
   * @param from that snapshot; {@link Long#MAX_VALUE} if there are no such readers
   */
  static Pins withAllFrom(long from, long... txnIds) {
    return new Pins(NONE, from, txnIds);
  }

  /**
   * Makes pins with named snapshots.
   *
   * @param kept ascending, each once; the same array from commit to commit while no named snapshot
   *     is added or dropped
   * @param from see {@link #withAllFrom}
   */
  static Pins withKept(long[] kept, long from, long... txnIds) {
    return new Pins(kept, from, txnIds);
  }

  /** Returns these pins and another one. */
  public Pins with(long txnId) {
    long[] more = Arrays.copyOf(sorted, sorted.length + 1);
    more[sorted.length] = txnId;
    return new Pins(kept, from, more);
  }

  /** Whether it is unknown which snapshots from this one on are pinned. */
  boolean isVague(long txnId) {
    return txnId >= from;
  }

  /** Returns the pinned snapshots, ascending, each once. */
  long[] sorted() {
    long[] all = new long[sorted.length + kept.length];
    int count = 0;
    for (int i = 0, k = 0; i < sorted.length || k < kept.length; ) {
      boolean isKept = i == sorted.length || (k < kept.length && kept[k] < sorted[i]);
      long next = isKept ? kept[k++] : sorted[i++];
      if (count == 0 || all[count - 1] != next) {
        all[count++] = next;
      }
    }
    return Arrays.copyOf(all, count);
  }

  /** Whether a snapshot is known to be pinned by more than its name. */
  public boolean containUnnamed(long txnId) {
    return Arrays.binarySearch(sorted, txnId) >= 0;
  }

  /** Whether a pinned snapshot may see pages with these dates. */
  boolean hold(long birth, long freed) {
    return Math.max(birth, from) < freed
        || first(sorted, birth) < freed
        || first(kept, birth) < freed;
  }

  /** Whether a named snapshot sees pages with these dates. */
  boolean keep(long birth, long freed) {
    return first(kept, birth) < freed;
  }

  /** Returns the named snapshots, as they were given. */
  long[] kept() {
    return kept;
  }

  /**
   * Returns the birth to record for pages that are freed now: the first pinned snapshot that may
   * see them. Earlier snapshots are gone for ever, so nothing is lost. Most neighbours become alike
   * and merge.
   */
  long canonicalBirth(long birth) {
    long first = Math.min(first(sorted, birth), first(kept, birth));
    if (first == Long.MAX_VALUE) {
      throw new AssertionError("pages born in " + birth + " were freed, their base is not pinned");
    }
    return Math.min(first, Math.max(birth, from));
  }

  /** Returns the first one that is not less than an id; {@link Long#MAX_VALUE} if there is none. */
  private static long first(long[] ids, long txnId) {
    int found = Arrays.binarySearch(ids, txnId);
    int at = found >= 0 ? found : ~found;
    return at < ids.length ? ids[at] : Long.MAX_VALUE;
  }

  @Override
  public String toString() {
    return Arrays.toString(sorted());
  }
}
