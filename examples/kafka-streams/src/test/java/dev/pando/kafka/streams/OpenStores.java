package dev.pando.kafka.streams;

import dev.pando.Database;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.CommitCallback;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;
import org.apache.kafka.test.InternalMockProcessorContext;
import org.apache.kafka.test.StreamsTestUtils;

/** Opens stores as a task does, and moves its input on. */
final class OpenStores {
  static final String INPUT = "input";
  static final TopicPartition CHANGELOG = new TopicPartition("changelog", 0);

  private final InternalMockProcessorContext<?, ?> context;
  private long offset;
  private boolean refuses;

  OpenStores(Path directory, Object maxUncommitted) {
    this(directory, Map.of(PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG, maxUncommitted));
  }

  OpenStores(Path directory, Map<String, Object> ownSettings) {
    Properties settings = StreamsTestUtils.getStreamsConfig();
    settings.putAll(ownSettings);
    File state = directory.toFile();
    context =
        new InternalMockProcessorContext<>(
            state, Serdes.String(), Serdes.String(), new StreamsConfig(settings)) {
          @Override
          public void register(
              StateStore store, StateRestoreCallback restore, CommitCallback commit) {
            if (refuses) {
              throw new IllegalStateException("refused by the test");
            }
            super.register(store, restore, commit);
          }
        };
    next();
  }

  /** Each store that is opened from now on fails when it registers. */
  void refuseRegistration() {
    refuses = true;
  }

  /** The store can be restored. */
  void hasChangelog(String store) {
    context.addChangelogForStore(store, CHANGELOG.topic());
  }

  <S extends StateStore> S open(S store) {
    store.init(context, store);
    return store;
  }

  /** The next record of the input. */
  long next() {
    offset++;
    context.setRecordContext(
        new ProcessorRecordContext(offset, offset, 0, INPUT, new RecordHeaders()));
    return offset;
  }

  void restore(String store, List<ConsumerRecord<byte[], byte[]>> records) {
    context.restoreWithHeaders(store, records);
  }

  static ConsumerRecord<byte[], byte[]> logged(long offset, byte[] key, byte[] value) {
    return new ConsumerRecord<>(CHANGELOG.topic(), CHANGELOG.partition(), offset, key, value);
  }

  static Map<TopicPartition, Long> at(long offset) {
    return Map.of(CHANGELOG, offset);
  }

  static Path file(Path directory) {
    return directory.resolve(TaskDatabase.DIRECTORY).resolve(TaskDatabase.FILE);
  }

  /** Checks every page of the closed database. */
  static void check(Path directory) {
    try (Database database = Database.open(file(directory))) {
      database.check().throwIfBad();
    }
  }
}
