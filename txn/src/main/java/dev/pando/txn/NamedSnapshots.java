package dev.pando.txn;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.Tree;
import dev.pando.pager.Meta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The named snapshots that a commit lists. A commit that creates and drops none has the same object
 * as its base, so that it costs nothing however many there are. Immutable, but for what it
 * remembers; thread-safe.
 */
final class NamedSnapshots {
  static final NamedSnapshots NONE = new NamedSnapshots(List.of(), new long[0], List.of());

  private static final Comparator<SnapshotEntry> BY_NAME =
      (one, other) ->
          Arrays.compareUnsigned(one.name().getBytes(UTF_8), other.name().getBytes(UTF_8));

  /** By name, as in the catalog. */
  private final List<SnapshotEntry> entries;

  /** By transaction, each once. */
  private final Meta[] metas;

  private final long[] txnIds;

  /** Pages that one of them sees, 64 in a word; without those that only {@link #unread} see. */
  private long[] seen;

  private List<SnapshotEntry> unread;

  private NamedSnapshots(List<SnapshotEntry> entries, long[] seen, List<SnapshotEntry> unread) {
    this.entries = entries;
    this.seen = seen;
    this.unread = unread;
    Meta[] sorted = entries.stream().map(SnapshotEntry::meta).toArray(Meta[]::new);
    Arrays.sort(sorted, Comparator.comparingLong(Meta::txnId));
    int count = 0;
    for (Meta meta : sorted) {
      if (count == 0 || sorted[count - 1].txnId() != meta.txnId()) {
        sorted[count++] = meta;
      }
    }
    metas = Arrays.copyOf(sorted, count);
    txnIds = Arrays.stream(metas).mapToLong(Meta::txnId).toArray();
  }

  private static NamedSnapshots of(List<SnapshotEntry> entries) {
    return entries.isEmpty() ? NONE : new NamedSnapshots(entries, new long[0], entries);
  }

  /**
   * Reads the list of a catalog.
   *
   * @param older of an earlier commit: what it has need not be decoded again
   */
  static NamedSnapshots read(Tree catalog, String file, int pageSize, NamedSnapshots older) {
    List<SnapshotEntry> all = new ArrayList<>();
    SnapshotEntry.forEach(
        catalog,
        file,
        (key, value) -> {
          SnapshotEntry known = older.find(SnapshotEntry.name(file, key));
          boolean same = known != null && known.isIn(value);
          all.add(same ? known : SnapshotEntry.decode(file, pageSize, key, value));
        });
    return all.equals(older.entries) ? older : of(List.copyOf(all));
  }

  /** This list with one more. */
  NamedSnapshots with(SnapshotEntry entry) {
    List<SnapshotEntry> more = new ArrayList<>(entries);
    more.add(~Collections.binarySearch(entries, entry, BY_NAME), entry);
    synchronized (this) {
      List<SnapshotEntry> left = new ArrayList<>(unread);
      left.add(entry);
      return new NamedSnapshots(List.copyOf(more), seen, List.copyOf(left));
    }
  }

  /** This list without one of its entries. */
  NamedSnapshots without(SnapshotEntry entry) {
    return of(entries.stream().filter(each -> each != entry).toList());
  }

  /** All of them, by name. */
  List<SnapshotEntry> entries() {
    return entries;
  }

  int size() {
    return entries.size();
  }

  /** The one of a name, if there is one. */
  @Nullable SnapshotEntry find(String name) {
    int low = 0;
    int high = entries.size() - 1;
    byte[] wanted = name.getBytes(UTF_8);
    while (low <= high) {
      int middle = (low + high) >>> 1;
      SnapshotEntry entry = entries.get(middle);
      int order = Arrays.compareUnsigned(entry.name().getBytes(UTF_8), wanted);
      if (order == 0) {
        return entry;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  /** The transactions, ascending, each once: always the same array, not to be changed. */
  long[] txnIds() {
    return txnIds;
  }

  /** The meta of one of them; null if it is of another transaction. */
  @Nullable Meta meta(long txnId) {
    int at = Arrays.binarySearch(txnIds, txnId);
    return at < 0 ? null : metas[at];
  }

  /** Visits the transactions that another list does not have. */
  void forEachNotIn(NamedSnapshots other, LongConsumer visitor) {
    if (other != this) {
      for (long txnId : txnIds) {
        if (other.meta(txnId) == null) {
          visitor.accept(txnId);
        }
      }
    }
  }

  /**
   * Pages that one of them sees, 64 in a word. What a snapshot sees never changes, so its free
   * pages are read once. One that was dropped since this list was read is left out.
   *
   * @param newest a commit that lists them
   * @param keep begins to read one, or returns null if it was dropped: without that, its pages
   *     could be reused while they are read
   * @return not to be changed
   */
  synchronized long[] pagesSeen(Snapshot newest, Function<SnapshotEntry, @Nullable ReadTxn> keep) {
    for (SnapshotEntry entry : unread) {
      try (ReadTxn kept = keep.apply(entry)) {
        if (kept != null) {
          seen = HeldSearch.pagesSeen(newest, List.of(entry.meta()), seen);
        }
      }
    }
    unread = List.of();
    return seen;
  }
}
