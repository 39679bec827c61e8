package dev.pando.kafka.streams;

import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.HeadersBytesStore;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.TimestampedBytesStore;
import org.jspecify.annotations.Nullable;

/** A key-value store; see {@link PandoStores#persistentKeyValueStore}. */
class PandoKeyValueStore extends PandoStore implements KeyValueStore<Bytes, byte[]> {
  PandoKeyValueStore(String name) {
    super(new StoreTable(name));
  }

  /** Whose values begin with a timestamp. */
  static final class Timestamped extends PandoKeyValueStore implements TimestampedBytesStore {
    Timestamped(String name) {
      super(name);
    }
  }

  /** Whose values begin with headers and a timestamp. */
  static final class WithHeaders extends PandoKeyValueStore implements HeadersBytesStore {
    WithHeaders(String name) {
      super(name);
    }
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    table.init(
        context, root, () -> {}, record -> table.put(Bytes.wrap(record.key()), record.value()));
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value) {
    Objects.requireNonNull(key, "key cannot be null");
    synchronized (table.position()) {
      table.put(key, value);
      table.context().advance(table.position());
    }
    table.putIsDone();
  }

  @Override
  public byte @Nullable [] putIfAbsent(Bytes key, byte @Nullable [] value) {
    byte[] before = get(key);
    if (before == null && value != null) {
      put(key, value);
    }
    return before;
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    for (KeyValue<Bytes, byte[]> entry : entries) {
      put(entry.key, entry.value);
    }
  }

  @Override
  public byte @Nullable [] delete(Bytes key) {
    byte[] before = get(key);
    put(key, null);
    return before;
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    Objects.requireNonNull(key, "key cannot be null");
    return table.get(key);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    return iterator(Interval.closed(from, to), true);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> reverseRange(@Nullable Bytes from, @Nullable Bytes to) {
    return iterator(Interval.closed(from, to), false);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    return iterator(Interval.ALL, true);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> reverseAll() {
    return iterator(Interval.ALL, false);
  }

  @Override
  public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(
      P prefix, S serializer) {
    Objects.requireNonNull(prefix, "prefix cannot be null");
    Objects.requireNonNull(serializer, "prefixKeySerializer cannot be null");
    return iterator(Interval.prefix(serializer.serialize(null, prefix)), true);
  }

  private KeyValueIterator<Bytes, byte[]> iterator(Interval keys, boolean forward) {
    table.checkOpen();
    InvalidRange.warnIf(keys.isEmpty());
    return StoreIterator.of(table, keys, forward);
  }

  /** The number of entries, exactly, in time that grows with the uncommitted changes. */
  @Override
  public long approximateNumEntries() {
    return table.count();
  }

  @Override
  public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
    return table.context().query(query, bound, config, this, table.position());
  }
}
