package dev.pando.kafka.streams;

import dev.pando.RawBatch;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a store since its last commit, by key: what other threads read before the database
 * has it, and what the next commit writes in the order of the keys.
 *
 * <p>One thread at a time writes; any number read. {@link #put} and {@link #beginView} need the
 * store's lock, so that a view has a moment. A key keeps its older values only while views are
 * open.
 */
final class Uncommitted {
  /** What an entry of the map takes beside its key and value, in bytes, roughly. */
  private static final int OVERHEAD = 120;

  /** A value of a key; null if the key was deleted. */
  @SuppressWarnings("ArrayRecordComponent") // versions are not compared
  record Version(long number, byte @Nullable [] value, @Nullable Version older) {
    @Nullable Version asOf(long view) {
      Version found = this;
      while (found != null && found.number > view) {
        found = found.older;
      }
      return found;
    }
  }

  private final ConcurrentSkipListMap<Bytes, Version> changes = new ConcurrentSkipListMap<>();
  private final AtomicInteger views = new AtomicInteger();
  private long number;
  private long bytes;

  /** Stores a value, or deletes the key if the value is null. */
  void put(Bytes key, byte @Nullable [] value) {
    Version before;
    boolean isKept = views.get() != 0; // and no view begins meanwhile: that needs the lock
    if (isKept) {
      before = changes.get(key);
      changes.put(key, new Version(++number, value, before));
    } else {
      before = changes.put(key, new Version(++number, value, null));
    }
    bytes += length(value);
    if (before == null) {
      bytes += OVERHEAD + key.get().length;
    } else if (isKept) {
      bytes += OVERHEAD; // the older value stays on the heap
    } else {
      bytes -= length(before.value);
    }
  }

  private static int length(byte @Nullable [] value) {
    return value == null ? 0 : value.length;
  }

  @Nullable Version get(Bytes key) {
    return changes.get(key);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Roughly what the changes take on the heap, with the older values that views have needed. */
  long bytes() {
    return bytes;
  }

  /** The moment of a view, which {@link #endView} ends. */
  long beginView() {
    views.incrementAndGet();
    return number;
  }

  void endView() {
    views.decrementAndGet();
  }

  NavigableMap<Bytes, Version> changes() {
    return changes;
  }

  /** The changes of an interval, in order; they may be newer than a view. */
  Iterator<Map.Entry<Bytes, Version>> iterator(Interval keys, boolean forward) {
    NavigableMap<Bytes, Version> part = keys.of(changes);
    return (forward ? part : part.descendingMap()).entrySet().iterator();
  }

  /** Writes all changes. */
  void writeTo(RawBatch batch) {
    for (Map.Entry<Bytes, Version> change : changes.entrySet()) {
      byte[] value = change.getValue().value;
      if (value == null) {
        batch.delete(change.getKey().get());
      } else {
        batch.put(change.getKey().get(), value);
      }
    }
  }
}
