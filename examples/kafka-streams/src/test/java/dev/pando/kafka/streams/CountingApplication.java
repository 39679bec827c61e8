package dev.pando.kafka.streams;

import dev.pando.kafka.streams.example.Child;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;

/** Counts the records of each key, exactly once, and runs until it is killed. */
final class CountingApplication {
  private CountingApplication() {}

  public static void main(String[] args) throws InterruptedException {
    Child.endWithParent(() -> {});
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "counting");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[1]);
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
    StreamsBuilder builder = new StreamsBuilder();
    builder.<String, String>stream("input")
        .groupByKey()
        .count()
        .toStream()
        .mapValues(String::valueOf)
        .to("output");
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.start();
    Thread.sleep(Duration.ofHours(1)); // killed long before
  }
}
