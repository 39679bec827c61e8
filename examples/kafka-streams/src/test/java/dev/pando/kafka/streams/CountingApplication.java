package dev.pando.kafka.streams;

import dev.pando.kafka.streams.example.Child;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Materialized;

/** Counts the records of each key, exactly once, and runs until it is killed. */
final class CountingApplication {
  private CountingApplication() {}

  static final String STORE = "counts";

  /** The address of the broker, the directory of the state, and the number of standby replicas. */
  public static void main(String[] args) throws InterruptedException {
    Child.endWithParent(() -> {});
    start(settings(args[0], args[1], Integer.parseInt(args[2])));
    Thread.sleep(Duration.ofHours(1)); // killed long before
  }

  static KafkaStreams start(Properties settings) {
    KafkaStreams streams = new KafkaStreams(topology(), settings);
    streams.start();
    return streams;
  }

  static Properties settings(String broker, String directory, int standbys) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "counting");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory);
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
    // Tasks move at once, and are restored where they went: no warm-up, which takes a minute.
    settings.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, PandoDslStoreSuppliers.class);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG, 100_000);
    // Short, because each killed application counts as alive until then.
    settings.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6000);
    settings.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 1000);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    settings.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 10_000);
    settings.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    settings.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    return settings;
  }

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    builder.<String, String>stream("input")
        .groupByKey()
        .count(Materialized.as(STORE))
        .toStream()
        .mapValues(String::valueOf)
        .to("output");
    return builder.build();
  }
}
