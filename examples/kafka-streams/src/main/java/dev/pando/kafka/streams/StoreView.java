package dev.pando.kafka.streams;

import dev.pando.Entry;
import dev.pando.ReadTxn;
import dev.pando.Table;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A store at one moment: a snapshot of the database with the changes that were uncommitted then.
 * Later writes and commits do not change it. For one thread at a time; any thread may close it.
 */
final class StoreView implements AutoCloseable {
  private final Uncommitted uncommitted;
  private final long moment;
  private final ReadTxn snapshot;
  private final Table<byte[], byte[]> table;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Of a moment after {@link Uncommitted#beginView}. A snapshot that was begun later may already
   * have some of the changes; those are the same.
   */
  StoreView(Uncommitted uncommitted, long moment, ReadTxn snapshot, Table<byte[], byte[]> table) {
    this.uncommitted = uncommitted;
    this.moment = moment;
    this.snapshot = snapshot;
    this.table = table;
  }

  /** The entries of an interval, ascending or descending, until the view is closed. */
  Entries entries(Interval keys, boolean forward) {
    if (keys.isEmpty()) {
      return new Entries(Collections.emptyIterator(), Collections.emptyIterator(), forward);
    }
    return new Entries(
        uncommitted.iterator(keys, forward),
        snapshot.scan(table, forward ? keys.range() : keys.range().reversed()).iterator(),
        forward);
  }

  /** The number of entries, exactly. Looks up each key that has an uncommitted change. */
  long count() {
    long count = snapshot.count(table);
    for (Map.Entry<Bytes, Uncommitted.Version> change : uncommitted.changes().entrySet()) {
      Uncommitted.Version version = change.getValue().asOf(moment);
      if (version != null) {
        boolean before = snapshot.contains(table, change.getKey().get());
        boolean after = version.value() != null;
        count += (after ? 1 : 0) - (before ? 1 : 0);
      }
    }
    return count;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      uncommitted.endView();
      snapshot.close();
    }
  }

  /** Merges the two sorted sequences; an uncommitted change hides what is committed. */
  final class Entries {
    private final Iterator<Map.Entry<Bytes, Uncommitted.Version>> changes;
    private final Iterator<Entry<byte[], byte[]>> committed;
    private final boolean forward;
    private @Nullable Bytes changedKey;
    private byte @Nullable [] changedValue;
    private @Nullable Bytes committedKey;
    private byte @Nullable [] committedValue;

    private Entries(
        Iterator<Map.Entry<Bytes, Uncommitted.Version>> changes,
        Iterator<Entry<byte[], byte[]>> committed,
        boolean forward) {
      this.changes = changes;
      this.committed = committed;
      this.forward = forward;
      nextChange();
      nextCommitted();
      settle();
    }

    private void nextChange() {
      changedKey = null;
      while (changedKey == null && changes.hasNext()) {
        Map.Entry<Bytes, Uncommitted.Version> change = changes.next();
        Uncommitted.Version version = change.getValue().asOf(moment);
        if (version != null) {
          changedKey = change.getKey();
          changedValue = version.value();
        }
      }
    }

    private void nextCommitted() {
      if (committed.hasNext()) {
        Entry<byte[], byte[]> entry = committed.next();
        committedKey = Bytes.wrap(entry.key());
        committedValue = entry.value();
      } else {
        committedKey = null;
      }
    }

    /** Skips deleted keys, and committed values that are hidden. */
    private void settle() {
      while (changedKey != null) {
        int order = committedKey == null ? -1 : order(changedKey, committedKey);
        if (order == 0) {
          nextCommitted();
        }
        if (order > 0 || changedValue != null) {
          return;
        }
        nextChange();
      }
    }

    private int order(Bytes left, Bytes right) {
      return forward ? left.compareTo(right) : right.compareTo(left);
    }

    private boolean isChangeNext() {
      return changedKey != null && (committedKey == null || order(changedKey, committedKey) < 0);
    }

    /** The key of the next entry; null after the last one. */
    @Nullable Bytes key() {
      return isChangeNext() ? changedKey : committedKey;
    }

    /** The value of the next entry. */
    byte @Nullable [] value() {
      return isChangeNext() ? changedValue : committedValue;
    }

    /** Moves on. */
    void advance() {
      if (isChangeNext()) {
        nextChange();
      } else {
        nextCommitted();
      }
      settle();
    }
  }
}
