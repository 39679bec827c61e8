package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.kafka.streams.example.Child;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files, full disks, and state that another process has open. */
@Tag("proof")
class ErrorsTest {
  private static final int KEYS = 2_000;
  private static final String STORE = "store";

  @TempDir Path directory;

  private static KeyValueStore<Bytes, byte[]> store() {
    return PandoStores.persistentKeyValueStore(STORE).get();
  }

  private static void write(KeyValueStore<Bytes, byte[]> store, int from, int to) {
    for (int i = from; i < to; i++) {
      store.put(key(i), new byte[100]);
    }
  }

  private static Bytes key(long number) {
    return Bytes.wrap(StoreWriter.number(number));
  }

  private OpenStores task(Path where) {
    return new OpenStores(where, 1 << 20);
  }

  /** A store that was closed, with or without a changelog. */
  private OpenStores closedTask(boolean logged) {
    OpenStores task = task(directory);
    if (logged) {
      task.hasChangelog(STORE);
    }
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    write(store, 0, KEYS);
    store.commit(OpenStores.at(KEYS));
    store.close();
    return task;
  }

  private static void overwrite(Path file, long from) throws IOException {
    overwrite(file, from, Files.size(file));
  }

  private static void overwrite(Path file, long from, long to) throws IOException {
    byte[] garbage = new byte[(int) (to - from)];
    new Random(1).nextBytes(garbage);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertEquals(garbage.length, channel.write(ByteBuffer.wrap(garbage), from));
    }
  }

  private Path kept() {
    return OpenStores.file(directory).resolveSibling(TaskDatabase.DAMAGED_FILE);
  }

  private void checkNew(OpenStores task) {
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    assertNull(store.committedOffset(OpenStores.CHANGELOG)); // so that all of it is restored
    assertEquals(0, store.approximateNumEntries());
    write(store, 0, KEYS);
    store.commit(OpenStores.at(KEYS));
    store.close();
    OpenStores.check(directory);
  }

  @Test
  void damagedFileOfAStoreWithAChangelogIsReplaced() throws IOException {
    OpenStores task = closedTask(true);
    overwrite(OpenStores.file(directory), 0);
    TaskCorruptedException error =
        assertThrows(TaskCorruptedException.class, () -> task.open(store()));
    assertInstanceOf(TaskDatabase.DamagedFileException.class, error.getCause());
    assertTrue(Files.exists(kept()));
    assertFalse(Files.exists(OpenStores.file(directory)));
    checkNew(task);
  }

  @Test
  void damagedFileOfAStoreWithoutAChangelogIsLeftAlone() throws IOException {
    OpenStores task = closedTask(false);
    overwrite(OpenStores.file(directory), 0);
    ProcessorStateException error =
        assertThrows(ProcessorStateException.class, () -> task.open(store()));
    assertInstanceOf(StorageException.class, error.getCause());
    assertTrue(Files.exists(OpenStores.file(directory)));
    assertFalse(Files.exists(kept()));
  }

  /** What is left of the file is the first commit, which is older than the first offset. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void olderCommitIsUsedWithItsOffset(boolean truncated) throws IOException {
    OpenStores task = closedTask(true);
    if (truncated) {
      try (FileChannel channel =
          FileChannel.open(OpenStores.file(directory), StandardOpenOption.WRITE)) {
        channel.truncate(20_000);
      }
    } else {
      overwrite(OpenStores.file(directory), 4096);
    }
    checkNew(task);
  }

  /** Damaged pages that reading finds, after the file was opened. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damagedPagesAreFoundByReadingAndReplacedAfterClosing(boolean logged) throws IOException {
    OpenStores task = closedTask(logged);
    assertTrue(Files.size(OpenStores.file(directory)) > 100_000);
    overwrite(OpenStores.file(directory), 50_000, 100_000);
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    ProcessorStateException error =
        assertThrows(
            ProcessorStateException.class,
            () -> {
              for (int i = 0; i < KEYS; i++) {
                assertNotNull(store.get(key(i)));
              }
            });
    assertInstanceOf(CorruptFileException.class, error.getCause());
    store.close();
    assertEquals(logged, Files.exists(kept()));
    if (logged) {
      checkNew(task);
    }
  }

  /** What cannot be committed stays in the store, and is committed when there is room. */
  @Test
  void commitsAfterADiskWasFull() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString()),
        "skipped: needs root, to mount a small disk");
    try {
      OpenStores task = task(small);
      KeyValueStore<Bytes, byte[]> store = task.open(store());
      write(store, 0, KEYS);
      store.commit(OpenStores.at(KEYS));
      Path ballast = small.resolve("ballast");
      fill(ballast);
      write(store, KEYS, 3 * KEYS);
      ProcessorStateException error =
          assertThrows(ProcessorStateException.class, () -> store.commit(OpenStores.at(3 * KEYS)));
      assertTrue(error.getCause().getMessage().contains("No space left"), error.toString());
      assertEquals(KEYS, store.committedOffset(OpenStores.CHANGELOG));
      assertEquals(3 * KEYS, store.approximateNumEntries());
      assertNotNull(store.get(key(0)));
      assertNotNull(store.get(key(3 * KEYS - 1)));

      Files.delete(ballast);
      store.commit(OpenStores.at(3 * KEYS));
      store.close();
      KeyValueStore<Bytes, byte[]> again = task.open(store());
      assertEquals(3 * KEYS, again.committedOffset(OpenStores.CHANGELOG));
      assertEquals(3 * KEYS, again.approximateNumEntries());
      again.close();
      OpenStores.check(small);
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  /** As above, with changes that are too many to wait for a commit. */
  @Test
  void losesNothingWhenADiskIsFullBetweenCommits() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString()),
        "skipped: needs root, to mount a small disk");
    try {
      OpenStores task = new OpenStores(small, 50_000);
      KeyValueStore<Bytes, byte[]> store = task.open(store());
      write(store, 0, KEYS);
      store.commit(OpenStores.at(KEYS));
      Path ballast = small.resolve("ballast");
      fill(ballast);
      assertThrows(ProcessorStateException.class, () -> write(store, KEYS, 20 * KEYS));
      store.close(); // as Kafka Streams does after an error
      Files.delete(ballast);
      KeyValueStore<Bytes, byte[]> again = task.open(store());
      assertEquals(KEYS, again.committedOffset(OpenStores.CHANGELOG));
      assertEquals(KEYS, again.approximateNumEntries());
      again.close();
      OpenStores.check(small);
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static void fill(Path ballast) throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] piece = new byte[1024];
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("No space left"), e.toString());
    }
  }

  /** Kafka Streams itself refuses two instances in one directory, before a store is opened. */
  @Test
  void kafkaRefusesTwoInstancesInOneDirectory() throws Exception {
    Path state = directory.resolve("state");
    Process other =
        Child.start(
            directory.resolve("errors.txt"),
            false,
            CountingApplication.class,
            "localhost:1", // where no broker is
            state.toString(),
            "0");
    Path begun = state.resolve("counting").resolve("kafka-streams-process-metadata");
    try {
      while (!Files.exists(begun)) { // which it writes with the lock
        assertFalse(other.waitFor(20, TimeUnit.MILLISECONDS));
      }
      Properties settings = CountingApplication.settings("localhost:1", state.toString(), 0);
      StreamsException error =
          assertThrows(
              StreamsException.class,
              () -> new KafkaStreams(CountingApplication.topology(), settings).close());
      assertTrue(error.getMessage().contains("multiple instances"), error.toString());
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (KafkaStreams next =
        new KafkaStreams(
            CountingApplication.topology(),
            CountingApplication.settings("localhost:1", state.toString(), 0))) {
      assertEquals(KafkaStreams.State.CREATED, next.state()); // the lock ended with the process
    }
  }
}
