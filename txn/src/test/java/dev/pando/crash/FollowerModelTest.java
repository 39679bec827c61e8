package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Follower;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.ReadTxn;
import dev.pando.error.StorageException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A follower equals its source after each increment: in random programs of the source with drops,
 * compaction, named snapshots that come, go and are restored, commits that are not synced, and
 * restarts, while the follower's process is killed and its power is cut at any call.
 */
@Tag("scaled")
class FollowerModelTest {
  private static final Path COPY = ImageCheck.FILE.resolveSibling("follower.pando");
  private static final Progress SILENT = (_, _) -> {};
  private static final int STEPS = 80;
  private static final int CAPACITY = 4 << 20;

  private final Figures figures = new Figures("programs with a follower", 300);

  @Test
  void equalsItsSource() {
    long programs = Figures.replays() ? 1 : figures.wanted();
    long compared = 0;
    long deaths = 0;
    for (long i = 0; i < programs; i++) {
      long seed = figures.seed(i);
      try (Program program = new Program(new Random(seed))) {
        program.run();
        compared += program.compared;
        deaths += program.deaths;
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    System.out.printf("  %,d times compared, %,d deaths of followers%n", compared, deaths);
    assertThat(compared).isGreaterThan(programs);
    figures.reached(programs);
  }

  private static final class Program implements AutoCloseable {
    private final Random random;
    private final Options options;
    private final RandomChanges changes;
    private final SimulatedDisk sourceDisk = new SimulatedDisk(CAPACITY);
    private SimulatedDisk disk = new SimulatedDisk(CAPACITY);
    private @Nullable Database open;
    private @Nullable Follower following;
    private @Nullable ReadTxn reader;
    private @Nullable Map<String, List<String>> seen;
    private long compared;
    private long deaths;

    Program(Random random) {
      this.random = random;
      int pageSize = 512 << random.nextInt(3);
      long log = random.nextBoolean() ? 16L * pageSize : 0;
      options = ImageCheck.options(pageSize, 8192).withLogSize(log);
      changes = new RandomChanges(random, random.nextInt(5, 400));
    }

    private Database db() {
      Database db = open;
      if (db == null) {
        db = Database.open(ImageCheck.FILE, sourceDisk.options(options));
        open = db;
      }
      return db;
    }

    private Follower follower() {
      Follower follower = following;
      if (follower == null) {
        follower = Follower.open(COPY, disk.options(options));
        following = follower;
      }
      return follower;
    }

    void run() {
      changes.write(db());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BackupReport _ = db().backup(Channels.newChannel(out));
      following = Follower.create(channel(out.toByteArray()), COPY, disk.options(options), SILENT);
      for (int i = 0; i < STEPS; i++) {
        step(db(), random.nextInt(100));
      }
      follow();
      endReader();
      follower().close();
      db().close();
    }

    private void step(Database db, int choice) {
      if (choice < 60) {
        changes.write(db);
      } else if (choice < 70) {
        changes.snapshot(db);
      } else if (choice < 73) {
        db.compact();
      } else if (choice < 88) {
        follow();
      } else if (choice < 90) {
        db.close();
        open = null;
      } else if (choice < 92) {
        endReader();
        follower().close();
        following = null;
      } else if (choice < 94) {
        read();
      } else {
        die();
      }
    }

    private void follow() {
      boolean mayStay = mayStay();
      apply();
      compare(follower().database());
      if (mayStay) {
        verifyReader();
      }
    }

    private void apply() {
      Follower.Position position = follower().position();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BackupReport report =
          db().backupSince(
                  position.incarnation(), position.txnId(), Channels.newChannel(out), SILENT);
      if (report.txnId() == 0) {
        return;
      }
      Follower.Position now = follower().apply(channel(out.toByteArray()), Duration.ZERO, SILENT);
      assertThat(now.txnId()).isEqualTo(report.txnId());
    }

    /** Usually there is no reader: each one that is in the way takes more than a second to end. */
    private boolean mayStay() {
      if (reader != null && random.nextInt(8) > 0) {
        endReader();
      }
      return reader != null;
    }

    private void read() {
      endReader();
      reader = follower().database().beginRead();
      seen = RandomChanges.content(reader);
    }

    /** It sees what it saw, or it was ended. */
    private void verifyReader() {
      Map<String, List<String>> now;
      try {
        now = RandomChanges.content(Objects.requireNonNull(reader));
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("was ended");
        return;
      }
      assertThat(now).isEqualTo(seen);
    }

    private void endReader() {
      ReadTxn tx = reader;
      if (tx != null) {
        tx.close();
        reader = null;
      }
    }

    /** The follower's process dies at some call, while it applies an increment or after that. */
    private void die() {
      endReader();
      Follower dying = follower();
      int[] left = {random.nextInt(60)};
      disk.onCall(
          (_, _, _, _) -> {
            if (left[0]-- == 0) {
              disk.onCall((_, _, _, _) -> {});
              disk.kill();
            }
          });
      try {
        apply();
      } catch (KilledError e) {
        deaths++;
      }
      SimulatedDisk next =
          random.nextBoolean() ? disk.afterKill() : disk.powerCuts(random.nextLong()).any();
      disk.kill();
      ImageCheck.discard(dying.database());
      disk.close();
      disk = next;
      following = null;
      CheckReport _ = follower().database().check().throwIfBad();
    }

    private static java.nio.channels.ReadableByteChannel channel(byte[] bytes) {
      return Channels.newChannel(new ByteArrayInputStream(bytes));
    }

    private void compare(Database copy) {
      assertThat(RandomChanges.content(copy)).isEqualTo(RandomChanges.content(db()));
      assertThat(copy.check().throwIfBad().problems()).isEmpty();
      compared++;
    }

    @Override
    public void close() {
      disk.kill(); // after a failure databases are open, whose threads would go on for ever
      sourceDisk.kill();
      for (Database db : Arrays.asList(open, following == null ? null : following.database())) {
        if (db != null) {
          try {
            db.close();
          } catch (KilledError | StorageException e) {
            // it is dead
          }
        }
      }
      disk.close();
      sourceDisk.close();
    }
  }
}
