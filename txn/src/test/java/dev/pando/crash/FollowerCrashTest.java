package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Follower;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Kills, power cuts and failing calls at every call of a follower that opens, applies increments
 * and is promoted: afterwards it is at the commit before an increment or at the one after it,
 * whole, and goes on.
 */
@Tag("proof")
@Tag("scaled")
final class FollowerCrashTest {
  private static final Path COPY = ImageCheck.FILE.resolveSibling("follower.pando");
  private static final Options OPTIONS = ImageCheck.options(512, 8192);
  private static final Progress SILENT = (_, _) -> {};

  private static final Set<Call> STEPS =
      Set.of(
          Call.CREATE,
          Call.WRITE,
          Call.GROW,
          Call.SYNC,
          Call.SYNC_DIRECTORY,
          Call.READ,
          Call.TRUNCATE,
          Call.DELETE,
          Call.OPEN);

  /** An increment, the commit that it follows, and the content after it. */
  private record Increment(long since, byte[] bytes, Model after) {}

  private static final List<Increment> INCREMENTS = new ArrayList<>();

  /** The file of a follower, before the first increment. */
  private static byte[] copy = {};

  /** The content after the first increments, and before any of them. */
  private static final List<Model> STATES = new ArrayList<>();

  private final Random random = new Random(7);

  @BeforeAll
  static void makeIncrements() {
    INCREMENTS.clear();
    STATES.clear();
    try (SimulatedDisk disk = new SimulatedDisk(2 << 20)) {
      Model model = Model.empty();
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        change(db, model, 0, 20);
        STATES.add(model.copy());
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        BackupReport report = db.backup(Channels.newChannel(full));
        try (Follower follower =
            Follower.create(channel(full.toByteArray()), COPY, disk.options(OPTIONS), SILENT)) {
          assertThat(follower.position().txnId()).isEqualTo(report.txnId());
        }
        copy = disk.content(COPY);
        int[] commits = {25, 1, 25, 8};
        for (int i = 0; i < commits.length; i++) {
          change(db, model, 100 * (i + 1), commits[i]);
          if (i == 2) {
            db.compact();
          }
          STATES.add(model.copy());
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          long since = report.txnId();
          report = db.backupSince(report, Channels.newChannel(out));
          INCREMENTS.add(new Increment(since, out.toByteArray(), STATES.getLast()));
        }
      }
    }
  }

  private static void change(Database db, Model model, long seed, int commits) {
    for (int i = 0; i < commits; i++) {
      long key = (seed + i) * 7 % 13;
      byte[] value = Model.value(seed + i, i % 9 == 3 ? 3000 : 60);
      model.entries("t").put(key, value);
      db.update(tx -> tx.put(Model.table("t"), key, value));
    }
  }

  private static java.nio.channels.ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  private static SimulatedDisk disk() {
    SimulatedDisk disk = new SimulatedDisk(2 << 20);
    disk.put(COPY, copy);
    return disk;
  }

  /** What a process does that follows; counts the increments that were applied. */
  private static final class Work {
    private int applied;
    private boolean promotes;
    private boolean isPromoted;

    void on(SimulatedDisk disk) {
      Follower follower = Follower.open(COPY, disk.options(OPTIONS));
      boolean done = false;
      try {
        for (Increment increment : INCREMENTS) {
          if (increment.since == follower.position().txnId()) {
            Follower.Position _ = follower.apply(channel(increment.bytes), Duration.ZERO, SILENT);
            applied = STATES.indexOf(increment.after);
          }
        }
        if (promotes) {
          Object _ = follower.promote();
          isPromoted = true;
        }
        done = true;
      } finally {
        if (done) {
          follower.close();
        } else {
          ImageCheck.discard(follower.database());
        }
      }
    }
  }

  private static void atStep(SimulatedDisk disk, int step, Runnable action) {
    int[] left = {step};
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (STEPS.contains(call) && left[0]-- == 0) {
            disk.onCall((c, f, o, b) -> {});
            action.run();
          }
        });
  }

  private static int steps() {
    int[] count = new int[1];
    try (SimulatedDisk disk = disk()) {
      disk.onCall((call, file, offset, bytes) -> count[0] += STEPS.contains(call) ? 1 : 0);
      Work work = new Work();
      work.promotes = true;
      work.on(disk);
      disk.onCall((call, file, offset, bytes) -> {});
      assertHolds(disk, STATES.size() - 1);
    }
    return count[0];
  }

  /** The file is a database by now, or still a follower's. */
  private static int assertHolds(SimulatedDisk disk, int least) {
    try (Database db = Database.open(COPY, disk.options(OPTIONS).withReadOnly(true))) {
      CheckReport _ = db.check().throwIfBad();
      return STATES.indexOf(ImageCheck.find(db, STATES.subList(least, STATES.size())));
    }
  }

  /** Before the follower's next start others may read the file, or are told that they cannot. */
  private static void assertReadable(SimulatedDisk disk, int least) {
    try {
      int _ = assertHolds(disk, least);
    } catch (RecoveryNeededException e) {
      assertThat(e).hasMessageContaining("Follower.open");
    }
  }

  private static void goOn(SimulatedDisk disk, Work before) {
    assertReadable(disk, before.applied);
    Work again = new Work();
    try {
      try (Follower follower = Follower.open(COPY, disk.options(OPTIONS))) {
        CheckReport _ = follower.database().check().throwIfBad();
        Model found =
            ImageCheck.find(follower.database(), STATES.subList(before.applied, STATES.size()));
        assertThat(found).isNotNull();
      }
      again.on(disk);
      assertThat(again.applied).isIn(0, STATES.size() - 1);
    } catch (dev.pando.error.FollowerFileException e) {
      assertThat(before.promotes).isTrue(); // it was promoted, and the call did not return
    }
    assertThat(assertHolds(disk, STATES.size() - 1)).isEqualTo(STATES.size() - 1);
    assertThat(disk.exists(COPY.resolveSibling("follower.pando-increment"))).isFalse();
  }

  @Test
  void everyCallOfTheFollower() {
    int steps = steps();
    int stride = Figures.scale() < 1 ? 3 : 1;
    long images = 0;
    int killed = 0;
    for (int step = new Random().nextInt(stride); step < steps; step += stride) {
      long found = killed(step);
      images += found;
      killed += found > 0 ? 1 : 0;
      failed(step);
    }
    System.out.printf("  %,d calls of a follower, %,d images%n", steps, images);
    assertThat(killed).isGreaterThan(60 / stride);
  }

  private long killed(int step) {
    long[] images = new long[1];
    try (SimulatedDisk disk = disk()) {
      atStep(disk, step, disk::kill);
      Work work = new Work();
      work.promotes = true;
      try {
        work.on(disk);
        return 0; // one call less than when they were counted
      } catch (KilledError e) {
        assertThat(work.isPromoted).isFalse();
      }
      disk.onCall((call, file, offset, bytes) -> {});
      disk.powerCuts(step)
          .exhaustingUpTo(6, 3)
          .forEach(
              (kind, left) -> {
                images[0]++;
                check(step, kind, left, work);
              });
      try (SimulatedDisk after = disk.afterKill()) {
        check(step, "kill", after, work);
      }
    }
    return images[0];
  }

  private void check(int step, String kind, SimulatedDisk left, Work work) {
    try {
      if (random.nextInt(3) == 0) {
        twice(left, work);
      } else {
        goOn(left, work);
      }
    } catch (Throwable e) {
      throw new AssertionError("call " + step + ", " + kind, e);
    }
  }

  /** The next process dies, too, probably while it completes what the first one has begun. */
  private void twice(SimulatedDisk left, Work before) {
    atStep(left, random.nextInt(25), left::kill);
    Work second = new Work();
    second.applied = before.applied;
    second.promotes = before.promotes;
    try {
      second.on(left);
      left.onCall((call, file, offset, bytes) -> {});
      int _ = assertHolds(left, STATES.size() - 1);
    } catch (KilledError e) {
      try (SimulatedDisk next = left.powerCuts(random.nextLong()).any()) {
        goOn(next, second);
      }
      try (SimulatedDisk next = left.afterKill()) {
        goOn(next, second);
      }
    } catch (dev.pando.error.FollowerFileException e) {
      assertThat(before.promotes).isTrue();
      left.onCall((call, file, offset, bytes) -> {});
      int _ = assertHolds(left, STATES.size() - 1);
    }
  }

  private void failed(int step) {
    try (SimulatedDisk disk = disk()) {
      atStep(
          disk,
          step,
          () -> {
            throw new StorageIoException("the disk fails", null);
          });
      Work work = new Work();
      try {
        work.on(disk);
      } catch (StorageException e) {
        assertThat(e).hasStackTraceContaining("the disk fails");
      }
      disk.onCall((call, file, offset, bytes) -> {}); // housekeeping reads, too: it may come later
      try {
        goOn(disk, work);
      } catch (Throwable e) {
        throw new AssertionError("call " + step + " fails", e);
      }
    }
  }
}
