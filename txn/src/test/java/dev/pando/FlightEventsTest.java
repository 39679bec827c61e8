package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events of the flight recorder: each kind, after what it records was done. */
@Tag("proof")
class FlightEventsTest extends DatabaseTestBase {
  private static final Options UNLOGGED = Options.defaults().withLogSize(0).withSyncInterval(null);

  private final Recording recording = new Recording();

  @BeforeEach
  void start() {
    recording.start();
    Database db = Database.inMemory(); // notices the recorder
    boolean _ = db.put(NAMES, 1L, "x");
    Await.ticks(3);
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @AfterEach
  void end() {
    recording.close();
  }

  /** The events of a database, in the order of their ends. */
  private List<RecordedEvent> events(String name, Path database) throws IOException {
    Path file = Files.createTempFile(directory(), "events", ".jfr");
    recording.dump(file);
    try (Stream<RecordedEvent> all = RecordingFile.readAllEvents(file).stream()) {
      return all.filter(event -> event.getEventType().getName().equals("pando." + name))
          .filter(event -> event.getString("database").equals(database.toString()))
          .sorted((a, b) -> a.getEndTime().compareTo(b.getEndTime()))
          .toList();
    }
  }

  private List<RecordedEvent> events(String name) throws IOException {
    return events(name, file());
  }

  @Test
  void commits() throws IOException {
    Database db = open(Options.defaults().withSyncInterval(null));
    for (long i = 0; i < 30; i++) {
      boolean _ = db.put(NAMES, i, "name");
    }
    db.update(Durability.ASYNC, tx -> tx.put(NAMES, 1L, "other"));
    try (WriteTxn tx = db.beginWrite()) {
      boolean _ = tx.put(NAMES, 2L, "own");
      tx.commit();
    }
    List<RecordedEvent> commits = events("Commit");
    assertThat(commits).hasSize(32);
    long least = 4096; // the leaf at least
    for (RecordedEvent commit : commits) {
      assertThat(commit.getLong("bytes")).isBetween(least, 100 * least);
      long phases =
          Stream.of("prepare", "write", "meta", "sync")
              .mapToLong(phase -> commit.getDuration(phase).toNanos())
              .sum();
      assertThat(commit.getDuration("prepare")).isPositive();
      assertThat(commit.getDuration("write")).isPositive();
      assertThat(commit.getDuration("meta")).isPositive();
      assertThat(phases).isLessThanOrEqualTo(commit.getDuration().toNanos() + 1_000_000);
    }
    RecordedEvent first = commits.getFirst();
    assertThat(first.getString("kind")).isEqualTo("SYNCED");
    assertThat(first.getInt("updates")).isEqualTo(1);
    assertThat(first.getDuration("sync")).isPositive();
    assertThat(commits.get(29).getString("kind")).isEqualTo("LOGGED");
    assertThat(commits.get(29).getDuration("sync")).isPositive();
    assertThat(commits.get(30).getString("kind")).isEqualTo("UNSYNCED");
    assertThat(commits.get(30).getDuration("sync")).isZero();
    assertThat(commits.get(31).getInt("updates")).isZero();
    assertThat(commits.get(31).getLong("transaction")).isEqualTo(db.stat().txnId());
    assertThat(commits).extracting(commit -> commit.getLong("transaction")).isSorted();
  }

  @Test
  void syncsAreThoseOfTheMetrics() throws IOException {
    Database db = open(Options.defaults().withSyncInterval(null));
    for (long i = 0; i < 30; i++) {
      boolean _ = db.put(NAMES, i, "name");
    }
    Metrics metrics = db.metrics();
    List<RecordedEvent> syncs = events("Sync");
    assertThat(syncs.stream().filter(sync -> !sync.getBoolean("log")).count())
        .isEqualTo(metrics.syncNanos().count());
    assertThat(syncs.stream().filter(sync -> sync.getBoolean("log")).count())
        .isEqualTo(metrics.logWriteNanos().count())
        .isPositive();
    assertThat(syncs).allSatisfy(sync -> assertThat(sync.getDuration()).isPositive());
  }

  @Test
  void waitsForAThreadAndForAProcess() throws Exception {
    Database db = open(UNLOGGED);
    Thread waiting;
    try (WriteTxn _ = db.beginWrite()) {
      waiting = Thread.ofPlatform().name("waits").start(() -> db.put(NAMES, 1L, "x"));
      Await.blocked(waiting);
      Thread.sleep(30); // not to wait for anything: shorter waits are not recorded
    }
    waiting.join();
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThat(peer.ask("begin")).startsWith("writing");
      waiting = Thread.ofPlatform().name("waits long").start(() -> db.put(NAMES, 2L, "x"));
      Await.nextWriter(db);
      Thread.sleep(30); // as above
      peer.expect("committed", "commit");
      waiting.join();
    }
    List<RecordedEvent> waits = events("WriteWait");
    assertThat(waits).extracting(wait -> wait.getBoolean("process")).containsExactly(false, true);
    assertThat(waits)
        .extracting(wait -> wait.getThread().getJavaName())
        .containsExactly("waits", "waits long");
    assertThat(waits)
        .allSatisfy(
            wait ->
                assertThat(wait.getDuration())
                    .isBetween(Duration.ofMillis(20), Duration.ofMinutes(2)));
  }

  @Test
  void updatesThatShareACommit() throws Exception {
    Database db = open(UNLOGGED);
    Thread[] threads = new Thread[4];
    try (WriteTxn _ = db.beginWrite()) {
      for (int i = 0; i < threads.length; i++) {
        long key = i;
        threads[i] = Thread.ofPlatform().start(() -> db.put(NAMES, key, "shared"));
        Await.blocked(threads[i]);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(events("Commit").stream().mapToInt(commit -> commit.getInt("updates")).sum())
        .isEqualTo(threads.length);
  }

  @Test
  void growthTruncationCompactionAndCheckpoint() throws IOException {
    Database db = open(Options.defaults().withLogSize(0).withSyncInterval(Duration.ofMillis(20)));
    Churn.load(db);
    db.update(Durability.ASYNC, tx -> tx.clear(Churn.DATA));
    Await.until("a checkpoint", () -> db.metrics().checkpoints() > 0);
    Await.until("its end", () -> db.stat().unsyncedCommits() == 0);
    final long pages = db.stat().pageCount();
    db.compact();
    Metrics metrics = db.metrics();
    List<RecordedEvent> growths = events("Growth");
    assertThat(growths).hasSize((int) metrics.growths());
    assertThat(change(growths)).isEqualTo(metrics.bytesGrown());
    List<RecordedEvent> truncations = events("Truncation");
    assertThat(truncations).hasSize((int) metrics.truncations()).isNotEmpty();
    assertThat(change(truncations)).isEqualTo(-metrics.bytesTruncated());
    assertThat(truncations.getLast().getLong("after")).isEqualTo(db.stat().fileBytes());
    RecordedEvent compaction = events("Compaction").getFirst();
    assertThat(compaction.getLong("before")).isEqualTo(pages);
    assertThat(compaction.getLong("after")).isLessThan(pages / 2);
    assertThat(compaction.getDuration()).isPositive();
    RecordedEvent checkpoint = events("Checkpoint").getFirst();
    assertThat(checkpoint.getLong("after")).isGreaterThan(checkpoint.getLong("before"));
  }

  private static long change(List<RecordedEvent> events) {
    return events.stream()
        .mapToLong(event -> event.getLong("after") - event.getLong("before"))
        .sum();
  }

  @Test
  void takeoverFromAProcessThatDied() throws IOException {
    Database db = open(UNLOGGED);
    boolean _ = db.put(NAMES, 1L, "x");
    long known = db.stat().txnId();
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 theirs");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.kill();
    }
    boolean _ = db.put(NAMES, 2L, "x");
    List<RecordedEvent> takeovers = events("Takeover");
    assertThat(takeovers)
        .extracting(takeover -> takeover.getBoolean("died"))
        .containsExactly(false, true);
    assertThat(takeovers.getLast().getLong("before")).isBetween(known, db.stat().txnId());
    assertThat(takeovers.getLast().getLong("after")).isGreaterThan(known);
  }

  @Test
  void longReader() throws IOException {
    Database db = open(UNLOGGED.withReaderWarning(Duration.ofMillis(100)));
    boolean _ = db.put(NAMES, 1L, "x");
    try (ReadTxn tx = db.beginRead()) {
      Await.until("a warning", () -> db.metrics().longReaders() == 1);
      Await.ticks(1);
      RecordedEvent event = events("LongReader").getFirst();
      assertThat(event.getLong("transaction")).isEqualTo(tx.txnId());
      assertThat(event.getDuration("age")).isBetween(Duration.ofMillis(100), Duration.ofMinutes(2));
      assertThat(event.getBoolean("ended")).isFalse();
    }
  }

  @Test
  void damagedPage() throws IOException {
    try (Database db = Database.open(file(), UNLOGGED)) {
      boolean _ = db.put(NAMES, 1L, "a value");
      CheckReport _ = db.check().throwIfBad();
    }
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      for (long page = 3; page < channel.size() / 4096; page++) { // after the metas
        assertThat(channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), page * 4096 + 4000))
            .isEqualTo(3);
      }
    }
    try (Database db = Database.open(file(), UNLOGGED.withReadOnly(true))) {
      assertThatThrownBy(() -> db.get(NAMES, 1L)).isInstanceOf(CorruptFileException.class);
      assertThat(db.check().ok()).isFalse();
    }
    RecordedEvent event = events("DamagedPage").getFirst();
    assertThat(event.getLong("page")).isGreaterThanOrEqualTo(3);
    assertThat(event.getString("reason")).startsWith("checksum ");
    assertThat(event.getStackTrace().getFrames())
        .anySatisfy(
            frame -> assertThat(frame.getMethod().getName()).isEqualTo("lambda$damagedPage$0"));
  }

  @Test
  void recovery() throws IOException {
    open(UNLOGGED).close();
    RecordedEvent created = events("Recovery").getFirst();
    assertThat(created.getBoolean("created")).isTrue();
    assertThat(created.getInt("replayed")).isZero();
    try (PeerJvm peer = PeerJvm.open(file())) {
      for (int i = 0; i < 40; i++) {
        peer.expect("done", "put " + i + " theirs");
      }
      peer.kill();
    }
    Database db = open(Options.defaults());
    RecordedEvent found = events("Recovery").getLast();
    assertThat(found.getBoolean("created")).isFalse();
    assertThat(found.getLong("transaction")).isEqualTo(db.openReport().txnId());
    assertThat(found.getInt("replayed")).isEqualTo(db.openReport().replayed());
    assertThat(found.getInt("skipped")).isEqualTo(db.openReport().passedOver().size());
    assertThat(found.getDuration("age")).isLessThan(Duration.ofMinutes(2));
  }
}
