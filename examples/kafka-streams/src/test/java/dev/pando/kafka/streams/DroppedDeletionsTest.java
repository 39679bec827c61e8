package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pando.kafka.streams.example.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker has dropped the records of deletions from a changelog. A state from before them is
 * restored from the beginning if it is older than the limit. Otherwise the deleted keys stay.
 */
@Tag("proof")
@Timeout(240)
class DroppedDeletionsTest {
  private static final String STORE = "table";
  private static final String TICK = "tick";
  private static final int KEYS = 500;
  private static final Duration LONG = Duration.ofHours(12);

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Map<String, String> expected = new HashMap<>();

  /** With the values that they had. */
  private final Map<String, String> deleted = new TreeMap<>();

  private final List<KafkaStreams> started = new ArrayList<>();
  private int ticks;

  /** Ends what a test that failed has left. */
  @AfterEach
  void end() {
    started.forEach(streams -> streams.close(Duration.ZERO));
  }

  @Test
  void deletedKeysDoNotComeBack() throws Exception {
    System.out.println("DroppedDeletionsTest: -Dseed=" + seed);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input"), 1);
      CompactedChangelog changelog =
          new CompactedChangelog(broker, "counting-" + STORE + "-changelog");
      changelog.compactOften();
      try (KafkaProducer<String, String> producer = producer(broker)) {
        Application old = new Application(broker, "old", LONG);
        writeAll(producer);
        old.checkAndClose();
        copy("old", "continued");

        Application other = new Application(broker, "other", LONG);
        deleteSome(producer);
        awaitDrop(changelog, producer);
        other.checkAndClose();

        // A limit of 12 hours is wrong here: the broker keeps deletions for no time at all.
        Application continued = new Application(broker, "continued", LONG);
        tick(producer);
        continued.checkAndClose(deleted);

        Application restored = new Application(broker, "old", Duration.ofMillis(1));
        tick(producer);
        restored.checkAndClose();
        assertTrue(restored.restored.count.get() >= expected.size());
      }
    }
    for (String state : List.of("old", "other", "continued")) {
      OpenStores.check(directory.resolve(state).resolve("counting").resolve("0_0"));
    }
  }

  private static KafkaProducer<String, String> producer(Broker broker) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.address());
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private void send(KafkaProducer<String, String> producer, String key, String value) {
    producer.send(new ProducerRecord<>("input", key, value));
    if (value == null) {
      expected.remove(key);
    } else {
      expected.put(key, value);
    }
  }

  /** The newest value of this key shows that an application has processed all records before. */
  private void tick(KafkaProducer<String, String> producer) {
    ticks++;
    send(producer, TICK, String.valueOf(ticks));
    producer.flush();
  }

  private void writeAll(KafkaProducer<String, String> producer) {
    for (int i = 0; i < KEYS; i++) {
      send(producer, "key" + i, "first");
    }
    tick(producer);
  }

  /** And changes others, and leaves the rest as it is. */
  private void deleteSome(KafkaProducer<String, String> producer) {
    for (int i = 0; i < KEYS; i++) {
      String key = "key" + i;
      switch (random.nextInt(3)) {
        case 0 -> {
          deleted.put(key, expected.get(key));
          send(producer, key, null);
        }
        case 1 -> send(producer, key, "second");
        default -> {} // stays
      }
    }
  }

  /** Until no deleted key is in the changelog. Only a record that follows begins a new segment. */
  private void awaitDrop(CompactedChangelog changelog, KafkaProducer<String, String> producer)
      throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(60)); // for a broker that does not compact
    Set<String> left = new TreeSet<>(deleted.keySet());
    while (!left.isEmpty()) {
      if (Instant.now().isAfter(end)) {
        fail("After 60 s the changelog still has records of the deleted keys " + left);
      }
      tick(producer);
      Thread.sleep(150); // longer than a segment, and than the pause of the cleaner
      left.retainAll(changelog.keys());
    }
  }

  private void copy(String from, String to) throws IOException {
    Path source = directory.resolve(from);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(to).resolve(source.relativize(file)));
      }
    }
  }

  private static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    builder.table(
        "input",
        Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as(STORE)
            .withLoggingEnabled(CompactedChangelog.SETTINGS));
    return builder.build();
  }

  /** An instance of the application, with exactly-once. */
  private final class Application {
    private final TwoInstancesTest.Restored restored = new TwoInstancesTest.Restored();
    private final KafkaStreams streams;

    Application(Broker broker, String state, Duration maxAge) {
      String stateDirectory = directory.resolve(state).toString();
      Properties settings = CountingApplication.settings(broker.address(), stateDirectory, 0);
      settings.put(PandoStores.RESTORE_MAX_AGE_CONFIG, maxAge.toMillis());
      streams = new KafkaStreams(topology(), settings);
      streams.setGlobalStateRestoreListener(restored);
      started.add(streams);
      streams.start();
    }

    /** Leaves its group, so that the next instance gets the task at once. */
    void checkAndClose() throws InterruptedException {
      checkAndClose(Map.of());
    }

    /** The store has all that it should, and these entries that it should not. */
    void checkAndClose(Map<String, String> wrong) throws InterruptedException {
      String last = expected.get(TICK);
      TwoInstancesTest.await(
          () -> TwoInstancesTest.isRunning(streams) && last.equals(content().get(TICK)));
      Map<String, String> all = new HashMap<>(expected);
      all.putAll(wrong);
      assertEquals(all, content());
      CloseOptions leave =
          CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
      assertTrue(streams.close(leave.withTimeout(Duration.ofSeconds(30))));
    }

    private Map<String, String> content() {
      return TwoInstancesTest.content(streams, STORE);
    }
  }
}
