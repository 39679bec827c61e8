package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.kafka.streams.example.Broker;
import dev.pando.kafka.streams.example.Child;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void countsExactlyOnceThoughItIsKilled() throws Exception {
    System.out.println("BrokerTest: -Dseed=" + seed);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input", "output"), 2);
      try (CountedRecords records = new CountedRecords(broker, random)) {
        for (int round = 0; round < ROUNDS; round++) {
          records.send(RECORDS);
          Process application = start(broker);
          if (round == ROUNDS - 1) {
            records.receiveAll();
          } else {
            records.receive(records.total() + random.nextInt(RECORDS));
          }
          application.destroyForcibly().waitFor();
          Process restoring = start(broker);
          Thread.sleep(random.nextInt(4000)); // so that it is killed anywhere in its start
          restoring.destroyForcibly().waitFor();
        }
      }
    }
    for (int partition = 0; partition < 2; partition++) {
      Path task = directory.resolve("state").resolve("counting").resolve("0_" + partition);
      OpenStores.check(task);
      try (Database database = Database.open(OpenStores.file(task));
          ReadTxn tx = database.beginRead()) {
        String offsets =
            tx.tables().stream().filter(table -> table.startsWith("offsets")).findAny().get();
        assertEquals(1, tx.count(offsets)); // the state of a killed application is kept
      }
    }
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
