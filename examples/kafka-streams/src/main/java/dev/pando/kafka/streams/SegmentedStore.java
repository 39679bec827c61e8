package dev.pando.kafka.streams;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.jspecify.annotations.Nullable;

/** What stores of windows and stores of sessions have in common. */
abstract class SegmentedStore implements StateStore {
  final SegmentedTable entries;
  private final StoreTable table;

  SegmentedStore(SegmentedTable entries) {
    this.entries = entries;
    this.table = entries.table();
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    entries.init(context, root);
  }

  @Override
  public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
    return table.context().query(query, bound, config, this, table.position());
  }

  @Override
  public Position getPosition() {
    return table.position();
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    table.commit(changelogOffsets);
  }

  @Override
  public @Nullable Long committedOffset(TopicPartition partition) {
    return table.committedOffset(partition);
  }

  @Override
  @SuppressWarnings("deprecation") // asked for by this version of Kafka
  public boolean managesOffsets() {
    return true;
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean isOpen() {
    return table.isOpen();
  }

  @Override
  public void close() {
    table.close();
  }
}
