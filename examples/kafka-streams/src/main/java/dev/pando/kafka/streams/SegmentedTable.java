package dev.pando.kafka.streams;

import dev.pando.WriteTxn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries that expire, in segments of time: each stored key begins with the number of its segment.
 * So entries come out in the order of Kafka's own stores, and a segment that has expired is removed
 * by one range delete. Threads: as of {@link StoreTable}.
 */
final class SegmentedTable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedTable.class);
  private static final String STREAM_TIME = "stream time";
  private static final int PREFIX = Long.BYTES;

  private final StoreTable table;
  private final KeyLayout layout;
  private final long retention;
  private final long segmentLength;
  private final NavigableSet<Long> segments = new ConcurrentSkipListSet<>();

  /** The greatest time of an entry that was put. */
  private volatile long streamTime = -1;

  SegmentedTable(String name, KeyLayout layout, long retention, long segmentLength) {
    this.table = new StoreTable(name);
    this.layout = layout;
    this.retention = retention;
    this.segmentLength = segmentLength;
    table.beforeCommit(this::removeExpired);
  }

  StoreTable table() {
    return table;
  }

  KeyLayout layout() {
    return layout;
  }

  void init(StateStoreContext context, @Nullable StateStore root) {
    table.init(context, root, this::open, record -> add(Bytes.wrap(record.key()), record.value()));
  }

  private void open() {
    byte[] before = table.note(STREAM_TIME);
    streamTime = before == null ? -1 : ByteBuffer.wrap(before).getLong();
    segments.clear();
    Map.Entry<Bytes, byte[]> found = table.first(Interval.ALL, true);
    while (found != null) {
      long segment = segment(found.getKey());
      segments.add(segment);
      found = table.first(new Interval(Bytes.wrap(prefix(segment + 1)), null, true), true);
    }
  }

  private static byte[] prefix(long segment) {
    return ByteBuffer.allocate(PREFIX).putLong(segment ^ Long.MIN_VALUE).array();
  }

  private static long segment(Bytes stored) {
    return ByteBuffer.wrap(stored.get()).getLong() ^ Long.MIN_VALUE;
  }

  private static Bytes key(Bytes stored) {
    return Bytes.wrap(Arrays.copyOfRange(stored.get(), PREFIX, stored.get().length));
  }

  private Bytes stored(Bytes key) {
    return Bytes.wrap(KeyLayout.join(prefix(layout.time(key) / segmentLength), key.get()));
  }

  private long firstLiveSegment() {
    return (streamTime - retention) / segmentLength;
  }

  private long firstLiveTime() {
    return streamTime - retention + 1;
  }

  private void removeExpired(WriteTxn tx) {
    table.deleteBelow(tx, prefix(firstLiveSegment()));
    byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(streamTime).array();
    tx.put(table.notes(), STREAM_TIME, time);
  }

  /** Stores an entry, or deletes the key if the value is null. Drops what comes too late. */
  void put(Bytes key, byte @Nullable [] value) {
    synchronized (table.position()) {
      if (!add(key, value)) {
        table.context().recordDropped();
        LOG.debug("Store {} dropped a record that came too late", table.name());
        return;
      }
      table.context().advance(table.position());
    }
    table.putIsDone();
  }

  private boolean add(Bytes key, byte @Nullable [] value) {
    long time = layout.time(key);
    streamTime = Math.max(streamTime, time);
    long segment = time / segmentLength;
    if (segment < firstLiveSegment()) {
      return false;
    }
    segments.headSet(firstLiveSegment()).clear();
    segments.add(segment);
    table.put(stored(key), value);
    return true;
  }

  /** Deletes a key, however late. */
  void remove(Bytes key) {
    long time = layout.time(key);
    streamTime = Math.max(streamTime, time);
    if (segments.contains(time / segmentLength)) {
      table.put(stored(key), null);
      table.putIsDone();
    }
  }

  byte @Nullable [] get(Bytes key) {
    if (!table.isOpen() || layout.time(key) < firstLiveTime()) {
      return null;
    }
    return table.get(stored(key));
  }

  /** What is in the times, of one record key. */
  StoreIterator fetch(Bytes recordKey, long from, long to, boolean forward) {
    long live = Math.max(from, firstLiveTime());
    Interval keys = layout.only(recordKey, live, to);
    return entries(keys, recordKey, recordKey, live, to, forward);
  }

  /** What is in the times, of an interval of record keys; null is no bound. */
  StoreIterator fetch(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo, long from, long to, boolean forward) {
    InvalidRange.warnIf(Interval.closed(keyFrom, keyTo).isEmpty());
    long live = Math.max(from, firstLiveTime());
    return entries(layout.between(keyFrom, keyTo, to), keyFrom, keyTo, live, to, forward);
  }

  /** What has its expiry time between two times. */
  StoreIterator fetchByTime(long from, long to) {
    long live = Math.max(from, firstLiveTime());
    Predicate<Bytes> wanted =
        found -> {
          long time = layout.time(key(found));
          return time >= live && time <= to;
        };
    boolean none = to < live;
    return StoreIterator.lazy(
        table, () -> none ? List.of() : search(Interval.ALL, live, to, true), wanted, true);
  }

  private StoreIterator entries(
      Interval keys,
      @Nullable Bytes keyFrom,
      @Nullable Bytes keyTo,
      long from,
      long to,
      boolean forward) {
    Predicate<Bytes> wanted =
        found -> {
          Bytes key = key(found);
          Bytes recordKey = layout.recordKey(key);
          return (keyFrom == null || recordKey.compareTo(keyFrom) >= 0)
              && (keyTo == null || recordKey.compareTo(keyTo) <= 0)
              && layout.isIn(key, from, to);
        };
    boolean none = Interval.closed(keyFrom, keyTo).isEmpty() || layout.lastTime(to) < from;
    return StoreIterator.lazy(
        table,
        () -> none ? List.of() : search(keys, from, layout.lastTime(to), forward),
        wanted,
        forward);
  }

  /** The keys in each segment with expiry times from one time to another. */
  private List<Interval> search(Interval keys, long from, long to, boolean forward) {
    Collection<Long> found = segments.subSet(from / segmentLength, true, to / segmentLength, true);
    List<Interval> intervals = new ArrayList<>();
    for (long segment : found) {
      byte[] prefix = prefix(segment);
      Interval all = Interval.prefix(prefix);
      intervals.add(
          new Interval(
              joined(prefix, keys.from(), all.from()),
              joined(prefix, keys.to(), all.to()),
              keys.to() != null));
    }
    return forward ? intervals : intervals.reversed();
  }

  private static @Nullable Bytes joined(byte[] prefix, @Nullable Bytes key, @Nullable Bytes none) {
    return key == null ? none : Bytes.wrap(KeyLayout.join(prefix, key.get()));
  }

  /** A found entry as its store returns it. */
  <K> Function<Bytes, K> keys(Function<Bytes, K> convert) {
    return stored -> convert.apply(key(stored));
  }
}
