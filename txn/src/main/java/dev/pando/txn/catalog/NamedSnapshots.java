package dev.pando.txn.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeChanges;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.HeldSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The named snapshots that a commit lists. A commit that creates and drops none has the same object
 * as its base, so that it costs nothing however many there are. Immutable, but for what it
 * remembers; thread-safe.
 */
public final class NamedSnapshots {
  public static final NamedSnapshots NONE =
      new NamedSnapshots(new SnapshotEntry[0], new Meta[0], new long[0], new long[0], List.of());

  /** By name, as in the catalog. */
  private final SnapshotEntry[] entries;

  /** By transaction, each once. */
  private final Meta[] metas;

  private final long[] txnIds;

  /** Pages that one of them sees, 64 in a word; without those that only {@link #unread} see. */
  private long[] seen;

  private List<SnapshotEntry> unread;

  private NamedSnapshots(
      SnapshotEntry[] entries,
      Meta[] metas,
      long[] txnIds,
      long[] seen,
      List<SnapshotEntry> unread) {
    this.entries = entries;
    this.metas = metas;
    this.txnIds = txnIds;
    this.seen = seen;
    this.unread = unread;
  }

  private static NamedSnapshots of(List<SnapshotEntry> entries) {
    if (entries.isEmpty()) {
      return NONE;
    }
    Meta[] sorted = entries.stream().map(SnapshotEntry::meta).toArray(Meta[]::new);
    Arrays.sort(sorted, Comparator.comparingLong(Meta::txnId));
    int count = 0;
    for (Meta meta : sorted) {
      if (count == 0 || sorted[count - 1].txnId() != meta.txnId()) {
        sorted[count++] = meta;
      }
    }
    Meta[] metas = Arrays.copyOf(sorted, count);
    long[] txnIds = Arrays.stream(metas).mapToLong(Meta::txnId).toArray();
    SnapshotEntry[] all = entries.toArray(SnapshotEntry[]::new);
    return new NamedSnapshots(all, metas, txnIds, new long[0], List.of(all));
  }

  /**
   * Reads the list of a catalog.
   *
   * @param older of an earlier commit: what it has need not be decoded again
   */
  public static NamedSnapshots read(Tree catalog, String file, int pageSize, NamedSnapshots older) {
    List<SnapshotEntry> all = new ArrayList<>();
    SnapshotEntry.forEach(
        catalog, file, (key, value) -> all.add(older.entry(file, pageSize, key, value)));
    return older.isOf(all) ? older : of(all);
  }

  /**
   * Reads what has changed in the list of a catalog.
   *
   * @param older of an earlier commit
   * @param since that commit's transaction
   */
  public static NamedSnapshots follow(PageMap pages, Meta meta, NamedSnapshots older, long since) {
    if (older.size() > 0) {
      Changes changes = new Changes(older, pages.name(), meta.pageSize());
      TreeChanges.visit(pages, meta.catalog(), since, changes);
      if (changes.fit) {
        return older.isOf(changes.all) ? older : of(changes.all);
      }
    }
    return read(new Tree(pages, meta.catalog()), pages.name(), meta.pageSize(), older);
  }

  /** Makes the newer list: parts of the catalog that are as they were need not be read. */
  private static final class Changes implements TreeChanges.Visitor {
    private final NamedSnapshots older;
    private final String file;
    private final int pageSize;
    final List<SnapshotEntry> all;

    /** Whether the older list has what it must have. */
    boolean fit = true;

    private boolean done;

    Changes(NamedSnapshots older, String file, int pageSize) {
      this.older = older;
      this.file = file;
      this.pageSize = pageSize;
      this.all = new ArrayList<>(older.size() + 1);
    }

    @Override
    public void entry(Slice key, Slice value) {
      if (isSnapshot(key)) {
        all.add(older.entry(file, pageSize, key, value));
      }
    }

    @Override
    public void unchanged(Slice first, Slice last) {
      if (isSnapshot(first)) {
        int from = older.indexOf(SnapshotEntry.name(file, first));
        int to =
            isSnapshot(last) ? older.indexOf(SnapshotEntry.name(file, last)) : older.size() - 1;
        fit &= from >= 0 && to >= from;
        done |= !fit;
        if (fit) {
          all.addAll(older.entries().subList(from, to + 1));
        }
      }
    }

    private boolean isSnapshot(Slice key) {
      boolean is = CatalogKey.of(file, key) == CatalogKey.SNAPSHOT;
      done |= !is; // they come first
      return is;
    }

    @Override
    public boolean isDone() {
      return done;
    }
  }

  /** Whether it has just these entries, which are the same objects where nothing has changed. */
  private boolean isOf(List<SnapshotEntry> others) {
    return Arrays.asList(entries).equals(others);
  }

  /** A record, which need not be decoded if this list has it. */
  private SnapshotEntry entry(String file, int pageSize, Slice key, Slice value) {
    SnapshotEntry known = find(SnapshotEntry.name(file, key));
    return known != null && known.isIn(value)
        ? known
        : SnapshotEntry.decode(file, pageSize, key, value);
  }

  /** This list with one more. */
  synchronized NamedSnapshots with(SnapshotEntry entry) {
    List<SnapshotEntry> left = new ArrayList<>(unread);
    left.add(entry);
    SnapshotEntry[] more = with(entries, ~indexOf(entry.name()), entry);
    long txnId = entry.meta().txnId();
    int at = Arrays.binarySearch(txnIds, txnId);
    if (at >= 0) { // it has another name already
      return new NamedSnapshots(more, metas, txnIds, seen, left);
    }
    Meta[] moreMetas = with(metas, ~at, entry.meta());
    return new NamedSnapshots(more, moreMetas, with(txnIds, ~at, txnId), seen, left);
  }

  /** This list without one of its entries. */
  synchronized NamedSnapshots without(SnapshotEntry entry) {
    SnapshotEntry[] fewer = without(entries, indexOf(entry.name()));
    List<SnapshotEntry> left = new ArrayList<>(unread);
    boolean unseen = left.remove(entry);
    if (!unseen) { // others may see what it saw, or not
      left = List.of(fewer);
    }
    long[] stillSeen = unseen ? seen : new long[0];
    long txnId = entry.meta().txnId();
    for (SnapshotEntry other : fewer) {
      if (other.meta().txnId() == txnId) {
        return new NamedSnapshots(fewer, metas, txnIds, stillSeen, left);
      }
    }
    int at = Arrays.binarySearch(txnIds, txnId);
    return new NamedSnapshots(fewer, without(metas, at), without(txnIds, at), stillSeen, left);
  }

  private static <T> T[] with(T[] all, int at, T one) {
    T[] more = Arrays.copyOf(all, all.length + 1);
    System.arraycopy(all, at, more, at + 1, all.length - at);
    more[at] = one;
    return more;
  }

  private static long[] with(long[] all, int at, long one) {
    long[] more = Arrays.copyOf(all, all.length + 1);
    System.arraycopy(all, at, more, at + 1, all.length - at);
    more[at] = one;
    return more;
  }

  private static <T> T[] without(T[] all, int at) {
    T[] fewer = Arrays.copyOf(all, all.length - 1);
    System.arraycopy(all, at + 1, fewer, at, fewer.length - at);
    return fewer;
  }

  private static long[] without(long[] all, int at) {
    long[] fewer = Arrays.copyOf(all, all.length - 1);
    System.arraycopy(all, at + 1, fewer, at, fewer.length - at);
    return fewer;
  }

  /** All of them, by name. */
  public List<SnapshotEntry> entries() {
    return Collections.unmodifiableList(Arrays.asList(entries));
  }

  public int size() {
    return entries.length;
  }

  /** The one of a name, if there is one. */
  public @Nullable SnapshotEntry find(String name) {
    int at = indexOf(name);
    return at < 0 ? null : entries[at];
  }

  /** Where a name is in {@link #entries}, or {@code ~index} where it belongs. */
  private int indexOf(String name) {
    int low = 0;
    int high = entries.length - 1;
    byte[] wanted = name.getBytes(UTF_8);
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Arrays.compareUnsigned(entries[middle].name().getBytes(UTF_8), wanted);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ~low;
  }

  /** The transactions, ascending, each once: always the same array, not to be changed. */
  public long[] txnIds() {
    return txnIds;
  }

  /** The meta of one of them; null if it is of another transaction. */
  public @Nullable Meta meta(long txnId) {
    int at = Arrays.binarySearch(txnIds, txnId);
    return at < 0 ? null : metas[at];
  }

  /** Visits the transactions that another list does not have. */
  public void forEachNotIn(NamedSnapshots other, LongConsumer visitor) {
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
   * @param keeper keeps each while it is read
   * @return not to be changed
   */
  public synchronized long[] pagesSeen(Snapshot newest, SnapshotKeeper keeper) {
    for (SnapshotEntry entry : unread) {
      try (SnapshotKeeper.Kept kept = keeper.keep(entry)) {
        if (kept != null) {
          seen = HeldSearch.pagesSeen(newest, List.of(entry.meta()), seen);
        }
      }
    }
    unread = List.of();
    return seen;
  }
}
