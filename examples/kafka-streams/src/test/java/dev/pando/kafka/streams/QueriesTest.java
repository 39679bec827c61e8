package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.query.FailureReason;
import org.apache.kafka.streams.query.KeyQuery;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.RangeQuery;
import org.apache.kafka.streams.query.WindowKeyQuery;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other threads see of a store, and stores that share a database. */
class QueriesTest {
  private static final QueryConfig PLAIN = new QueryConfig(false);

  @TempDir Path directory;

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void answersInteractiveQueries() {
    OpenStores task = new OpenStores(directory, 1 << 20);
    KeyValueStore<Bytes, byte[]> store =
        task.open(PandoStores.persistentKeyValueStore("store").get());
    for (int i = 0; i < 10; i++) {
      store.put(bytes("key" + i), new byte[] {(byte) i});
    }
    byte[] found =
        store
            .query(KeyQuery.<Bytes, byte[]>withKey(bytes("key3")), PositionBound.unbounded(), PLAIN)
            .getResult();
    assertArrayEquals(new byte[] {3}, found);
    RangeQuery<Bytes, byte[]> range =
        RangeQuery.<Bytes, byte[]>withRange(bytes("key2"), bytes("key4")).withDescendingKeys();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.query(range, PositionBound.unbounded(), PLAIN).getResult()) {
      assertEquals(bytes("key4"), entries.next().key);
    }
    Position later = Position.emptyPosition().withComponent(OpenStores.INPUT, 0, 100);
    assertEquals(
        FailureReason.NOT_UP_TO_BOUND,
        store.query(range, PositionBound.at(later), PLAIN).getFailureReason());
    store.commit(OpenStores.at(1));
    Position position = store.getPosition().copy();
    store.close();
    store = task.open(PandoStores.persistentKeyValueStore("store").get());
    assertEquals(position, store.getPosition());
    store.close();
    OpenStores.check(directory);
  }

  private WindowStore<String, byte[]> windows(OpenStores task) {
    WindowBytesStoreSupplier supplier =
        PandoStores.persistentWindowStore(
            "windows", Duration.ofDays(1), Duration.ofMinutes(1), false);
    return task.open(
        Stores.windowStoreBuilder(supplier, Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build());
  }

  @Test
  void answersQueriesOfWindows() {
    OpenStores task = new OpenStores(directory, 1 << 20);
    WindowStore<String, byte[]> store = windows(task);
    for (int i = 0; i < 100; i++) {
      store.put("key", new byte[] {(byte) i}, i * 1_000_000L);
    }
    WindowKeyQuery<String, byte[]> query =
        WindowKeyQuery.withKeyAndWindowStartRange(
            "key", Instant.ofEpochMilli(0), Instant.ofEpochMilli(1_000_000_000));
    try (var found = store.query(query, PositionBound.unbounded(), PLAIN).getResult()) {
      // A window expires a day before the newest one.
      assertEquals(13_000_000L, found.next().key);
    }
    store.commit(OpenStores.at(1));
    store.close();
    store = windows(task);
    try (var found = store.all()) {
      assertEquals(13_000_000L, found.next().key.window().start());
    }
    store.close();
    OpenStores.check(directory);
  }

  @Test
  void showsEachWriteToOtherThreadsAndNeverAnOlderOne() throws Exception {
    OpenStores task = new OpenStores(directory, 60_000);
    KeyValueStore<Bytes, byte[]> store =
        task.open(PandoStores.persistentKeyValueStore("store").get());
    AtomicBoolean done = new AtomicBoolean();
    store.put(bytes("0"), number(0));
    CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> read(store, done));
    for (int i = 1; i < 20_000; i++) {
      store.put(bytes("0"), number(i));
      store.put(bytes("other" + i % 100), number(i));
      if (i % 50 == 0) {
        store.commit(OpenStores.at(i));
      }
    }
    done.set(true);
    assertEquals(19_999, reader.get());
    store.close();
    OpenStores.check(directory);
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  /** Reads by key and by iterator until the writer is done. */
  private static long read(KeyValueStore<Bytes, byte[]> store, AtomicBoolean done) {
    long newest = 0;
    boolean last = false;
    while (!last) {
      last = done.get();
      long found = ByteBuffer.wrap(store.get(bytes("0"))).getLong();
      assertTrue(found >= newest, found + " after " + newest);
      try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
        long scanned = ByteBuffer.wrap(all.next().value).getLong();
        assertTrue(scanned >= found, scanned + " after " + found);
        newest = scanned;
        while (all.hasNext()) { // nothing newer than the iterator
          assertTrue(ByteBuffer.wrap(all.next().value).getLong() <= scanned);
        }
      }
    }
    return newest;
  }

  @Test
  void closesItsIterators() {
    OpenStores task = new OpenStores(directory, 1 << 20);
    KeyValueStore<Bytes, byte[]> store =
        task.open(PandoStores.persistentKeyValueStore("store").get());
    store.put(bytes("key"), new byte[0]);
    KeyValueIterator<Bytes, byte[]> all = store.all();
    store.close();
    assertThrows(InvalidStateStoreException.class, all::hasNext);
    assertThrows(InvalidStateStoreException.class, () -> store.get(bytes("key")));
    OpenStores.check(directory);
  }

  @Test
  void sharesOneDatabaseATask() {
    OpenStores task = new OpenStores(directory, 500);
    KeyValueStore<Bytes, byte[]> one = task.open(PandoStores.persistentKeyValueStore("one").get());
    KeyValueStore<Bytes, byte[]> two = task.open(PandoStores.persistentKeyValueStore("two").get());
    one.put(bytes("key"), new byte[1]);
    two.put(bytes("key"), new byte[2]);
    one.commit(OpenStores.at(7));
    for (int i = 0; i < 100; i++) {
      two.put(bytes("key" + i), new byte[100]); // written ahead, and not committed
    }
    one.put(bytes("key"), new byte[3]);
    one.commit(OpenStores.at(9));
    one.close();
    two.close();
    one = task.open(PandoStores.persistentKeyValueStore("one").get());
    two = task.open(PandoStores.persistentKeyValueStore("two").get());
    // The state before two wrote ahead: a whole one of each store.
    assertEquals(7, one.committedOffset(OpenStores.CHANGELOG));
    assertEquals(1, one.get(bytes("key")).length);
    assertEquals(0, two.approximateNumEntries());
    one.close();
    two.close();
    OpenStores.check(directory);
  }

  @Test
  void saysWhatItCannotStore() throws IOException {
    OpenStores task = new OpenStores(directory, 1 << 20);
    KeyValueStore<Bytes, byte[]> store =
        task.open(PandoStores.persistentKeyValueStore("store").get());
    store.put(bytes(""), new byte[0]);
    store.put(bytes("large"), new byte[5 << 20]);
    ProcessorStateException e =
        assertThrows(
            ProcessorStateException.class,
            () -> store.put(Bytes.wrap(new byte[3000]), new byte[1]));
    assertTrue(e.getMessage().contains("3000 bytes"), e.getMessage());
    store.commit(OpenStores.at(1));
    assertEquals(0, store.get(bytes("")).length);
    assertEquals(5 << 20, store.get(bytes("large")).length);
    store.close();
    OpenStores.check(directory);
    Files.write(OpenStores.file(directory), new byte[100_000]);
    KeyValueStore<Bytes, byte[]> damaged = PandoStores.persistentKeyValueStore("store").get();
    e = assertThrows(ProcessorStateException.class, () -> task.open(damaged));
    assertTrue(e.getMessage().contains("delete the task's directory"), e.getMessage());
    assertFalse(damaged.isOpen());
  }
}
