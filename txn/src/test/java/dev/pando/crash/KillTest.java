package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Await;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.WriteTxn;
import dev.pando.crash.Worker.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Processes are killed at random moments, again and again with one database: while they create it,
 * open it after the last kill, commit, spill, compact, keep the turn, share commits, name
 * snapshots, or read. The kernel keeps what a killed process has written, so whoever comes next
 * must find every step that was acknowledged, on disk or not, at most those besides that were under
 * way, and each of them whole.
 */
@Tag("proof")
@Tag("scaled")
class KillTest {
  private static final long PROMISED = 500;
  private static final int KILLS = 5;
  private static final int LANES = 3;

  private static final Mode[] LATER =
      EnumSet.complementOf(EnumSet.of(Mode.HASTY, Mode.LYING)).toArray(Mode[]::new);

  /** How many of each kind were killed. */
  private final Map<String, Long> counts = new ConcurrentSkipListMap<>();

  @Test
  void whateverItWasDoing() throws Exception {
    Figures figures = new Figures("processes killed with SIGKILL", PROMISED);
    AtomicLong kills = new AtomicLong();
    long lives = (figures.wanted() + KILLS - 1) / KILLS;
    Lanes.run(figures, lives, LANES, (seed, _) -> life(seed, kills));
    System.out.println("killed: " + counts);
    figures.reached(kills.get());
  }

  /** So these tests would see it if a commit were acknowledged before it is one. */
  @Test
  void whoAcknowledgesTooEarlyIsCaught() throws Exception {
    Path directory = Files.createTempDirectory("pando-kill");
    try {
      Life life = new Life(directory.resolve("hasty.pando"), System.nanoTime());
      life.betweenAcknowledgementAndCommit();
      assertThatThrownBy(() -> life.open(_ -> {}))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("step found after a stop");
    } finally {
      Directories.delete(directory);
    }
  }

  /** One database and those who are killed with it. */
  private void life(long seed, AtomicLong kills) throws Exception {
    Path directory = Files.createTempDirectory("pando-kill");
    try {
      Life life = new Life(directory.resolve("killed.pando"), seed);
      for (int i = 0; i < KILLS; i++) {
        life.kill(i == 0);
        long _ = kills.incrementAndGet();
      }
      life.end();
    } finally {
      Directories.delete(directory);
    }
  }

  private final class Life {
    private final Path file;
    private final long seed;
    private final Random random;
    private final Acknowledged acknowledged;
    private final List<String> story = new ArrayList<>();

    Life(Path file, long seed) {
      this.file = file;
      this.seed = seed;
      random = new Random(seed);
      acknowledged = new Acknowledged(seed);
    }

    private WorkerProcess start(Mode mode) throws IOException {
      return WorkerProcess.start(
          List.of(),
          Worker.class,
          List.of(
              file.toString(),
              String.valueOf(seed),
              mode.name(),
              String.valueOf(random.nextLong())),
          acknowledged::heard);
    }

    void kill(boolean first) throws Exception {
      Mode mode = first ? Mode.GROWING : LATER[random.nextInt(LATER.length)];
      try {
        if (first || random.nextInt(8) == 0) {
          told(first ? "CREATING" : "OPENING");
          whileItOpens(mode);
        } else if (Files.notExists(file)) {
          told(Mode.SMALL.name());
          whileItWorks(Mode.SMALL);
        } else if (mode == Mode.READING) {
          told(mode.name());
          aReader();
        } else if (mode == Mode.HOLDING) {
          told(mode.name());
          oneThatHasTheTurn();
        } else {
          told(mode.name());
          whileItWorks(mode);
        }
        assertThat(acknowledged.failures()).isEmpty();
        if (random.nextBoolean() && Files.exists(file)) {
          open(_ -> {});
        }
      } catch (Throwable e) {
        throw new AssertionError("killed so far: " + story, e);
      }
    }

    private void told(String what) {
      story.add(what);
      Long _ = counts.merge(what, 1L, Long::sum);
    }

    /** Creates the file, or recovers it. */
    private void whileItOpens(Mode mode) throws Exception {
      Mode writing = mode == Mode.READING ? Mode.SMALL : mode;
      WorkerProcess worker = start(writing);
      assertThat(worker.await("opening")).isTrue();
      if (Files.notExists(file)) {
        awaitAny(random.nextInt(4));
      }
      kill(worker, writing, Files.exists(file) ? 250 : 4);
      assertThat(Files.exists(file) || !acknowledged.opened()).isTrue();
    }

    /** One of the names that the creation of a database takes; perhaps none of them. */
    private void awaitAny(int which) throws InterruptedException {
      String suffix = List.of("", "-lock", "-new", "-none").get(which);
      Path name = file.resolveSibling(file.getFileName() + suffix);
      long end = System.nanoTime() + random.nextLong(250_000_000L);
      while (Files.notExists(name) && System.nanoTime() - end < 0) {
        Thread.sleep(Duration.ofNanos(50_000));
      }
    }

    private void whileItWorks(Mode mode) throws Exception {
      WorkerProcess worker = start(mode);
      assertThat(worker.await("found")).isTrue();
      if (random.nextInt(4) > 0) {
        assertThat(worker.await("a")).as("an acknowledgement").isTrue();
      }
      kill(worker, mode, 100);
    }

    private void betweenAcknowledgementAndCommit() throws Exception {
      WorkerProcess worker = start(Mode.HASTY);
      assertThat(worker.await("acknowledged too early")).isTrue();
      kill(worker, Mode.HASTY, 1);
    }

    private void kill(WorkerProcess worker, Mode mode, int mostMillis) throws Exception {
      Thread.sleep(Duration.ofNanos(random.nextLong(mostMillis * 1_000_000L)));
      worker.kill();
      int _ = worker.end();
      acknowledged.stopped(mode);
    }

    /** The one who waits for the turn gets it, with nothing of the dead one's changes. */
    private void oneThatHasTheTurn() throws Exception {
      WorkerProcess worker = start(Mode.HOLDING);
      assertThat(worker.await("holding")).isTrue();
      boolean others = random.nextBoolean();
      if (others) {
        open(
            db -> {
              assertThat(db.tryBeginWrite(Duration.ZERO)).isNull();
              kill(worker, Mode.HOLDING, 20);
              try (WriteTxn tx = db.tryBeginWrite(Duration.ofMinutes(2))) {
                assertThat(tx).isNotNull();
              }
            });
      } else {
        kill(worker, Mode.HOLDING, 20);
      }
    }

    /** Its slots are free soon, and the pages that it held back are used again. */
    private void aReader() throws Exception {
      open(
          db -> {
            WorkerProcess reader = start(Mode.READING);
            assertThat(reader.await("found")).isTrue();
            acknowledged.goOn(db);
            assertThat(reader.await("read")).isTrue();
            acknowledged.goOn(db);
            kill(reader, Mode.READING, 60);
            Await.until(
                "a dead reader's slot is free",
                () -> db.readers().stream().allMatch(open -> open.pid() != reader.pid()));
            if (db.snapshots().list().isEmpty()) {
              assertThat(db.stat().heldPages()).as("pages that a dead reader holds").isZero();
            }
          });
    }

    private interface Work {
      void with(Database db) throws Exception;
    }

    /** Verifies the database before and after some work, and goes on. */
    private void open(Work work) throws Exception {
      Options options = Worker.options(Mode.SMALL);
      try (Database db = Database.open(file, options)) {
        acknowledged.verify(db);
        work.with(db);
        acknowledged.goOn(db);
      }
    }

    void end() throws Exception {
      open(acknowledged::dropSnapshots);
    }
  }
}
