package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database of a peer, without Ratis. */
class ReplicaDatabaseTest {
  @TempDir Path directory;

  @AfterEach
  void check() {
    try (Database database = Database.open(path())) {
      CheckReport _ = database.check().throwIfBad();
    }
  }

  private Path path() {
    return directory.resolve("peer/table.pando");
  }

  private ReplicaDatabase open() throws IOException {
    return new ReplicaDatabase(path(), Options.defaults());
  }

  @Test
  void keepsTheIndexWithTheEntries() throws IOException {
    try (ReplicaDatabase database = open()) {
      assertEquals(Applied.NONE, database.applied());
      WriteResult[] _ = database.apply(List.of(LogEntry.ofRaft(at(0)), put(1, 1, "a", "1")));
      assertEquals(at(1), database.applied());
    }
    try (ReplicaDatabase database = open()) {
      assertEquals(at(1), database.applied());
      assertEquals("1", value(database, "a"));
    }
  }

  @Test
  void refusesAGapAndARepetition() throws IOException {
    try (ReplicaDatabase database = open()) {
      WriteResult[] _ = database.apply(List.of(put(0, 1, "a", "1")));
      var gap =
          assertThrows(
              IllegalStateException.class, () -> database.apply(List.of(put(2, 2, "a", "2"))));
      assertTrue(gap.getMessage().contains("given entry 2, allowed 1"), gap.getMessage());
      assertThrows(
          IllegalStateException.class,
          () -> database.apply(List.of(put(1, 2, "a", "2"), put(1, 3, "a", "3"))));
      assertEquals("1", value(database, "a"));
      assertEquals(at(0), database.applied());
    }
  }

  @Test
  void appliesACallOnceThatIsInTheLogTwice() throws IOException {
    try (ReplicaDatabase database = open()) {
      WriteResult[] first =
          database.apply(List.of(compare(0, 1, "a", null, "1"), put(1, 2, "a", "2")));
      assertArrayEquals(new WriteResult[] {WriteResult.CHANGED, WriteResult.CHANGED}, first);
      WriteResult[] again = database.apply(List.of(compare(2, 1, "a", null, "1")));
      assertArrayEquals(new WriteResult[] {WriteResult.CHANGED}, again);
    }
    try (ReplicaDatabase database = open()) {
      WriteResult[] _ = database.apply(List.of(put(3, 1, "a", "3")));
      assertEquals("2", value(database, "a"));
    }
  }

  @Test
  void forgetsOldResultsAtTheSameIndexInAnyBatches() throws IOException {
    long last = Results.WINDOW;
    try (ReplicaDatabase database = open()) {
      WriteResult[] _ = database.apply(List.of(put(0, 1, "a", "1")));
      List<LogEntry> batch = new ArrayList<>();
      for (long index = 1; index < last; index++) {
        batch.add(put(index, 1_000 + index, "b", "x"));
      }
      batch.add(put(last, 1, "a", "2"));
      WriteResult[] _ = database.apply(batch);
      assertEquals("2", value(database, "a"));
      assertTrue(database.read(tx -> tx.count(Results.TABLE.name())) <= Results.WINDOW);
    }
    try (ReplicaDatabase database = new ReplicaDatabase(other(), Options.defaults())) {
      WriteResult[] _ = database.apply(List.of(put(0, 1, "a", "1")));
      List<LogEntry> batch = new ArrayList<>();
      for (long index = 1; index < last - 1; index++) {
        batch.add(put(index, 1_000 + index, "b", "x"));
      }
      WriteResult[] _ = database.apply(batch);
      WriteResult[] _ = database.apply(List.of(put(last - 1, 1, "a", "2")));
      assertEquals("1", value(database, "a"));
    }
    try (Database database = Database.open(other())) {
      CheckReport _ = database.check().throwIfBad();
    }
  }

  private Path other() {
    return directory.resolve("other/table.pando");
  }

  /** Each peer refuses it in the same way, and goes on. */
  @Test
  void answersBytesThatAreNoRequest() throws IOException {
    long seed = Long.getLong("seed", new Random().nextLong());
    System.out.println("ReplicaDatabaseTest: -Dseed=" + seed);
    Random random = new Random(seed);
    try (ReplicaDatabase database = open()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] bytes = new Request.Put(bytes("key"), bytes("value")).encode();
        ByteBuffer damaged = ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length));
        WriteResult[] results = database.apply(List.of(entry(i, i, damaged)));
        assertArrayEquals(new WriteResult[] {WriteResult.REFUSED}, results);
      }
      for (int i = 2_000; i < 4_000; i++) {
        byte[] bytes = new Request.CompareAndSet(bytes("key"), bytes("a"), bytes("b")).encode();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        WriteResult[] results = database.apply(List.of(entry(i, i, ByteBuffer.wrap(bytes))));
        assertEquals(1, results.length);
      }
    }
  }

  @Test
  void goesBackToTheNameInABackup() throws IOException {
    Path backup = directory.resolve("backup.pando");
    try (ReplicaDatabase database = new ReplicaDatabase(other(), Options.defaults())) {
      WriteResult[] _ = database.apply(List.of(put(0, 1, "a", "1")));
      database.keep("then");
      WriteResult[] _ = database.apply(List.of(put(1, 2, "a", "2")));
      BackupReport _ = database.backup(from -> from.backup(backup));
    }
    try (ReplicaDatabase database = open()) {
      WriteResult[] _ = database.apply(List.of(put(0, 9, "b", "9")));
      database.replaceBy(backup, "then");
      assertEquals(at(0), database.applied());
      assertEquals("1", value(database, "a"));
      WriteResult[] _ = database.apply(List.of(put(1, 2, "a", "3"), put(2, 1, "a", "4")));
      assertEquals("3", value(database, "a"), "the results came with the backup");
    }
  }

  /** What is on disk when a name is kept, with the log from there on, gives the same again. */
  @Test
  void replaysTheLogAfterALossOfPower() throws IOException {
    Path kept = directory.resolve("kept.pando");
    List<LogEntry> later = new ArrayList<>();
    for (long index = 10; index < 40; index++) {
      String expected = index % 3 == 0 ? "x" : "v" + (index - 1);
      later.add(compare(index, index % 7 == 0 ? 5 : 100 + index, "a", expected, "v" + index));
    }
    WriteResult[] first;
    try (ReplicaDatabase database = open()) {
      for (long index = 0; index < 10; index++) {
        WriteResult[] _ = database.apply(List.of(put(index, index, "a", "v" + index)));
      }
      database.keep("then");
      Path _ = Files.copy(path(), kept);
      first = database.apply(later);
    }
    Cluster.Contents before = Cluster.contents(path());
    Path _ = Files.copy(kept, path(), StandardCopyOption.REPLACE_EXISTING);
    try (ReplicaDatabase database = open()) {
      assertEquals(at(9), database.applied());
      assertEquals("v9", value(database, "a"));
      for (int i = 0; i < first.length; i++) {
        WriteResult[] again = database.apply(List.of(again(later.get(i))));
        assertArrayEquals(new WriteResult[] {first[i]}, again);
      }
    }
    assertEquals(before, Cluster.contents(path()));
  }

  private static LogEntry again(LogEntry entry) {
    return LogEntry.ofClient(
        entry.position(), Objects.requireNonNull(entry.invocation()), entry.request().rewind());
  }

  private static String value(ReplicaDatabase database, String key) {
    return database.read(tx -> new String(tx.get(ReplicaDatabase.ENTRIES, bytes(key)), UTF_8));
  }

  private static Applied at(long index) {
    return new Applied(1, index);
  }

  private static LogEntry put(long index, long call, String key, String value) {
    return entry(index, call, ByteBuffer.wrap(new Request.Put(bytes(key), bytes(value)).encode()));
  }

  private static LogEntry compare(
      long index, long call, String key, String expected, String value) {
    Request request =
        new Request.CompareAndSet(
            bytes(key), expected == null ? null : bytes(expected), bytes(value));
    return entry(index, call, ByteBuffer.wrap(request.encode()));
  }

  private static LogEntry entry(long index, long call, ByteBuffer request) {
    return LogEntry.ofClient(at(index), new Invocation(7, 7, call), request);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
