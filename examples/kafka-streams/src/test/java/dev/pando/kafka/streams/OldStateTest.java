package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.kafka.streams.example.Broker;
import dev.pando.kafka.streams.example.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The state of a killed application with exactly-once is continued, unless it is too old. */
@Tag("proof")
@Timeout(240)
class OldStateTest {
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 3000;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void restoresAllOfAnOldState() throws Exception {
    System.out.println("OldStateTest: -Dseed=" + seed);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input", "output"), PARTITIONS);
      try (CountedRecords records = new CountedRecords(broker, random)) {
        count(broker, records, Duration.ofHours(12), 0);
        kill(broker, records);
        count(broker, records, Duration.ofHours(12), RECORDS); // what the killed one counted
        kill(broker, records);
        count(broker, records, Duration.ofMillis(1), 4 * RECORDS); // all
      }
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      OpenStores.check(state().resolve("counting").resolve("0_" + partition));
    }
  }

  private Path state() {
    return directory.resolve("state");
  }

  /** Counts records in a process that is killed when it has counted them. */
  private void kill(Broker broker, CountedRecords records) throws Exception {
    Process process =
        Child.start(
            directory.resolve("application.txt"),
            false,
            CountingApplication.class,
            broker.address(),
            state().toString(),
            "0");
    try {
      records.send(RECORDS);
      records.receiveAll();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private void count(Broker broker, CountedRecords records, Duration maxAge, long expected)
      throws Exception {
    Properties settings = CountingApplication.settings(broker.address(), state().toString(), 0);
    settings.put(PandoStores.RESTORE_MAX_AGE_CONFIG, maxAge.toMillis());
    KafkaStreams streams = new KafkaStreams(CountingApplication.topology(), settings);
    TwoInstancesTest.Restored restored = new TwoInstancesTest.Restored();
    streams.setGlobalStateRestoreListener(restored);
    streams.start();
    TwoInstancesTest.await(() -> TwoInstancesTest.isRunning(streams));
    records.send(RECORDS);
    records.receiveAll();
    assertEquals(expected, restored.count.get());
    assertEquals(records.expected(), TwoInstancesTest.content(streams));
    assertTrue(streams.close(Duration.ofSeconds(30)));
  }
}
