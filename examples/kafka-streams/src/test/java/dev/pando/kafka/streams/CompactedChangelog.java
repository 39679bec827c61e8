package dev.pando.kafka.streams;

import dev.pando.kafka.streams.example.Broker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Bytes;

/** A changelog of one partition that the broker compacts at once, and what is left of it. */
final class CompactedChangelog {
  /**
   * Settings of the topic. The broker compacts no segment that is appended to, so segments are
   * short; and it drops the record of a deletion in the second compaction that finds it.
   */
  static final Map<String, String> SETTINGS =
      Map.of(
          TopicConfig.SEGMENT_MS_CONFIG, "100",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.01",
          TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "0",
          TopicConfig.DELETE_RETENTION_MS_CONFIG, "0");

  private static final String CLEANER_PAUSE = "log.cleaner.backoff.ms";

  private final Properties settings = new Properties();
  private final TopicPartition partition;

  CompactedChangelog(Broker broker, String topic) {
    settings.put("bootstrap.servers", broker.address());
    partition = new TopicPartition(topic, 0);
  }

  /** Has the broker look for logs to compact ten times a second, not every 15 seconds. */
  void compactOften() throws InterruptedException, ExecutionException {
    ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
    AlterConfigOp pause =
        new AlterConfigOp(new ConfigEntry(CLEANER_PAUSE, "100"), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(settings)) {
      admin.incrementalAlterConfigs(Map.of(brokers, List.of(pause))).all().get();
    }
  }

  /** The keys of all records from the beginning, those of deletions as well. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    try (KafkaConsumer<String, Bytes> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new BytesDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, Bytes> record : consumer.poll(Duration.ofMillis(200))) {
          keys.add(record.key());
        }
      }
    }
    return keys;
  }
}
