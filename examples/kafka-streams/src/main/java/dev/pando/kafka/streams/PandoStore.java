package dev.pando.kafka.streams;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.jspecify.annotations.Nullable;

/** What all stores have in common: a table that keeps entries, offsets and the position. */
abstract class PandoStore implements StateStore {
  final StoreTable table;

  PandoStore(StoreTable table) {
    this.table = table;
  }

  @Override
  public String name() {
    return table.name();
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
