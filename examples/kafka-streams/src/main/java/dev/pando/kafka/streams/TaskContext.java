package dev.pando.kafka.streams;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsConfig.InternalConfig;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.ChangelogRecordDeserializationHelper;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorContextUtils;
import org.apache.kafka.streams.processor.internals.RecordBatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.internals.Task;
import org.apache.kafka.streams.processor.internals.metrics.TaskMetrics;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.internals.PositionSerde;
import org.apache.kafka.streams.state.internals.StoreQueryUtils;

/**
 * The task of a store. All that this module uses of Kafka's internal packages is here, but for the
 * adapter of versioned stores: look here first when the version of Kafka changes.
 */
final class TaskContext {
  private static final String MAX_UNCOMMITTED = PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG;
  private static final long DEFAULT_MAX_UNCOMMITTED = 16L << 20;
  private static final String MAX_AGE = PandoStores.RESTORE_MAX_AGE_CONFIG;
  private static final long DEFAULT_MAX_AGE = 12 * 60 * 60 * 1000;

  private final StateStoreContext context;
  private final InternalProcessorContext<?, ?> internal;
  private final Sensor dropped;
  private final boolean consistent;

  /** Read once: each call of {@code appConfigs} copies all settings. */
  private final long maxUncommittedBytes;

  private final long maxRestoreAge;
  private final boolean exactlyOnce;

  TaskContext(StateStoreContext context) {
    this.context = context;
    this.internal = ProcessorContextUtils.asInternalProcessorContext(context);
    this.dropped =
        TaskMetrics.droppedRecordsSensor(
            Thread.currentThread().getName(),
            context.taskId().toString(),
            ProcessorContextUtils.metricsImpl(context));
    Map<String, Object> settings = context.appConfigs();
    this.consistent =
        InternalConfig.getBoolean(
            settings, InternalConfig.IQ_CONSISTENCY_OFFSET_VECTOR_ENABLED, false);
    this.maxUncommittedBytes =
        StoreSettings.positive(settings, MAX_UNCOMMITTED, DEFAULT_MAX_UNCOMMITTED, "bytes");
    this.maxRestoreAge = StoreSettings.positive(settings, MAX_AGE, DEFAULT_MAX_AGE, "ms");
    this.exactlyOnce =
        StreamsConfig.EXACTLY_ONCE_V2.equals(
            settings.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
  }

  File stateDirectory() {
    return context.stateDir();
  }

  /** How many bytes of changes a store collects before it writes them ahead of a commit. */
  long maxUncommittedBytes() {
    return maxUncommittedBytes;
  }

  /** How old a state may be that is continued from its changelog, in milliseconds. */
  long maxRestoreAge() {
    return maxRestoreAge;
  }

  /**
   * Whether Kafka Streams deletes a state without an offset and restores it: with exactly-once, and
   * not a global store's. Otherwise it commits a store often, so its state is seldom old.
   */
  boolean restoresOldState() {
    return exactlyOnce && internal.taskType() != Task.TaskType.GLOBAL;
  }

  /** Whether the task follows its changelogs all the time. */
  boolean isStandby() {
    return internal.taskType() == Task.TaskType.STANDBY;
  }

  /** Whether a store has a changelog, which it can be restored from. */
  boolean isLogged(String store) {
    return internal.changelogFor(store) != null;
  }

  /** Has Kafka Streams close the task, and restore its stores. */
  TaskCorruptedException corrupted(Exception cause) {
    TaskCorruptedException corrupted = new TaskCorruptedException(Set.of(context.taskId()));
    Throwable _ = corrupted.initCause(cause);
    return corrupted;
  }

  void register(StateStore root, RecordBatchingStateRestoreCallback restore) {
    context.register(root, restore);
  }

  /** Counts a record that came too late for its store. */
  void recordDropped() {
    dropped.record(1.0, internal.currentSystemTimeMs());
  }

  /** Adds the input record that is processed now. */
  void advance(Position position) {
    StoreQueryUtils.updatePosition(position, context);
  }

  /** Adds what a changelog record says of the input records that it came from. */
  void advance(Position position, ConsumerRecord<byte[], byte[]> restored) {
    ChangelogRecordDeserializationHelper.applyChecksAndUpdatePosition(
        restored, consistent, position);
  }

  boolean isReached(PositionBound bound, Position position) {
    return StoreQueryUtils.isPermitted(position, bound, partition());
  }

  int partition() {
    return context.taskId().partition();
  }

  /** Answers the queries that can be made of calls of the store. */
  <R> QueryResult<R> query(
      Query<R> query, PositionBound bound, QueryConfig config, StateStore store, Position now) {
    return StoreQueryUtils.handleBasicQueries(query, bound, config, store, now, context);
  }

  static byte[] encode(Position position) {
    ByteBuffer encoded = PositionSerde.serialize(position);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  static Position decodePosition(byte[] bytes) {
    return PositionSerde.deserialize(ByteBuffer.wrap(bytes));
  }
}
