package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Database;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A state that is too old has no offset with exactly-once, so Kafka Streams deletes it: its
 * changelog may have lost the deletion of a key.
 */
class StateAgeTest {
  private static final String STORE = "store";
  private static final String NOTE = "commit time";
  private static final Table<String, byte[]> NOTES =
      Table.of("notes " + STORE, Codec.utf8(), Codec.bytes());

  @TempDir Path directory;

  private static KeyValueStore<Bytes, byte[]> store() {
    return PandoStores.persistentKeyValueStore(STORE).get();
  }

  private static Bytes key(long number) {
    return Bytes.wrap(StoreWriter.number(number));
  }

  private OpenStores task(String guarantee) {
    return new OpenStores(directory, Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee));
  }

  private OpenStores exactlyOnce() {
    return task(StreamsConfig.EXACTLY_ONCE_V2);
  }

  private void commitAndClose(OpenStores task) {
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    store.put(key(1), new byte[1]);
    store.commit(OpenStores.at(7));
    store.close();
  }

  /** As if the closed store had made its last commit earlier. */
  private void age(Duration time) {
    try (Database database = Database.open(OpenStores.file(directory))) {
      long then = time(database) - time.toMillis();
      database.update(
          tx -> tx.put(NOTES, NOTE, ByteBuffer.allocate(Long.BYTES).putLong(0, then).array()));
    }
  }

  private static long time(Database database) {
    return ByteBuffer.wrap(database.get(NOTES, NOTE)).getLong();
  }

  /** How long ago the store's commit is, as its closed file says. */
  private Duration age() {
    try (Database database = Database.open(OpenStores.file(directory))) {
      return Duration.ofMillis(System.currentTimeMillis() - time(database));
    }
  }

  private Long offset(OpenStores task) {
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    Long offset = store.committedOffset(OpenStores.CHANGELOG);
    store.close();
    return offset;
  }

  @Test
  void oldStateHasNoOffsetUntilItIsCommittedAgain() {
    OpenStores task = exactlyOnce();
    commitAndClose(task);
    assertEquals(7, offset(task));
    age(Duration.ofHours(11));
    assertEquals(7, offset(task));
    age(Duration.ofHours(2));
    assertNull(offset(task));
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    store.put(key(2), new byte[1]);
    store.commit(OpenStores.at(9));
    assertEquals(9, store.committedOffset(OpenStores.CHANGELOG));
    store.close();
    assertEquals(9, offset(task));
    OpenStores.check(directory);
  }

  @Test
  void oldStateIsKeptWithAtLeastOnce() {
    commitAndClose(exactlyOnce());
    age(Duration.ofHours(13));
    assertEquals(7, offset(task(StreamsConfig.AT_LEAST_ONCE)));
    OpenStores.check(directory);
  }

  @Test
  void stateOfAnUnknownTimeIsOld() {
    commitAndClose(exactlyOnce());
    try (Database database = Database.open(OpenStores.file(directory))) {
      database.update(tx -> tx.delete(NOTES, NOTE));
    }
    assertNull(offset(exactlyOnce()));
    moveToTheFuture();
    assertNull(offset(exactlyOnce()));
    OpenStores.check(directory);
  }

  /** A clock that was wrong by days says nothing of the age. */
  private void moveToTheFuture() {
    try (Database database = Database.open(OpenStores.file(directory))) {
      long later = System.currentTimeMillis() + Duration.ofDays(3).toMillis();
      database.update(
          tx -> tx.put(NOTES, NOTE, ByteBuffer.allocate(Long.BYTES).putLong(0, later).array()));
    }
  }

  @Test
  void theLimitIsASetting() {
    commitAndClose(exactlyOnce());
    age(Duration.ofMinutes(10));
    assertEquals(7, offset(withLimit("700000")));
    assertNull(offset(withLimit("500000")));
    OpenStores.check(directory);
  }

  private OpenStores withLimit(String limit) {
    return new OpenStores(
        directory,
        Map.of(
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            PandoStores.RESTORE_MAX_AGE_CONFIG,
            limit));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "12 h"})
  void refusesALimitThatIsNoPositiveNumber(String limit) {
    OpenStores task = withLimit(limit);
    ConfigException error = assertThrows(ConfigException.class, () -> task.open(store()));
    assertTrue(error.getMessage().contains("1 to"), error.getMessage());
  }

  /** What is restored in part may still need records of deletions from before. */
  @Test
  void restoringDoesNotMakeAStateYounger() {
    OpenStores task =
        new OpenStores(
            directory,
            Map.of(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                PandoStores.UNCOMMITTED_MAX_BYTES_CONFIG,
                100));
    commitAndClose(task);
    age(Duration.ofHours(11));
    KeyValueStore<Bytes, byte[]> store = task.open(store());
    task.restore(STORE, List.of(OpenStores.logged(8, key(2).get(), new byte[100])));
    assertEquals(8, store.committedOffset(OpenStores.CHANGELOG));
    store.commit(OpenStores.at(8)); // as when a task that restores is closed
    store.close();
    assertTrue(age().toMinutes() >= 11 * 60);
    assertEquals(8, offset(task));
    OpenStores.check(directory);
  }

  /** A table that seldom changes does not have its task restored. */
  @Test
  void commitOfATaskThatProcessesRenewsAllItsStores() {
    OpenStores task = exactlyOnce();
    commitAndClose(task);
    age(Duration.ofHours(11));
    KeyValueStore<Bytes, byte[]> quiet = task.open(store());
    quiet.commit(OpenStores.at(7));
    KeyValueStore<Bytes, byte[]> other =
        task.open(PandoStores.persistentKeyValueStore("other").get());
    other.close();
    quiet.close();
    assertTrue(age().toMinutes() >= 11 * 60); // nothing shows that it is caught up
    quiet = task.open(store());
    task.open(other);
    other.put(key(1), new byte[1]);
    other.commit(OpenStores.at(1));
    quiet.commit(OpenStores.at(7));
    other.close();
    quiet.close();
    assertTrue(age().toMinutes() < 11 * 60);
    assertEquals(7, offset(task));
    OpenStores.check(directory);
  }
}
