package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Database;
import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening and closing a store: its settings, its position, and what other threads do meanwhile. */
class LifecycleTest {
  private static final String STORE = "store";

  @TempDir Path directory;

  private static KeyValueStore<Bytes, byte[]> store() {
    return PandoStores.persistentKeyValueStore(STORE).get();
  }

  private static Bytes key(long number) {
    return Bytes.wrap(StoreWriter.number(number));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "16 MiB", ""})
  void refusesALimitThatIsNoPositiveNumber(String limit) {
    OpenStores task = new OpenStores(directory, limit);
    KeyValueStore<Bytes, byte[]> store = store();
    ConfigException error = assertThrows(ConfigException.class, () -> task.open(store));
    assertTrue(
        error.getMessage().contains(PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG), error.getMessage());
    assertTrue(error.getMessage().contains("1 to"), error.getMessage());
    assertFalse(store.isOpen());
  }

  /** The values that an iterator may need count, so the changes are written when they are many. */
  @Test
  void boundsTheValuesThatAnIteratorHolds() {
    Uncommitted changes = new Uncommitted();
    changes.put(key(1), new byte[100]);
    long before = changes.bytes();
    changes.put(key(1), new byte[100]);
    assertEquals(before, changes.bytes());
    changes.beginView();
    for (int i = 0; i < 1000; i++) {
      changes.put(key(1), new byte[100]);
    }
    assertTrue(changes.bytes() > before + 1000 * 200, "counted are " + changes.bytes());
  }

  @Test
  void positionOfADirtyCloseIsForgotten() {
    OpenStores task = new OpenStores(directory, 1 << 20);
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    store.put(key(1), new byte[1]);
    store.commit(OpenStores.at(1));
    Position committed = store.getPosition().copy();
    task.next();
    store.put(key(2), new byte[1]);
    store.close(); // without a commit
    task.open(store);
    assertNull(store.get(key(2)));
    assertEquals(committed, store.getPosition());
    store.close();
    OpenStores.check(directory);
  }

  /** A page whose damage is found by what a store reads after the database is open. */
  @Test
  void damageThatIsFoundWhileAStoreOpensHasTheFileReplaced() throws IOException {
    OpenStores task = new OpenStores(directory, 1 << 20);
    task.hasChangelog("windows");
    WindowStore<Bytes, byte[]> windows = task.open(windows());
    byte[] first = "the value of the first key".getBytes(StandardCharsets.UTF_8);
    windows.put(key(0), first, 0);
    for (int i = 1; i < 2000; i++) {
      windows.put(key(i), new byte[100], i);
    }
    windows.commit(OpenStores.at(1));
    windows.close();
    Path file = OpenStores.file(directory);
    damagePageWith(first, file);
    WindowStore<Bytes, byte[]> damaged = windows();
    TaskCorruptedException error =
        assertThrows(TaskCorruptedException.class, () -> task.open(damaged));
    assertInstanceOf(CorruptFileException.class, error.getCause());
    assertFalse(damaged.isOpen());
    assertTrue(Files.exists(file.resolveSibling(TaskDatabase.DAMAGED_FILE)));
    windows = task.open(windows());
    windows.close();
    OpenStores.check(directory);
  }

  private static void damagePageWith(byte[] value, Path file) throws IOException {
    String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    int at = content.indexOf(new String(value, StandardCharsets.ISO_8859_1));
    assertTrue(at >= 0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertEquals(8, channel.write(ByteBuffer.allocate(8).putLong(0, -1), at));
    }
  }

  private static WindowStore<Bytes, byte[]> windows() {
    return PandoStores.persistentWindowStore(
            "windows", Duration.ofDays(1), Duration.ofMinutes(1), false)
        .get();
  }

  /** Kafka Streams does not close a store that fails in init. */
  @Test
  void aStoreThatCannotBeRegisteredIsClosed() {
    OpenStores task = new OpenStores(directory, 1 << 20);
    task.refuseRegistration();
    KeyValueStore<Bytes, byte[]> store = store();
    assertThrows(IllegalStateException.class, () -> task.open(store));
    assertFalse(store.isOpen());
    OpenStores.check(directory); // which opens the file for itself
  }

  /** Readers meet a store that is closed and opened again and again. */
  @Test
  void readersOfAStoreThatIsClosedGetAnErrorOfKafka() throws InterruptedException {
    OpenStores task = new OpenStores(directory, 1 << 20);
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    AtomicBoolean done = new AtomicBoolean();
    List<Throwable> errors = new ArrayList<>();
    Thread reader = new Thread(() -> read(store, done, errors));
    reader.start();
    for (int round = 0; round < 300; round++) {
      store.put(key(round), new byte[10]);
      store.commit(OpenStores.at(round));
      store.put(key(-round), new byte[10]);
      store.close();
      if (round % 50 == 0) {
        try (Database database = Database.open(OpenStores.file(directory))) {
          assertEquals(0, database.stat().readers()); // no snapshot was left open
        }
      }
      task.open(store);
    }
    done.set(true);
    reader.join();
    store.close();
    assertEquals(List.of(), errors);
    OpenStores.check(directory);
  }

  private static void read(
      KeyValueStore<Bytes, byte[]> store, AtomicBoolean done, List<Throwable> errors) {
    while (!done.get()) {
      try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
        while (all.hasNext()) {
          all.next();
        }
        store.approximateNumEntries();
      } catch (InvalidStateStoreException _) {
        // closed meanwhile
      } catch (RuntimeException | Error e) {
        errors.add(e);
        return;
      }
    }
  }
}
