package dev.pando.kafka.streams;

import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.HeadersBytesStore;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedBytesStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/** A store of windows; see {@link PandoStores#persistentWindowStore}. */
class PandoWindowStore extends SegmentedStore implements WindowStore<Bytes, byte[]> {
  private final long windowSize;
  private final boolean retainDuplicates;
  private int duplicate;

  PandoWindowStore(WindowSupplier settings) {
    super(
        new SegmentedTable(
            settings.name(),
            KeyLayout.WINDOW,
            settings.retentionPeriod(),
            settings.segmentIntervalMs()));
    this.windowSize = settings.windowSize();
    this.retainDuplicates = settings.retainDuplicates();
  }

  /** Whose values begin with a timestamp. */
  static final class Timestamped extends PandoWindowStore implements TimestampedBytesStore {
    Timestamped(WindowSupplier settings) {
      super(settings);
    }
  }

  /** Whose values begin with headers and a timestamp. */
  static final class WithHeaders extends PandoWindowStore
      implements TimestampedBytesStore, HeadersBytesStore {
    WithHeaders(WindowSupplier settings) {
      super(settings);
    }

    @Override
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
      return QueryResult.forUnknownQueryType(query, this); // as Kafka's own store
    }
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value, long windowStart) {
    Objects.requireNonNull(key, "key cannot be null");
    if (value == null && retainDuplicates) {
      return; // duplicates cannot be deleted one by one
    }
    if (retainDuplicates) {
      duplicate = (duplicate + 1) & Integer.MAX_VALUE;
    }
    entries.put(KeyLayout.WINDOW.key(key, windowStart, duplicate), value);
  }

  @Override
  public byte @Nullable [] fetch(Bytes key, long windowStart) {
    Objects.requireNonNull(key, "key cannot be null");
    return entries.get(KeyLayout.WINDOW.key(key, windowStart, duplicate));
  }

  @Override
  public WindowStoreIterator<byte[]> fetch(Bytes key, long from, long to) {
    return times(entries.fetch(Objects.requireNonNull(key), from, to, true));
  }

  @Override
  public WindowStoreIterator<byte[]> backwardFetch(Bytes key, long from, long to) {
    return times(entries.fetch(Objects.requireNonNull(key), from, to, false));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> fetch(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo, long from, long to) {
    return windows(entries.fetch(keyFrom, keyTo, from, to, true));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFetch(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo, long from, long to) {
    return windows(entries.fetch(keyFrom, keyTo, from, to, false));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> fetchAll(long from, long to) {
    return windows(entries.fetch(null, null, from, to, true));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFetchAll(long from, long to) {
    return windows(entries.fetch(null, null, from, to, false));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> all() {
    return fetchAll(0, Long.MAX_VALUE);
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardAll() {
    return backwardFetchAll(0, Long.MAX_VALUE);
  }

  private WindowStoreIterator<byte[]> times(StoreIterator found) {
    return new Times(found, entries.keys(KeyLayout.WINDOW::time));
  }

  private KeyValueIterator<Windowed<Bytes>, byte[]> windows(StoreIterator found) {
    return new ConvertedIterator<>(found, entries.keys(this::window));
  }

  private Windowed<Bytes> window(Bytes key) {
    long start = KeyLayout.WINDOW.time(key);
    long end = start + windowSize;
    TimeWindow window = new TimeWindow(start, end < 0 ? Long.MAX_VALUE : end);
    return new Windowed<>(KeyLayout.WINDOW.recordKey(key), window);
  }

  private static final class Times extends ConvertedIterator<Long>
      implements WindowStoreIterator<byte[]> {
    Times(StoreIterator found, Function<Bytes, Long> convert) {
      super(found, convert);
    }
  }
}
