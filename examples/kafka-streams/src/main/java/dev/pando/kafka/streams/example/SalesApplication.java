package dev.pando.kafka.streams.example;

import dev.pando.kafka.streams.PandoStores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.RangeQuery;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.Stores;

/**
 * A Streams application: counts what is sold of each product, exactly once, and keeps the products
 * in the order of their sales. Ends at a line on its standard input, as an application that is
 * stopped, or with the process that started it.
 */
final class SalesApplication {
  static final String ID = "shop";
  static final String SALES = "sales";
  static final String TOTALS = "totals";

  /** How each line begins that an application prints while it works. */
  static final String RUNS = "most sold: ";

  /** How long a process may take to end. */
  static final Duration END = Duration.ofSeconds(20);

  private static final int TOP = 10;

  private SalesApplication() {}

  /** The address of the broker, and the directory for the state. */
  public static void main(String[] args) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Child.endWithParent(stopped::countDown);
    try (KafkaStreams streams = new KafkaStreams(topology(), settings(args[0], args[1]))) {
      streams.setUncaughtExceptionHandler(
          error -> {
            System.out.println("fails: " + error);
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.setGlobalStateRestoreListener(new Restores());
      streams.start();
      while (!stopped.await(700, TimeUnit.MILLISECONDS)) {
        if (streams.state() == KafkaStreams.State.RUNNING) {
          System.out.println(RUNS + mostSold(streams));
        }
      }
    }
    System.exit(0);
  }

  private static Topology topology() {
    return new Topology()
        .addSource(SALES, SALES)
        .addProcessor("count", SalesCounter::new, SALES)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                PandoStores.persistentKeyValueStore(SalesCounter.COUNTS),
                Serdes.String(),
                Serdes.Long()),
            "count")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                PandoStores.persistentKeyValueStore(SalesCounter.RANKING),
                Serdes.String(),
                Serdes.Long()),
            "count")
        .addSink(TOTALS, TOTALS, Serdes.String().serializer(), Serdes.Long().serializer(), "count");
  }

  private static Properties settings(String broker, String directory) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, ID);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    settings.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass().getName());
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    // A member with a name of its own: the next process takes its place without waiting until the
    // broker gives the killed one up.
    settings.put(StreamsConfig.consumerPrefix("group.instance.id"), "one");
    return settings;
  }

  /** An interactive query: the first entries of a range in each partition, merged. */
  private static String mostSold(KafkaStreams streams) {
    List<String> ranks = new ArrayList<>();
    var request =
        StateQueryRequest.inStore(SalesCounter.RANKING)
            .withQuery(RangeQuery.<String, Long>withNoBounds());
    for (QueryResult<KeyValueIterator<String, Long>> result :
        streams.query(request).getPartitionResults().values()) {
      if (result.isFailure()) {
        continue; // of a task that moves at this moment
      }
      try (KeyValueIterator<String, Long> entries = result.getResult()) {
        for (int i = 0; i < TOP && entries.hasNext(); i++) {
          KeyValue<String, Long> entry = entries.next();
          ranks.add(entry.key + " " + entry.value);
        }
      }
    }
    ranks.sort(Comparator.naturalOrder());
    return ranks.isEmpty()
        ? "nothing yet"
        : ranks.stream().limit(TOP).map(SalesCounter::nameOfRank).collect(Collectors.joining(", "));
  }

  /** Reports what each store reads from its changelog. */
  private static final class Restores implements StateRestoreListener {
    private final Map<TopicPartition, String> offsets = new ConcurrentHashMap<>();

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
      offsets.put(partition, from + " to " + to);
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long offset, long count) {}

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long count) {
      System.out.printf(
          "restored %d records of store %s, partition %d: offsets %s of the changelog%n",
          count, store, partition.partition(), offsets.get(partition));
    }
  }
}
