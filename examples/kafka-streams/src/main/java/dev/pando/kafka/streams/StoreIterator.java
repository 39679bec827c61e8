package dev.pando.kafka.streams;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * The entries of some intervals of a store, one interval after the other, in one view. Neither
 * later writes nor commits change what it returns. Any thread may close it, and closing the store
 * does.
 */
final class StoreIterator implements KeyValueIterator<Bytes, byte[]> {
  private final StoreTable table;
  private final Supplier<List<Interval>> intervals;
  private final Predicate<Bytes> wanted;
  private final boolean forward;
  private final boolean lazy;
  private @Nullable StoreView view;
  private Iterator<Interval> left = List.<Interval>of().iterator();
  private StoreView.@Nullable Entries entries;
  private boolean closed;

  private StoreIterator(
      StoreTable table,
      Supplier<List<Interval>> intervals,
      Predicate<Bytes> wanted,
      boolean forward,
      boolean lazy) {
    this.table = table;
    this.intervals = intervals;
    this.wanted = wanted;
    this.forward = forward;
    this.lazy = lazy;
  }

  /** Of the moment of this call. */
  static StoreIterator of(StoreTable table, Interval interval, boolean forward) {
    List<Interval> one = List.of(interval);
    StoreIterator iterator = new StoreIterator(table, () -> one, _ -> true, forward, false);
    iterator.open();
    return iterator;
  }

  /** Of the moment of its first call, as an iterator of Kafka's windows; empty when closed. */
  static StoreIterator lazy(
      StoreTable table,
      Supplier<List<Interval>> intervals,
      Predicate<Bytes> wanted,
      boolean forward) {
    return new StoreIterator(table, intervals, wanted, forward, true);
  }

  /** In the monitor: {@link #close} by another thread waits for the view, and closes it. */
  private synchronized void open() {
    StoreView opened = table.view(this);
    if (opened == null) {
      closed = true;
    } else {
      view = opened;
      left = intervals.get().iterator();
    }
  }

  private InvalidStateStoreException closedError() {
    return new InvalidStateStoreException("The iterator of store " + table.name() + " is closed");
  }

  /** The number of all entries of the store, exactly, whatever the intervals are. */
  synchronized long count() {
    if (view == null) {
      throw closedError();
    }
    return view.count();
  }

  @Override
  public synchronized boolean hasNext() {
    if (closed) {
      if (lazy) {
        return false;
      }
      throw closedError();
    }
    if (view == null) {
      open();
    }
    return nextKey() != null;
  }

  private @Nullable Bytes nextKey() {
    while (view != null) {
      if (entries == null) {
        if (!left.hasNext()) {
          return null;
        }
        entries = view.entries(left.next(), forward);
      }
      Bytes key = entries.key();
      if (key == null) {
        entries = null;
      } else if (wanted.test(key)) {
        return key;
      } else {
        entries.advance();
      }
    }
    return null;
  }

  @Override
  public synchronized Bytes peekNextKey() {
    Bytes key = hasNext() ? nextKey() : null;
    if (key == null) {
      throw new NoSuchElementException();
    }
    return key;
  }

  @Override
  public synchronized KeyValue<Bytes, byte[]> next() {
    Bytes key = peekNextKey();
    StoreView.Entries at = Objects.requireNonNull(entries);
    byte[] value = Objects.requireNonNull(at.value());
    at.advance();
    return KeyValue.pair(key, value);
  }

  @Override
  public synchronized void close() {
    closed = true;
    StoreView open = view;
    if (open != null) {
      view = null;
      table.closed(this);
      open.close();
    }
  }
}
