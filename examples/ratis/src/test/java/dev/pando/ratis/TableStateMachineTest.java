package dev.pando.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine, called as Ratis calls it. */
class TableStateMachineTest {
  private static final RaftProperties NEVER = LoneMachine.every(1_000_000);
  private static final Consumer<Throwable> FAIL =
      cause -> {
        throw new AssertionError("the state machine has failed", cause);
      };

  @TempDir Path directory;

  @AfterEach
  void check() {
    Path file = directory.resolve(TableStateMachine.FILE);
    if (Files.exists(file)) {
      try (Database database = Database.open(file)) {
        CheckReport _ = database.check().throwIfBad();
      }
    }
  }

  private LoneMachine open(RaftProperties properties) throws IOException {
    return new LoneMachine(directory, properties, Options.defaults(), FAIL);
  }

  @Test
  void waitsForASnapshotOnRequest() throws IOException, InterruptedException {
    try (LoneMachine lone = open(NEVER)) {
      assertEquals(-1, lone.machine.takeSnapshot(), "nothing is applied");
      lone.apply(0, 10);
      assertEquals(9, lone.machine.takeSnapshot());
      assertEquals(9, lone.machine.takeSnapshot(), "nothing is new");
      lone.apply(10, 20);
      assertEquals(19, lone.machine.takeSnapshot());
      assertEquals(2, filesWithDigest(lone.snapshots()));
    }
  }

  @Test
  void answersNoneUntilAnAutomaticSnapshotIsComplete() throws IOException, InterruptedException {
    try (LoneMachine lone = open(LoneMachine.every(10))) {
      lone.apply(0, 20);
      synchronized (lone.machine.getStateMachineStorage()) { // no file becomes a snapshot
        assertEquals(-1, lone.machine.takeSnapshot());
        lone.apply(20, 40);
        assertEquals(-1, lone.machine.takeSnapshot());
      }
      assertEquals(19, awaitSnapshot(lone));
      assertEquals(39, awaitSnapshot(lone));
    }
  }

  private static long awaitSnapshot(LoneMachine lone) throws IOException, InterruptedException {
    long index = lone.machine.takeSnapshot();
    while (index < 0) {
      Thread.sleep(1); // another thread writes it
      index = lone.machine.takeSnapshot();
    }
    return index;
  }

  /** Ratis asks for none by itself, so an administrator did, and wants the index. */
  @Test
  void waitsWithoutAutomaticSnapshots() throws IOException, InterruptedException {
    RaftProperties properties = LoneMachine.every(10);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    try (LoneMachine lone = open(properties)) {
      lone.apply(0, 20);
      assertEquals(19, lone.machine.takeSnapshot());
    }
  }

  /** An index that Ratis has not handed out since its restart would be greater than its own. */
  @Test
  void takesNoSnapshotOfWhatRatisDoesNotKnow() throws IOException, InterruptedException {
    try (LoneMachine lone = open(NEVER)) {
      lone.apply(0, 10);
      assertEquals(9, lone.machine.takeSnapshot());
      lone.apply(10, 20);
    }
    try (LoneMachine lone = open(NEVER)) {
      lone.apply(10, 15);
      assertEquals(-1, lone.machine.takeSnapshot());
      lone.apply(15, 20);
      assertEquals(19, lone.machine.takeSnapshot());
    }
  }

  /** Ratis does it on another thread whenever a call has answered that there is no snapshot. */
  @Test
  void keepsTheDigestsWhenRatisCleansUp() throws IOException, InterruptedException {
    SnapshotRetentionPolicy two =
        new SnapshotRetentionPolicy() {
          @Override
          public int getNumSnapshotsRetained() {
            return 2;
          }
        };
    AtomicBoolean ends = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    try (LoneMachine lone = open(NEVER)) {
      Thread cleaner = Thread.ofPlatform().start(() -> cleanUp(lone, two, ends, failures));
      for (int round = 1; round <= 20; round++) {
        lone.apply(10L * (round - 1), 10L * round);
        assertEquals(10L * round - 1, lone.machine.takeSnapshot());
        String newest = "snapshot.1_" + (10L * round - 1);
        assertTrue(Files.exists(lone.snapshots().resolve(newest)), newest);
        assertTrue(Files.exists(lone.snapshots().resolve(newest + ".md5")), newest + ".md5");
      }
      ends.set(true);
      cleaner.join();
    }
    assertEquals(List.of(), failures);
  }

  private static void cleanUp(
      LoneMachine lone,
      SnapshotRetentionPolicy policy,
      AtomicBoolean ends,
      List<Throwable> failures) {
    try {
      while (!ends.get()) {
        lone.machine.getStateMachineStorage().cleanupOldSnapshots(policy);
      }
    } catch (IOException | RuntimeException | Error e) {
      failures.add(e);
    }
  }

  @Test
  void deletesASnapshotThatACrashLeftIncomplete() throws IOException, InterruptedException {
    Path incomplete = LoneMachine.snapshots(directory).resolve("snapshot.1_50");
    Path partial = LoneMachine.snapshots(directory).resolve("snapshot.partial");
    try (LoneMachine lone = open(NEVER)) {
      lone.apply(0, 10);
      assertEquals(9, lone.machine.takeSnapshot());
      Path _ = Files.writeString(incomplete, "no database");
      Path _ = Files.writeString(partial, "no database");
    }
    try (LoneMachine lone = open(NEVER)) {
      assertFalse(Files.exists(incomplete));
      assertFalse(Files.exists(partial));
      assertEquals(9, lone.machine.getLatestSnapshot().getIndex());
      lone.apply(10, 20);
    }
  }

  @Test
  void installsASnapshotThatIsNewerThanTheDatabase() throws IOException, InterruptedException {
    Path _ = snapshotWithoutDatabase();
    try (LoneMachine lone = open(NEVER)) {
      assertEquals(9, lone.machine.installed());
      assertEquals(9, lone.machine.getLastAppliedTermIndex().getIndex());
      lone.apply(10, 20);
    }
  }

  @Test
  void refusesADamagedSnapshotAndSaysWhatToDo() throws IOException, InterruptedException {
    damage(snapshotWithoutDatabase());
    var refusal = assertThrows(IOException.class, () -> open(NEVER));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("delete its directory, " + directory), message);
    assertTrue(message.contains("snapshot.1_9"), message);
  }

  /** Leaves a complete snapshot, and no database. */
  private Path snapshotWithoutDatabase() throws IOException, InterruptedException {
    try (LoneMachine lone = open(NEVER)) {
      lone.apply(0, 10);
      assertEquals(9, lone.machine.takeSnapshot());
    }
    Path database = directory.resolve(TableStateMachine.FILE);
    try (Stream<Path> files = Files.list(database.getParent())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    return LoneMachine.snapshots(directory).resolve("snapshot.1_9");
  }

  private static void damage(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      int _ = channel.read(one, channel.size() / 2);
      one.put(0, (byte) ~one.get(0)).flip();
      int _ = channel.write(one, channel.size() / 2);
    }
  }

  /** Ratis closes only the group, and the process would live on. */
  @Test
  void reportsASnapshotThatCannotBeInstalledOnce() throws Exception {
    List<Throwable> reported = new ArrayList<>();
    Consumer<Throwable> action =
        cause -> {
          reported.add(cause);
          throw new IllegalStateException("the action fails as well");
        };
    try (LoneMachine lone = new LoneMachine(directory, NEVER, Options.defaults(), action)) {
      lone.apply(0, 10);
      Path received = lone.snapshots().resolve("snapshot.1_50");
      Path _ = Files.writeString(received, "no database");
      String digest = "0123456789abcdef0123456789abcdef *snapshot.1_50\n";
      Path _ = Files.writeString(received.resolveSibling("snapshot.1_50.md5"), digest);
      lone.machine.pause();
      lone.machine.pause();
      assertEquals(LifeCycle.State.PAUSED, lone.machine.getLifeCycleState());
      var failure = assertThrows(IOException.class, lone.machine::reinitialize);
      assertEquals(List.of(failure), reported);
      assertTrue(lone.serverClosed.get(10, TimeUnit.SECONDS));
      assertThrows(IOException.class, lone.machine::reinitialize);
      assertEquals(1, reported.size());
    }
  }

  /** Exceptions of Pando are unchecked, and Ratis closes only the group. */
  @Test
  void reportsASnapshotThatCannotBeNamedOnce() throws Exception {
    try (LoneMachine lone = open(NEVER)) {
      lone.apply(0, 10);
    }
    Options readOnly = Options.defaults().withReadOnly(true);
    List<Throwable> reported = new ArrayList<>();
    try (LoneMachine lone = new LoneMachine(directory, NEVER, readOnly, reported::add)) {
      lone.apply(0, 10); // the database has them
      var failure = assertThrows(RuntimeException.class, lone.machine::takeSnapshot);
      assertEquals(List.of(failure), reported);
      assertThrows(RuntimeException.class, lone.machine::takeSnapshot);
      assertEquals(1, reported.size());
      assertTrue(lone.serverClosed.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void refusesPagesThatAreTooSmallForItsKeys() {
    for (int size : new int[] {512, 1024, 2048}) {
      Options small = Options.defaults().withPageSize(size);
      var refusal =
          assertThrows(IllegalArgumentException.class, () -> new TableStateMachine(small, FAIL));
      String message = String.valueOf(refusal.getMessage());
      assertTrue(message.contains("is " + size) && message.contains("4096"), message);
    }
  }

  private static long filesWithDigest(Path snapshots) throws IOException {
    try (Stream<Path> files = Files.list(snapshots)) {
      return files.filter(file -> file.toString().endsWith(".md5")).count();
    }
  }
}
