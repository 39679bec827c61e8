package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.kafka.streams.example.Broker;
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

/**
 * Sends the records that {@link CountingApplication} counts, and checks that each count of a key
 * follows the one before.
 */
final class CountedRecords implements AutoCloseable {
  private static final int KEYS = 500;

  private final Broker broker;
  private final Random random;
  private final Map<String, Long> expected = new HashMap<>();
  private final Map<String, Long> counted = new HashMap<>();
  private final KafkaConsumer<String, String> output;
  private long sent;
  private long total;

  CountedRecords(Broker broker, Random random) {
    this.broker = broker;
    this.random = random;
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.address());
    settings.put("group.id", "reader");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    StringDeserializer text = new StringDeserializer();
    output = new KafkaConsumer<>(settings, text, text);
    output.subscribe(List.of("output"));
  }

  void send(int records) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.address());
    StringSerializer text = new StringSerializer();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
      for (int i = 0; i < records; i++) {
        String key = "key" + random.nextInt(KEYS);
        producer.send(new ProducerRecord<>("input", key, "value"));
        expected.merge(key, 1L, Long::sum);
      }
    }
    sent += records;
  }

  /** How many were sent. */
  long sent() {
    return sent;
  }

  /** How many were counted, of those that were received. */
  long total() {
    return total;
  }

  /** The last count of each key, when all are counted. */
  Map<String, Long> expected() {
    return expected;
  }

  /** Reads until so many records were counted. */
  void receive(long until) {
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

  /** Reads until all records that were sent are counted, each once. */
  void receiveAll() {
    receive(sent);
    assertEquals(expected, counted);
  }

  @Override
  public void close() {
    output.close();
  }
}
