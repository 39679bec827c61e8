package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random calls of a key-value store, beside a map. The store writes ahead often. It is closed
 * without a commit, as if the process were killed, and must then be as it was at its offset.
 */
class RandomStoreTest {
  private static final int STEPS = 3000;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private NavigableMap<Bytes, byte[]> model = new TreeMap<>();
  private NavigableMap<Bytes, byte[]> committed = new TreeMap<>();
  private Long offset;

  @Test
  void isAsAMapAndReopensAtItsOffset() {
    System.out.println("RandomStoreTest: -Dseed=" + seed);
    OpenStores task = new OpenStores(directory, 4000);
    KeyValueStore<Bytes, byte[]> store = open(task);
    for (int step = 0; step < STEPS; step++) {
      int kind = random.nextInt(100);
      if (kind < 85) {
        change(store);
      } else if (kind < 93) {
        compare(store);
      } else if (kind < 98) {
        offset = task.next();
        store.commit(OpenStores.at(offset));
        committed = new TreeMap<>(model);
      } else {
        store.close();
        model = new TreeMap<>(committed);
        store = open(task);
        assertEquals(offset, store.committedOffset(OpenStores.CHANGELOG));
      }
    }
    compare(store);
    store.close();
    OpenStores.check(directory);
  }

  private KeyValueStore<Bytes, byte[]> open(OpenStores task) {
    return task.open(PandoStores.persistentKeyValueStore("store").get());
  }

  private void change(KeyValueStore<Bytes, byte[]> store) {
    Bytes key = key();
    byte[] before =
        switch (random.nextInt(4)) {
          case 0 -> {
            byte[] old = store.delete(key);
            assertArrayEquals(model.remove(key), old);
            yield null;
          }
          case 1 -> store.putIfAbsent(key, value());
          default -> {
            byte[] value = value();
            store.put(key, value);
            model.put(key, value);
            yield null;
          }
        };
    if (before == null && !model.containsKey(key)) {
      byte[] now = store.get(key);
      if (now != null) {
        model.put(key, now); // put as absent
      }
    }
    assertArrayEquals(model.get(key), store.get(key));
  }

  private Bytes key() {
    String key = Integer.toString(random.nextInt(300), 3);
    return Bytes.wrap(key.substring(random.nextInt(2)).getBytes(StandardCharsets.UTF_8));
  }

  private byte[] value() {
    byte[] value = new byte[random.nextInt(60)];
    random.nextBytes(value);
    return value;
  }

  private void compare(KeyValueStore<Bytes, byte[]> store) {
    assertEquals(model.size(), store.approximateNumEntries());
    Bytes a = key();
    Bytes b = key();
    Bytes from = a.compareTo(b) < 0 ? a : b;
    Bytes to = a.compareTo(b) < 0 ? b : a;
    var iterators = new ArrayList<KeyValueIterator<Bytes, byte[]>>();
    var expected = new ArrayList<NavigableMap<Bytes, byte[]>>();
    iterators.add(store.range(from, to));
    expected.add(model.subMap(from, true, to, true));
    iterators.add(store.reverseRange(from, to));
    expected.add(model.subMap(from, true, to, true).descendingMap());
    iterators.add(store.range(null, to));
    expected.add(model.headMap(to, true));
    iterators.add(store.reverseRange(from, null));
    expected.add(model.tailMap(from, true).descendingMap());
    iterators.add(store.all());
    expected.add(model);
    iterators.add(store.reverseAll());
    expected.add(model.descendingMap());
    iterators.add(store.prefixScan("1", new StringSerializer()));
    expected.add(model.subMap(bytes("1"), true, bytes("2"), false));
    List<NavigableMap<Bytes, byte[]>> then = expected.stream().map(this::copy).toList();
    for (int i = random.nextInt(20); i > 0; i--) { // which the iterators do not see
      change(store);
    }
    if (random.nextBoolean()) {
      store.commit(offset == null ? Map.of() : OpenStores.at(offset));
      committed = new TreeMap<>(model);
    }
    for (int i = 0; i < iterators.size(); i++) {
      assertSame(then.get(i), iterators.get(i));
    }
  }

  private NavigableMap<Bytes, byte[]> copy(NavigableMap<Bytes, byte[]> map) {
    NavigableMap<Bytes, byte[]> copy = new TreeMap<>(map.comparator());
    copy.putAll(map);
    return copy;
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertSame(
      NavigableMap<Bytes, byte[]> expected, KeyValueIterator<Bytes, byte[]> found) {
    try (found) {
      for (Map.Entry<Bytes, byte[]> entry : expected.entrySet()) {
        assertTrue(found.hasNext());
        assertEquals(entry.getKey(), found.peekNextKey());
        assertArrayEquals(entry.getValue(), found.next().value);
      }
      assertFalse(found.hasNext());
    }
  }

  @Test
  void restoresInSortedBatchesWithTheirOffset() {
    System.out.println("RandomStoreTest: -Dseed=" + seed);
    OpenStores task = new OpenStores(directory, 20_000);
    List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      byte[] value = random.nextInt(5) == 0 ? null : value();
      log.add(OpenStores.logged(i, key().get(), value));
    }
    KeyValueStore<Bytes, byte[]> store = open(task);
    for (int from = 0; from < 4000; from += 100) {
      task.restore("store", log.subList(from, from + 100));
    }
    store.close(); // not committed: some batches were, each with its offset
    store = open(task);
    Long restored = store.committedOffset(OpenStores.CHANGELOG);
    assertTrue(restored != null && restored > 2000, "restored " + restored);
    apply(log.subList(0, Math.toIntExact(restored) + 1));
    compareAll(store);
    task.restore("store", log.subList(Math.toIntExact(restored) + 1, log.size()));
    apply(log.subList(Math.toIntExact(restored) + 1, log.size()));
    compareAll(store);
    store.close();
    OpenStores.check(directory);
  }

  private void apply(List<ConsumerRecord<byte[], byte[]>> log) {
    for (ConsumerRecord<byte[], byte[]> record : log) {
      if (record.value() == null) {
        model.remove(Bytes.wrap(record.key()));
      } else {
        model.put(Bytes.wrap(record.key()), record.value());
      }
    }
  }

  private void compareAll(KeyValueStore<Bytes, byte[]> store) {
    assertEquals(model.size(), store.approximateNumEntries());
    assertSame(model, store.all());
  }
}
