package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.pando.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.query.MultiVersionedKeyQuery;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.VersionedKeyQuery;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.VersionedRecordIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random calls of a versioned store, beside Kafka's own in RocksDB. */
class VersionedStoreTest {
  private static final Duration RETENTION = Duration.ofMillis(600);

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private OpenStores task;
  private VersionedKeyValueStore<String, String> pando;
  private VersionedKeyValueStore<String, String> rocks;

  private VersionedKeyValueStore<String, String> open(VersionedBytesStoreSupplier supplier) {
    return task.open(
        Stores.versionedKeyValueStoreBuilder(supplier, Serdes.String(), Serdes.String())
            .withLoggingDisabled()
            .build());
  }

  @Test
  void answersAsRocksDb() {
    System.out.println("VersionedStoreTest: -Dseed=" + seed);
    task = new OpenStores(directory, 60_000);
    pando = open(PandoStores.persistentVersionedKeyValueStore("pando", RETENTION));
    rocks = open(Stores.persistentVersionedKeyValueStore("rocks", RETENTION));
    long now = 0;
    Set<String> used = new HashSet<>();
    for (int step = 0; step < 3000; step++) {
      task.next();
      now += random.nextInt(4);
      String key = "key" + random.nextInt(8);
      long time = Math.max(0, now - (random.nextInt(3) == 0 ? random.nextInt(700) : 0));
      boolean isNew = used.add(key + "@" + time);
      switch (random.nextInt(6)) {
        case 0 -> {
          // Kafka's store forgets when the newest version was deleted if it had the same time.
          if (isNew) {
            assertSame(rocks.delete(key, time), pando.delete(key, time), step);
          }
        }
        case 1 -> assertSame(rocks.get(key), pando.get(key), step);
        case 2 -> assertSame(rocks.get(key, time), pando.get(key, time), step);
        default -> {
          String value = isNew && random.nextInt(5) == 0 ? null : "value" + step;
          assertEquals(rocks.put(key, value, time), pando.put(key, value, time), "step " + step);
        }
      }
      if (step % 200 == 0) {
        pando.commit(OpenStores.at(step));
        compare(key, now);
      }
    }
    pando.close();
    rocks.close();
    OpenStores.check(directory);
  }

  /** As texts: records compare the ends of their validity by identity. */
  private static void assertSame(Object expected, Object found, long step) {
    assertEquals(String.valueOf(expected), String.valueOf(found), () -> "step " + step);
  }

  private void compare(String key, long now) {
    VersionedKeyQuery<String, String> one =
        VersionedKeyQuery.<String, String>withKey(key).asOf(Instant.ofEpochMilli(now - 50));
    assertSame(ask(rocks, one), ask(pando, one), now);
    MultiVersionedKeyQuery<String, String> many =
        MultiVersionedKeyQuery.<String, String>withKey(key)
            .fromTime(Instant.ofEpochMilli(now - 300))
            .toTime(Instant.ofEpochMilli(now - 10));
    assertEquals(list(ask(rocks, many)), list(ask(pando, many)));
    many = many.withAscendingTimestamps();
    assertEquals(list(ask(rocks, many)), list(ask(pando, many)));
  }

  private static <R> R ask(VersionedKeyValueStore<String, String> store, Query<R> query) {
    var result = store.query(query, PositionBound.unbounded(), new QueryConfig(false));
    assertNotNull(result.getPosition());
    return result.getResult();
  }

  private static List<String> list(VersionedRecordIterator<String> records) {
    try (records) {
      List<String> all = new ArrayList<>();
      records.forEachRemaining(record -> all.add(record.toString()));
      return all;
    }
  }

  @Test
  void forgetsWhatHasExpired() {
    task = new OpenStores(directory, 1 << 20);
    pando = open(PandoStores.persistentVersionedKeyValueStore("pando", RETENTION));
    for (int i = 0; i < 1000; i++) {
      pando.put("key" + i % 10, i % 7 == 0 ? null : "value", i * 10);
    }
    pando.put("last", "value", 1_000_000);
    pando.commit(OpenStores.at(1));
    pando.close();
    StoreTable table = new StoreTable("pando");
    try (Database database = Database.open(OpenStores.file(directory))) {
      // Of each key the newest version is left, and nothing where that is a deletion.
      long values = 1;
      for (int i = 990; i < 1000; i++) {
        values += i % 7 == 0 ? 0 : 1;
      }
      assertEquals(values, database.count(table.entries()));
    }
    OpenStores.check(directory);
  }
}
