package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.kafka.streams.example.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures a key-value store beside that of RocksDB: they take turns, each in a fresh JVM. {@code
 * -Dmeasure=500000} is the number of keys; without it a tiny run shows that it works. The table of
 * the medians is printed and goes to {@code target/measured.md}.
 */
@Tag("proof")
class StoreMeasurementTest {
  private static final int TINY = 2_000;
  private static final int ROUNDS = 3;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;
  private static final int COMMIT_INTERVAL = 10_000;
  private static final int RESTORE_BATCH = 1_000; // as a poll of the restore consumer
  private static final List<String> STORES = List.of("Pando", "RocksDB");

  /** What is measured, and how the table shows it. */
  private enum Figure {
    INSERT("insert, keys a second"),
    UPDATE("read and update, keys a second"),
    GET("get, keys a second"),
    SCAN("scan, entries a second"),
    RESTORE("restore, records a second"),
    DISK("disk after the updates, MB"),
    RESTORED_DISK("disk after a restore, MB");

    final String title;

    Figure(String title) {
      this.title = title;
    }
  }

  @TempDir Path directory;

  @Test
  void measuresBothStoresInTurns() throws Exception {
    int keys = Integer.getInteger("measure", TINY);
    int rounds = keys == TINY ? 1 : ROUNDS;
    Map<String, Map<Figure, List<Double>>> all =
        Map.of(
            STORES.get(0), new EnumMap<>(Figure.class), STORES.get(1), new EnumMap<>(Figure.class));
    for (int round = 0; round < rounds; round++) {
      for (String store : STORES) {
        Path state = Files.createDirectory(directory.resolve(store + round));
        Process child =
            Child.start(
                directory.resolve("errors.txt"),
                true,
                List.of("-Xmx2g"),
                StoreMeasurementTest.class,
                store,
                state.toString(),
                String.valueOf(keys));
        try (BufferedReader lines = child.inputReader()) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] figure = line.split("=", -1);
            all.get(store)
                .computeIfAbsent(Figure.valueOf(figure[0]), _ -> new ArrayList<>())
                .add(Double.parseDouble(figure[1]));
          }
        }
        assertEquals(0, child.waitFor(), Files.readString(directory.resolve("errors.txt")));
      }
    }
    List<String> table = table(all);
    assertEquals(2 + Figure.values().length, table.size());
    table.forEach(System.out::println);
    Files.write(Path.of("target", "measured.md"), table);
  }

  private static List<String> table(Map<String, Map<Figure, List<Double>>> all) {
    List<String> rows = new ArrayList<>();
    rows.add("| | " + String.join(" | ", STORES) + " | Pando / RocksDB |");
    rows.add("|---|---|---|---|");
    for (Figure figure : Figure.values()) {
      double pando = median(all.get(STORES.get(0)).get(figure));
      double rocks = median(all.get(STORES.get(1)).get(figure));
      rows.add(
          String.format(
              Locale.ROOT,
              "| %s | %,.0f | %,.0f | %.2f |",
              figure.title,
              pando,
              rocks,
              pando / rocks));
    }
    return rows;
  }

  private static double median(List<Double> figures) {
    return figures.stream().sorted().toList().get(figures.size() / 2);
  }

  // ---- the process that measures

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    int keys = Integer.parseInt(args[2]);
    // Not reported: compiles what is measured.
    run(args[0], Files.createDirectory(directory.resolve("warm")), Math.min(keys, 100_000));
    run(args[0], Files.createDirectory(directory.resolve("measured")), keys)
        .forEach((figure, value) -> System.out.println(figure + "=" + value));
  }

  private static KeyValueStore<Bytes, byte[]> store(String kind) {
    return kind.equals("Pando")
        ? PandoStores.persistentKeyValueStore("measured").get()
        : Stores.persistentKeyValueStore("measured").get();
  }

  private static Map<Figure, Double> run(String kind, Path directory, int keys) throws IOException {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    Path state = Files.createDirectory(directory.resolve("state"));
    OpenStores task = new OpenStores(state, 16 << 20);
    KeyValueStore<Bytes, byte[]> store = task.open(store(kind));
    figures.put(Figure.INSERT, rate(keys, () -> write(store, keys, 1, false)));
    figures.put(Figure.UPDATE, rate(keys, () -> write(store, keys, 2, true)));
    figures.put(Figure.GET, rate(keys, () -> read(store, keys)));
    figures.put(Figure.SCAN, rate(keys, () -> scan(store, keys)));
    store.close();
    figures.put(Figure.DISK, megabytes(state));

    Path other = Files.createDirectory(directory.resolve("restored"));
    OpenStores restored = new OpenStores(other, 16 << 20);
    KeyValueStore<Bytes, byte[]> target = restored.open(store(kind));
    figures.put(Figure.RESTORE, rate(keys, () -> restore(restored, target, keys)));
    scan(target, keys);
    target.close();
    figures.put(Figure.RESTORED_DISK, megabytes(other));
    return figures;
  }

  private static double rate(int operations, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return operations * 1e9 / (System.nanoTime() - begin);
  }

  /** The keys are random, but the same for all: the n-th of a sequence. */
  private static byte[] key(long n) {
    long mixed = (n + 1) * 0x9E3779B97F4A7C15L;
    return ByteBuffer.allocate(KEY_BYTES).putLong(mixed ^ mixed >>> 32).putLong(n).array();
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    return value;
  }

  private static void write(KeyValueStore<Bytes, byte[]> store, int keys, int seed, boolean known) {
    Random random = new Random(seed);
    for (int i = 0; i < keys; i++) {
      Bytes key = Bytes.wrap(key(known ? random.nextInt(keys) : i));
      if (known) {
        assertEquals(VALUE_BYTES, store.get(key).length);
      }
      store.put(key, value(random));
      if ((i + 1) % COMMIT_INTERVAL == 0 || i + 1 == keys) {
        store.commit(OpenStores.at(i));
      }
    }
  }

  private static void read(KeyValueStore<Bytes, byte[]> store, int keys) {
    Random random = new Random(3);
    for (int i = 0; i < keys; i++) {
      assertEquals(VALUE_BYTES, store.get(Bytes.wrap(key(random.nextInt(keys)))).length);
    }
  }

  private static void scan(KeyValueStore<Bytes, byte[]> store, int keys) {
    int count = 0;
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        assertTrue(entries.next().value.length > 0);
        count++;
      }
    }
    assertEquals(keys, count);
  }

  private static void restore(OpenStores task, KeyValueStore<Bytes, byte[]> store, int keys) {
    Random random = new Random(4);
    List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      batch.add(OpenStores.logged(i, key(i), value(random)));
      if (batch.size() == RESTORE_BATCH || i + 1 == keys) {
        task.restore(store.name(), batch);
        batch.clear();
      }
    }
    store.commit(OpenStores.at(keys - 1L));
  }

  private static double megabytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum()
          / 1e6;
    }
  }
}
