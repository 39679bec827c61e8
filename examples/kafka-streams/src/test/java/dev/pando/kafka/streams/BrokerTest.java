package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.kafka.streams.example.Broker;
import dev.pando.kafka.streams.example.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
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
  private static final int KEYS = 500;
  private static final int ROUNDS = 4;
  private static final int RECORDS = 8000;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Map<String, Long> expected = new HashMap<>();
  private final Map<String, Long> counted = new HashMap<>();
  private long total;

  @Test
  void countsExactlyOnceThoughItIsKilled() throws Exception {
    System.out.println("BrokerTest: -Dseed=" + seed);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of("input", "output"), 2);
      try (KafkaConsumer<String, String> output = consumer(broker)) {
        output.subscribe(List.of("output"));
        for (int round = 0; round < ROUNDS; round++) {
          send(broker);
          Process application = start(broker);
          boolean last = round == ROUNDS - 1;
          long until = last ? sum() : total + random.nextInt(RECORDS);
          receive(output, until);
          application.destroyForcibly().waitFor();
          Process restoring = start(broker);
          Thread.sleep(random.nextInt(4000)); // so that it is killed anywhere in its start
          restoring.destroyForcibly().waitFor();
        }
      }
    }
    assertEquals(expected, counted);
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
        directory.resolve("state").toString());
  }

  private long sum() {
    return expected.values().stream().mapToLong(Long::longValue).sum();
  }

  private void send(Broker broker) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.address());
    StringSerializer text = new StringSerializer();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
      for (int i = 0; i < RECORDS; i++) {
        String key = "key" + random.nextInt(KEYS);
        producer.send(new ProducerRecord<>("input", key, "value"));
        expected.merge(key, 1L, Long::sum);
      }
    }
  }

  private KafkaConsumer<String, String> consumer(Broker broker) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.address());
    settings.put("group.id", "reader");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    StringDeserializer text = new StringDeserializer();
    return new KafkaConsumer<>(settings, text, text);
  }

  /** Reads until so many records were counted; each count of a key follows the one before. */
  private void receive(KafkaConsumer<String, String> output, long until) {
    Instant end = Instant.now().plus(Duration.ofSeconds(120)); // for an application that hangs
    while (total < until) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(total + " records were counted of " + until);
      }
      for (ConsumerRecord<String, String> record : output.poll(Duration.ofMillis(200))) {
        long before = counted.getOrDefault(record.key(), 0L);
        assertEquals(before + 1, Long.parseLong(record.value()), record.key());
        counted.put(record.key(), before + 1);
        total++;
      }
    }
  }
}
