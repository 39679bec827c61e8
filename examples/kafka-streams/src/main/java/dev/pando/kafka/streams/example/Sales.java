package dev.pando.kafka.streams.example;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sells products at a steady rate, and reads what the application counts. Each count must be one
 * more than the one before, so a record that was lost or counted twice is found.
 */
final class Sales {
  static final int RATE = 2_000;
  private static final String[] FRUIT = {
    "apple", "apricot", "banana", "cherry", "fig", "grape", "lemon", "mango", "melon", "orange",
    "papaya", "peach", "pear", "plum", "quince"
  };
  private static final int KINDS = 300;

  private final Map<String, Long> sold = new HashMap<>();
  private final Map<String, Long> counted = new HashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Thread producing;
  private final Thread reading;
  private volatile boolean ends;

  Sales(String broker) {
    producing = Thread.ofPlatform().daemon().name("producer").start(() -> run(broker, this::sell));
    reading = Thread.ofPlatform().daemon().name("reader").start(() -> run(broker, this::read));
  }

  /** What a thread does with the broker at an address. */
  private interface Work {
    void run(String broker);
  }

  private void run(String broker, Work work) {
    try {
      work.run(broker);
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void sell(String broker) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker);
    settings.put("linger.ms", "5");
    StringSerializer text = new StringSerializer();
    Random random = new Random(1);
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
      for (long begin = System.nanoTime(); !ends; ) {
        long due = (System.nanoTime() - begin) / 1_000 * RATE / 1_000_000;
        while (sent.get() < due) {
          double skewed = Math.pow(random.nextDouble(), 3); // some are sold more often
          int number = (int) (skewed * FRUIT.length * KINDS);
          String product = FRUIT[number % FRUIT.length] + "-" + number / FRUIT.length;
          Callback check =
              (_, error) -> {
                if (error != null) {
                  failure.compareAndSet(null, new IllegalStateException("A sale is lost", error));
                }
              };
          Future<RecordMetadata> _ =
              producer.send(new ProducerRecord<>(SalesApplication.SALES, product, "1"), check);
          sold.merge(product, 1L, Long::sum);
          sent.incrementAndGet();
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  private void read(String broker) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker);
    settings.put("group.id", "reader");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<String, Long> totals =
        new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
      totals.subscribe(List.of(SalesApplication.TOTALS));
      while (!ends || received.get() < sent.get() || producing.isAlive()) {
        for (ConsumerRecord<String, Long> total : totals.poll(Duration.ofMillis(100))) {
          long before = counted.getOrDefault(total.key(), 0L);
          if (total.value() != before + 1) {
            throw new IllegalStateException(
                total.key() + " is counted " + total.value() + " after " + before);
          }
          counted.put(total.key(), total.value());
          received.incrementAndGet();
        }
      }
    }
  }

  long sent() {
    return sent.get();
  }

  long received() {
    return received.get();
  }

  void checkRunning() {
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  /** Sells no more, and waits until all sales are counted. */
  Map<String, Long> end(Duration limit) throws InterruptedException {
    ends = true;
    boolean ended = producing.join(limit) && reading.join(limit);
    checkRunning();
    if (!ended) {
      throw new IllegalStateException(received + " sales are counted of " + sent);
    }
    if (!sold.equals(counted)) {
      throw new IllegalStateException("The counts are not what was sold");
    }
    return counted;
  }
}
