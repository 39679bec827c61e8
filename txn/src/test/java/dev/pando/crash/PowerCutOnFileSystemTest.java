package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.crash.Worker.Mode;
import dev.pando.error.RecoveryNeededException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power fails under a real file system, ext4 and XFS, while a process works: the file system is
 * shut down without its log being written, unmounted, and mounted again, which replays its log.
 * Half of the cuts come at any moment. In the other half the process is stopped just before it
 * syncs, and some of the pages that it has written, any of them, reach the disk before the cut.
 *
 * <p>Afterwards every step that was acknowledged as durable is there, and at most the newer ones up
 * to that which was under way, each of them whole; the database checks, and takes more commits.
 */
@Tag("proof")
@Tag("scaled")
class PowerCutOnFileSystemTest {
  private static final int LANES = 2;
  private static final long MIB = 1 << 20;
  private static final int PAGE = 4096;
  private static final Mode[] MODES = {
    Mode.SMALL, Mode.GROWING, Mode.SPILLING, Mode.COMPACTING, Mode.SHARING, Mode.ASYNC, Mode.NAMED
  };

  /** Recoveries that found a commit of which a part was missing, and went back. */
  private final AtomicLong passedOver = new AtomicLong();

  private final AtomicLong notCreated = new AtomicLong();

  @Test
  void ext4() throws Exception {
    cut("ext4", 64 * MIB, 200);
  }

  @Test
  void xfs() throws Exception {
    cut("xfs", 300 * MIB, 50);
  }

  private void cut(String type, long bytes, long promised) throws Exception {
    Strace.need();
    List<MountedImage> images = new ArrayList<>();
    try {
      for (int i = 0; i < LANES; i++) {
        images.add(new MountedImage(type, bytes));
      }
      cut(type, images, promised);
    } finally {
      for (MountedImage image : images) {
        image.close();
      }
    }
  }

  private void cut(String type, List<MountedImage> images, long promised) throws Exception {
    Figures any = new Figures("power cuts on " + type + ", at any moment", promised / 2);
    AtomicLong count = new AtomicLong();
    Lanes.run(
        any,
        any.wanted(),
        LANES,
        (seed, lane) -> {
          Cut cut = new Cut(images.get(lane), seed);
          cut.run(MODES, cut::atAnyMoment);
          long _ = count.incrementAndGet();
        });
    any.reached(count.get());
    Figures subsets = new Figures("power cuts on " + type + ", some pages written", promised / 2);
    count.set(0);
    Lanes.run(
        subsets,
        subsets.wanted(),
        LANES,
        (seed, lane) -> {
          Cut cut = new Cut(images.get(lane), seed);
          cut.run(MODES, cut::withSomePages);
          long _ = count.incrementAndGet();
        });
    subsets.reached(count.get());
    System.out.printf(
        "%s: %s cuts before the file was there, %s recoveries passed a torn commit over%n",
        type, notCreated, passedOver);
  }

  /** So these tests would see it if a commit were acknowledged before it is on disk. */
  @Test
  void whoAcknowledgesBeforeTheSyncIsCaught() throws Exception {
    Strace.need();
    long seed = System.nanoTime();
    try (MountedImage image = new MountedImage("ext4", 64 * MIB)) {
      for (int i = 0; i < 2; i++) {
        boolean some = i == 1;
        assertThatThrownBy(
                () -> {
                  for (int round = 0; round < 50; round++) {
                    Cut cut = new Cut(image, seed + round);
                    cut.run(
                        new Mode[] {Mode.LYING},
                        some ? cut::withSomePages : cut::afterAcknowledgements);
                  }
                })
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("step found after a stop");
      }
    }
  }

  private interface HowToCut {
    void during(Mode mode) throws Exception;
  }

  /** A database, from its creation to the check after the cut. */
  private final class Cut {
    private final MountedImage image;
    private final long seed;
    private final Random random;
    private final Path directory;
    private final Path file;
    private final Acknowledged acknowledged;
    private WorkerProcess last;

    Cut(MountedImage image, long seed) throws IOException {
      this.image = image;
      this.seed = seed;
      random = new Random(seed);
      directory = image.newDirectory("cut" + seed);
      file = directory.resolve("cut.pando");
      acknowledged = new Acknowledged(seed);
    }

    void run(Mode[] modes, HowToCut how) throws Exception {
      Mode mode = modes[random.nextInt(modes.length)];
      try {
        if (random.nextInt(5) == 0) {
          killed(mode);
        }
        how.during(mode);
        acknowledged.powerCut();
        image.restart();
        for (String failure : acknowledged.failures()) {
          assertThat(failure).as("after the cut").startsWith("failed dev.pando.error.");
        }
        if (acknowledged.opened()) {
          assertThat(file).exists();
        }
        if (Files.notExists(file)) {
          long _ = notCreated.incrementAndGet();
        }
        verify();
      } catch (Throwable e) {
        throw new AssertionError("power cut while " + mode + ": " + e.getMessage(), e);
      } finally {
        if (last != null) {
          last.kill();
          int _ = last.end();
        }
        Directories.delete(directory);
      }
    }

    private WorkerProcess start(List<String> before, Mode mode) throws IOException {
      return last =
          WorkerProcess.start(
              before,
              Worker.class,
              List.of(
                  file.toString(),
                  String.valueOf(seed),
                  mode.name(),
                  String.valueOf(random.nextLong())),
              acknowledged::heard);
    }

    /** What a killed process has written is in memory only. */
    private void killed(Mode mode) throws Exception {
      WorkerProcess worker = start(List.of(), mode);
      assertThat(worker.await("found")).isTrue();
      pause(60);
      worker.kill();
      int _ = worker.end();
      acknowledged.stopped(mode);
      assertThat(acknowledged.failures()).isEmpty();
    }

    void atAnyMoment(Mode mode) throws Exception {
      WorkerProcess worker = start(List.of(), mode);
      if (random.nextInt(4) == 0) {
        assertThat(worker.await("opening")).isTrue();
        awaitAny();
        pause(5);
      } else {
        assertThat(worker.await("found")).isTrue();
        pause(100);
      }
      cut(worker, mode);
    }

    /** Some are not on disk yet, unless a sync comes just then. */
    void afterAcknowledgements(Mode mode) throws Exception {
      WorkerProcess worker = start(List.of(), mode);
      for (int i = 0; i < 5; i++) {
        assertThat(worker.await("ack ")).isTrue();
      }
      cut(worker, mode);
    }

    private void pause(int mostMillis) throws InterruptedException {
      Thread.sleep(Duration.ofNanos(random.nextLong(mostMillis * 1_000_000L)));
    }

    private void awaitAny() throws InterruptedException {
      String suffix = List.of("", "-lock", "-new").get(random.nextInt(3));
      long end = System.nanoTime() + random.nextLong(300_000_000L);
      while (Files.notExists(directory.resolve("cut.pando" + suffix))
          && System.nanoTime() - end < 0) {
        Thread.sleep(Duration.ofNanos(50_000));
      }
    }

    /** A sync that does not happen: of what was written since the last one, any pages are there. */
    void withSomePages(Mode mode) throws Exception {
      Path log = Files.createTempFile("pando-strace", ".txt");
      try {
        Strace strace = new Strace(log);
        int sync = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 4 + random.nextInt(16);
        WorkerProcess worker = start(strace.stoppingAtSync(sync), mode);
        strace.awaitStop(worker);
        pushSome();
        cut(worker, mode);
      } finally {
        Files.delete(log);
      }
    }

    private void pushSome() throws IOException {
      double part = new double[] {0, 0.1, 0.5, 0.9, 1}[random.nextInt(5)];
      try (Stream<Path> files = Files.list(directory)) {
        for (Path each : files.sorted().toList()) {
          pushSome(each, part);
        }
      }
    }

    private void pushSome(Path path, double part) throws IOException {
      try (SystemCalls.OpenFile open = new SystemCalls.OpenFile(path)) {
        long size = Files.size(path);
        for (long at = 0; at < size; at += PAGE) {
          if (random.nextDouble() < part) {
            open.push(at, PAGE);
          }
        }
      }
    }

    /**
     * What is acknowledged after the power went counts as in flight. The file system goes down bit
     * by bit: ext4 may answer a sync with success whose new blocks it could no longer enter.
     */
    private void cut(WorkerProcess worker, Mode mode) throws Exception {
      worker.hearWhatWasSaid();
      acknowledged.powerGoes();
      image.cutPower();
      worker.kill();
      int _ = worker.end();
      acknowledged.stopped(mode);
    }

    private void verify() throws Exception {
      Options options = Worker.options(Mode.SMALL);
      int unread = Files.exists(file) && random.nextInt(3) == 0 ? openForReading(options) : 0;
      try (Database db = Database.open(file, options)) {
        assertThat(db.openReport().replayed()).isGreaterThanOrEqualTo(unread);
        if (!db.openReport().passedOver().isEmpty()) {
          long _ = passedOver.incrementAndGet();
        }
        acknowledged.verify(db);
        acknowledged.goOn(db);
      }
      try (Database db = Database.open(file, options)) {
        acknowledged.verify(db);
      }
    }

    /** The number of commits that opening for reading left to the writer to replay, at least. */
    private int openForReading(Options options) throws IOException {
      Options reading = options.withReadOnly(true);
      try (Database db = Database.open(file, reading)) {
        acknowledged.verify(db);
        return 0;
      } catch (RecoveryNeededException e) {
        try (Database db = Database.open(file, reading.withLogIgnored(true))) {
          CheckReport _ = db.check().throwIfBad();
        }
        return 1;
      }
    }
  }
}
