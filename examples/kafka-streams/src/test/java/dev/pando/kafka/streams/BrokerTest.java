package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.Database;
import dev.pando.kafka.streams.example.Broker;
import dev.pando.kafka.streams.example.Child;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application beside a broker, killed while it restores and while it processes: it counts each
 * record exactly once.
 */
@Tag("proof")
@Timeout(300)
class BrokerTest {
  private static final int ROUNDS = 4;
  private static final int RECORDS = 8000;
  private static final int PARTITIONS = 2;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void countsExactlyOnceThoughItIsKilled() throws Exception {
    System.out.println("BrokerTest: -Dseed=" + seed);
    List<UUID> identities = new ArrayList<>();
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input", "output"), PARTITIONS);
      try (CountedRecords records = new CountedRecords(broker, random)) {
        for (int round = 0; round < ROUNDS; round++) {
          records.send(RECORDS);
          Process application = start(broker);
          if (round == 1 || round == ROUNDS - 1) {
            records.receiveAll();
          } else {
            records.receive(records.total() + random.nextInt(RECORDS));
          }
          application.destroyForcibly().waitFor();
          if (round == 1) { // the first state with an offset, of each task
            identities.addAll(identities());
          }
          Process restoring = start(broker);
          Thread.sleep(random.nextInt(4000)); // so that it is killed anywhere in its start
          restoring.destroyForcibly().waitFor();
        }
      }
    }
    assertEquals(identities, identities()); // the state of a killed application is kept
  }

  /** Which file each task has: a state that Kafka Streams deletes gets a new one. */
  private List<UUID> identities() {
    List<UUID> found = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Path task = directory.resolve("state").resolve("counting").resolve("0_" + partition);
      OpenStores.check(task);
      try (Database database = Database.open(OpenStores.file(task))) {
        found.add(
            database.backup(Channels.newChannel(OutputStream.nullOutputStream())).databaseId());
      }
    }
    return found;
  }

  private Process start(Broker broker) throws Exception {
    return Child.start(
        directory.resolve("application.txt"),
        false,
        CountingApplication.class,
        broker.address(),
        directory.resolve("state").toString(),
        "0");
  }
}
