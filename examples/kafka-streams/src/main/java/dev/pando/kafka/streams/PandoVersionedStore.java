package dev.pando.kafka.streams;

import dev.pando.WriteTxn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.MultiVersionedKeyQuery;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.ResultOrder;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.VersionedRecord;
import org.apache.kafka.streams.state.VersionedRecordIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store of versions; see {@link PandoStores#persistentVersionedKeyValueStore}. */
final class PandoVersionedStore extends PandoStore
    implements VersionedKeyValueStore<Bytes, byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(PandoVersionedStore.class);
  private static final String STREAM_TIME = "stream time";

  private final VersionedTable versions;
  private final long retention;

  /** The greatest time of a version that was put. */
  private volatile long streamTime = -1;

  PandoVersionedStore(String name, long retention) {
    super(new StoreTable(name));
    this.versions = new VersionedTable(table);
    this.retention = retention;
    table.beforeCommit(this::removeExpired);
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    table.init(context, root, this::open, this::restore);
  }

  private void open() {
    byte[] before = table.note(STREAM_TIME);
    streamTime = before == null ? -1 : ByteBuffer.wrap(before).getLong();
  }

  private void restore(ConsumerRecord<byte[], byte[]> record) {
    if (record.timestamp() >= oldest()) {
      streamTime = Math.max(streamTime, record.timestamp());
      versions.put(Bytes.wrap(record.key()), record.value(), record.timestamp());
    }
  }

  /** The first time that the store still answers for. */
  private long oldest() {
    return streamTime - retention;
  }

  private void removeExpired(WriteTxn tx) {
    versions.removeExpired(tx, oldest());
    byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(streamTime).array();
    tx.put(table.notes(), STREAM_TIME, time);
  }

  @Override
  public long put(Bytes key, byte @Nullable [] value, long timestamp) {
    Objects.requireNonNull(key, "key cannot be null");
    table.checkOpen();
    long next;
    synchronized (table.position()) {
      if (isLate(timestamp)) {
        table.context().advance(table.position());
        return PUT_RETURN_CODE_NOT_PUT;
      }
      next = store(key, value, timestamp);
    }
    table.putIsDone();
    return next == VersionedTable.NONE ? PUT_RETURN_CODE_VALID_TO_UNDEFINED : next;
  }

  private boolean isLate(long timestamp) {
    if (timestamp >= oldest()) {
      return false;
    }
    table.context().recordDropped();
    LOG.debug("Store {} dropped a version that came too late", table.name());
    return true;
  }

  private long store(Bytes key, byte @Nullable [] value, long timestamp) {
    streamTime = Math.max(streamTime, timestamp);
    long next = versions.put(key, value, timestamp);
    table.context().advance(table.position());
    return next;
  }

  @Override
  public @Nullable VersionedRecord<byte[]> delete(Bytes key, long timestamp) {
    Objects.requireNonNull(key, "key cannot be null");
    table.checkOpen();
    VersionedRecord<byte[]> before;
    synchronized (table.position()) {
      if (isLate(timestamp)) {
        return null;
      }
      before = get(key, timestamp);
      store(key, null, timestamp);
    }
    table.putIsDone();
    return before;
  }

  @Override
  public @Nullable VersionedRecord<byte[]> get(Bytes key) {
    Objects.requireNonNull(key, "key cannot be null");
    table.checkOpen();
    VersionedTable.Version found = versions.at(key, Long.MAX_VALUE);
    return found == null || found.value() == null
        ? null
        : new VersionedRecord<>(found.value(), found.from());
  }

  @Override
  public @Nullable VersionedRecord<byte[]> get(Bytes key, long asOfTimestamp) {
    Objects.requireNonNull(key, "key cannot be null");
    table.checkOpen();
    synchronized (table.position()) { // both look-ups are of one moment
      VersionedTable.Version found = versions.at(key, asOfTimestamp);
      if (found == null || found.value() == null) {
        return null;
      }
      VersionedTable.Version next = versions.after(key, asOfTimestamp);
      if (next == null) {
        return new VersionedRecord<>(found.value(), found.from());
      }
      return asOfTimestamp < oldest()
          ? null
          : new VersionedRecord<>(found.value(), found.from(), next.from());
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the query's result type is that of the records
  public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
    Position now = table.position();
    if (!(query instanceof MultiVersionedKeyQuery<?, ?> many)) {
      return super.query(query, bound, config);
    }
    synchronized (now) {
      QueryResult<R> result =
          table.context().isReached(bound, now)
              ? QueryResult.forResult((R) records((MultiVersionedKeyQuery<Bytes, ?>) many))
              : QueryResult.notUpToBound(now, bound, table.context().partition());
      result.setPosition(now.copy());
      return result;
    }
  }

  private VersionedRecordIterator<byte[]> records(MultiVersionedKeyQuery<Bytes, ?> query) {
    table.checkOpen();
    long from = query.fromTime().orElseThrow().toEpochMilli();
    long to = query.toTime().orElseThrow().toEpochMilli();
    List<VersionedTable.Version> all = versions.all(query.key());
    List<VersionedRecord<byte[]>> found = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      long end = i + 1 < all.size() ? all.get(i + 1).from() : Long.MAX_VALUE;
      VersionedTable.Version version = all.get(i);
      byte[] value = version.value();
      if (value != null && version.from() <= to && end > from && end >= oldest()) {
        found.add(
            i + 1 < all.size()
                ? new VersionedRecord<>(value, version.from(), end)
                : new VersionedRecord<>(value, version.from()));
      }
    }
    return new Records(
        (query.resultOrder() == ResultOrder.ASCENDING ? found : found.reversed()).iterator());
  }

  private record Records(Iterator<VersionedRecord<byte[]>> found)
      implements VersionedRecordIterator<byte[]> {
    @Override
    public boolean hasNext() {
      return found.hasNext();
    }

    @Override
    public VersionedRecord<byte[]> next() {
      return found.next();
    }

    @Override
    public void close() {}
  }
}
