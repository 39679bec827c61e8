package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.kafka.streams.example.Broker;
import dev.pando.kafka.streams.example.Child;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.LagInfo;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of an application share its tasks, and one takes over those of the other. */
@Tag("proof")
@Timeout(600)
class TwoInstancesTest {
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 6000;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** The standby's store has the content of the other one, and restores nothing when it is used. */
  @Test
  void standbyTakesOverTheTasksOfAKilledInstance() throws Exception {
    System.out.println("TwoInstancesTest: -Dseed=" + seed);
    try (Broker broker = broker();
        CountedRecords records = new CountedRecords(broker, random)) {
      Process other =
          Child.start(
              directory.resolve("other.txt"),
              false,
              CountingApplication.class,
              broker.address(),
              directory.resolve("other").toString(),
              "1");
      Restored restored = new Restored();
      try (KafkaStreams streams = start(broker, "own", 1, restored)) {
        await(() -> active(streams) == PARTITIONS / 2 && standby(streams) == PARTITIONS / 2);
        records.send(RECORDS);
        records.receiveAll();
        await(() -> isCaughtUp(streams));
        assertEquals(records.expected(), content(streams)); // half of it is in standbys
        long before = restored.count.get();

        other.destroyForcibly().waitFor();
        await(() -> active(streams) == PARTITIONS && isRunning(streams));
        assertEquals(before, restored.count.get());
        records.send(RECORDS);
        records.receiveAll();
        assertEquals(records.expected(), content(streams));
      } finally {
        other.destroyForcibly();
      }
    }
    check("own");
    check("other"); // as it was killed
  }

  /** An instance that begins later gets tasks, restores them, and then gets all others. */
  @Test
  void tasksMoveBetweenInstancesWhileTheyProcess() throws Exception {
    System.out.println("TwoInstancesTest: -Dseed=" + seed);
    try (Broker broker = broker();
        CountedRecords records = new CountedRecords(broker, random)) {
      Restored restored = new Restored();
      try (KafkaStreams first = start(broker, "first", 0, new Restored())) {
        records.send(RECORDS);
        records.receive(random.nextInt(RECORDS));
        try (KafkaStreams second = start(broker, "second", 0, restored)) {
          records.send(RECORDS);
          await(() -> active(first) == PARTITIONS / 2 && active(second) == PARTITIONS / 2);
          records.receiveAll();
          assertTrue(restored.count.get() > 0);
          Map<String, Long> both = content(first);
          both.putAll(content(second));
          assertEquals(records.expected(), both);

          records.send(RECORDS);
          records.receive(records.total() + random.nextInt(RECORDS));
          assertTrue(first.close(Duration.ofSeconds(120)));
          await(() -> active(second) == PARTITIONS && isRunning(second));
          records.receiveAll();
          assertEquals(records.expected(), content(second));
        }
        // All tasks come back, to state that is older than that of the second instance.
        try (KafkaStreams again = start(broker, "first", 0, new Restored())) {
          records.send(RECORDS);
          records.receiveAll();
          await(() -> active(again) == PARTITIONS && isRunning(again));
          assertEquals(records.expected(), content(again));
        }
      }
    }
    check("first");
    check("second");
  }

  private Broker broker() throws Exception {
    Broker broker = new Broker(directory.resolve("broker"));
    broker.create(List.of("input", "output"), PARTITIONS);
    return broker;
  }

  private KafkaStreams start(Broker broker, String name, int standbys, Restored restored) {
    String state = directory.resolve(name).toString();
    Properties settings = CountingApplication.settings(broker.address(), state, standbys);
    KafkaStreams streams = new KafkaStreams(CountingApplication.topology(), settings);
    streams.setGlobalStateRestoreListener(restored);
    streams.start();
    return streams;
  }

  private static long active(KafkaStreams streams) {
    return streams.metadataForLocalThreads().stream()
        .mapToLong(thread -> thread.activeTasks().size())
        .sum();
  }

  private static long standby(KafkaStreams streams) {
    return streams.metadataForLocalThreads().stream()
        .mapToLong(thread -> thread.standbyTasks().size())
        .sum();
  }

  static boolean isRunning(KafkaStreams streams) {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /**
   * Whether each partition's store is here, with all of its changelog: its last offset may be that
   * of a transaction's end, which is no record.
   */
  private static boolean isCaughtUp(KafkaStreams streams) {
    Map<Integer, LagInfo> lags =
        streams.allLocalStorePartitionLags().getOrDefault(CountingApplication.STORE, Map.of());
    return lags.size() == PARTITIONS
        && lags.values().stream().allMatch(lag -> lag.offsetLag() <= 1);
  }

  /** All that is here, in active tasks and in standbys. */
  static Map<String, Long> content(KafkaStreams streams) {
    return content(streams, CountingApplication.STORE);
  }

  /** As above, of another store. */
  static <V> Map<String, V> content(KafkaStreams streams, String name) {
    ReadOnlyKeyValueStore<String, V> store =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                    name, QueryableStoreTypes.<String, V>keyValueStore())
                .enableStaleStores());
    Map<String, V> content = new HashMap<>();
    try (KeyValueIterator<String, V> entries = store.all()) {
      while (entries.hasNext()) {
        KeyValue<String, V> entry = entries.next();
        content.put(entry.key, entry.value);
      }
    }
    return content;
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(120)); // for one that hangs
    while (!condition.getAsBoolean()) {
      assertTrue(
          Instant.now().isBefore(end),
          "The instances do not get the tasks, or the data, that they should");
      Thread.sleep(200); // other processes and threads bring it about
    }
  }

  private void check(String name) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Path task = directory.resolve(name).resolve("counting").resolve("0_" + partition);
      if (Files.exists(OpenStores.file(task))) { // or it moved away long ago
        OpenStores.check(task);
      }
    }
  }

  /** Counts the records that active tasks restore. */
  static final class Restored implements StateRestoreListener {
    final AtomicLong count = new AtomicLong();

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {}

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long offset, long records) {
      count.addAndGet(records);
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long total) {}
  }
}
