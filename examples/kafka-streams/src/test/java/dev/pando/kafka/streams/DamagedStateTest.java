package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.kafka.streams.example.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application whose files are damaged restores them from the changelogs, by itself. */
@Tag("proof")
@Timeout(600)
class DamagedStateTest {
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 3000;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @ParameterizedTest
  @ValueSource(strings = {StreamsConfig.EXACTLY_ONCE_V2, StreamsConfig.AT_LEAST_ONCE})
  void restoresDamagedFiles(String guarantee) throws Exception {
    System.out.println("DamagedStateTest: -Dseed=" + seed);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input", "output"), PARTITIONS);
      try (CountedRecords records = new CountedRecords(broker, random)) {
        KafkaStreams before = start(broker, guarantee, new TwoInstancesTest.Restored());
        records.send(RECORDS);
        records.receiveAll();
        assertTrue(before.close(Duration.ofSeconds(120)));

        for (int partition = 0; partition < PARTITIONS; partition++) {
          byte[] garbage = new byte[(int) Files.size(file(partition))];
          random.nextBytes(garbage);
          Files.write(file(partition), garbage);
        }
        TwoInstancesTest.Restored restored = new TwoInstancesTest.Restored();
        KafkaStreams after = start(broker, guarantee, restored);
        TwoInstancesTest.await(() -> TwoInstancesTest.isRunning(after));
        records.send(RECORDS);
        records.receiveAll();
        assertEquals(RECORDS, restored.count.get());
        assertEquals(records.expected(), TwoInstancesTest.content(after));
        assertTrue(after.close(Duration.ofSeconds(120)));
      }
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      OpenStores.check(task(partition));
      // With exactly-once, Kafka deletes all that is in the directory of the task.
      assertEquals(
          guarantee.equals(StreamsConfig.AT_LEAST_ONCE),
          Files.exists(file(partition).resolveSibling(TaskDatabase.DAMAGED_FILE)));
    }
  }

  private Path task(int partition) {
    return directory.resolve("state").resolve("counting").resolve("0_" + partition);
  }

  private Path file(int partition) {
    return OpenStores.file(task(partition));
  }

  private KafkaStreams start(Broker broker, String guarantee, TwoInstancesTest.Restored restored) {
    String state = directory.resolve("state").toString();
    Properties settings = CountingApplication.settings(broker.address(), state, 0);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
    KafkaStreams streams = new KafkaStreams(CountingApplication.topology(), settings);
    streams.setGlobalStateRestoreListener(restored);
    streams.start();
    return streams;
  }
}
