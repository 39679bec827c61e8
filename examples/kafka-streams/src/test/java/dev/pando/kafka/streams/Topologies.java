package dev.pando.kafka.streams;

import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.DslStoreSuppliers;

/**
 * An application with stores of all kinds that the DSL makes. Its main method prints its output
 * with stores in Pando, without RocksDB on the class path.
 */
final class Topologies {
  private Topologies() {}

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, String> input = builder.stream("input");
    KGroupedStream<String, String> byKey = input.groupByKey();
    byKey.count().toStream().mapValues(String::valueOf).to("output");
    byKey
        .reduce((a, b) -> (a + b).substring(Math.max(0, a.length() + b.length() - 30)))
        .filter((_, value) -> value.length() % 3 != 0)
        .toStream()
        .to("output");
    windows(
        byKey
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(10), Duration.ofSeconds(5)))
            .count());
    windows(
        byKey
            .windowedBy(
                SlidingWindows.ofTimeDifferenceAndGrace(
                    Duration.ofSeconds(7), Duration.ofSeconds(20)))
            .count());
    windows(
        byKey
            .windowedBy(
                SessionWindows.ofInactivityGapAndGrace(
                    Duration.ofSeconds(3), Duration.ofSeconds(10)))
            .count());
    KStream<String, String> other = builder.stream("other");
    input
        .outerJoin(
            other,
            (a, b) -> a + "&" + b,
            JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(4), Duration.ofSeconds(2)))
        .to("output");
    KTable<String, String> table = other.toTable();
    input.leftJoin(table, (a, b) -> a + "|" + b).to("output");
    return builder.build();
  }

  private static <T> void windows(KTable<Windowed<String>, T> table) {
    table.toStream((window, _) -> window.toString()).mapValues(String::valueOf).to("output");
  }

  /** All that the topology writes to its output, in order. */
  static List<String> run(
      Class<? extends DslStoreSuppliers> stores, File state, long seed, long cacheBytes) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "application");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state.getPath());
    settings.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, stores);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, cacheBytes);
    settings.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    settings.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    settings.put(PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG, 20_000);
    try (TopologyTestDriver driver =
        new TopologyTestDriver(topology(), settings, Instant.ofEpochMilli(0))) {
      return drive(driver, new Random(seed));
    }
  }

  private static List<String> drive(TopologyTestDriver driver, Random random) {
    StringSerializer text = new StringSerializer();
    TestInputTopic<String, String> input = driver.createInputTopic("input", text, text);
    TestInputTopic<String, String> other = driver.createInputTopic("other", text, text);
    StringDeserializer decode = new StringDeserializer();
    TestOutputTopic<String, String> output = driver.createOutputTopic("output", decode, decode);
    List<String> all = new ArrayList<>();
    long time = 0;
    for (int i = 0; i < 250; i++) {
      time += random.nextInt(random.nextInt(50) == 0 ? 100_000 : 700);
      long then = Math.max(0, time - random.nextInt(random.nextInt(5) == 0 ? 30_000 : 1));
      TestInputTopic<String, String> topic = random.nextInt(3) == 0 ? other : input;
      topic.pipeInput("key" + random.nextInt(8), "v" + i, then);
      output.readRecordsToList().forEach(record -> all.add(record.toString()));
    }
    return all;
  }

  public static void main(String[] args) {
    if (Topologies.class.getClassLoader().getResource("org/rocksdb/RocksDB.class") != null) {
      throw new IllegalStateException("RocksDB is on the class path");
    }
    run(PandoDslStoreSuppliers.class, new File(args[0]), Long.parseLong(args[1]), 0)
        .forEach(System.out::println);
  }
}
