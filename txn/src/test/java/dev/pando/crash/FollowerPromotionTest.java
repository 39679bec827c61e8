package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Follower;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.ReadTxn;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A follower is promoted after its process died while it wrote an increment into free pages. These
 * pages of the source have valid checksums, and the promoted database has no commit of its own that
 * they could be taken for.
 */
class FollowerPromotionTest {
  private static final Path COPY = ImageCheck.FILE.resolveSibling("follower.pando");
  private static final int PAGE_SIZE = 512;
  private static final Options OPTIONS = ImageCheck.options(PAGE_SIZE, 8192);
  private static final Progress SILENT = (_, _) -> {};
  private static final int COMMITS = 25;

  private final Model model = Model.empty();
  private long last;
  private SimulatedDisk left;

  /** The reader keeps the source from using pages again that the follower shows. */
  @BeforeEach
  void abandonAnIncrement() {
    try (SimulatedDisk disk = new SimulatedDisk(2 << 20)) {
      byte[] increment;
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        for (int i = 0; i < COMMITS; i++) {
          byte[] value = value(i);
          model.entries("t").put(key(i), value);
          change(db, i, value);
        }
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        BackupReport report = db.backup(Channels.newChannel(full));
        Follower.create(channel(full.toByteArray()), COPY, disk.options(OPTIONS), SILENT).close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ReadTxn _ = db.beginRead()) {
          for (int i = 0; i < COMMITS; i++) {
            change(db, i, value(100 + i));
          }
          last = db.backupSince(report, Channels.newChannel(out)).txnId();
        }
        increment = out.toByteArray();
      }
      applyUntilItsMeta(disk, increment);
      left = disk.afterKill();
    }
  }

  private static void applyUntilItsMeta(SimulatedDisk disk, byte[] increment) {
    Follower follower = Follower.open(COPY, disk.options(OPTIONS));
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.WRITE && COPY.equals(file) && offset < 3 * PAGE_SIZE) {
            disk.onCall((c, f, o, b) -> {});
            disk.kill();
          }
        });
    try {
      Follower.Position _ = follower.apply(channel(increment));
      throw new AssertionError("it was not killed");
    } catch (KilledError e) {
      ImageCheck.discard(follower.database());
    }
    disk.onCall((call, file, offset, bytes) -> {});
  }

  private static long key(int i) {
    return i * 7L % 13;
  }

  private static byte[] value(int i) {
    return Model.value(i, i % 9 == 3 ? 3000 : 60);
  }

  private static void change(Database db, int i, byte[] value) {
    db.update(Durability.SYNC, tx -> tx.put(Model.table("t"), key(i), value));
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  private void promote() {
    try (Follower follower = Follower.open(COPY, left.options(OPTIONS))) {
      assertThat(follower.position().txnId()).isLessThan(last);
      Object _ = follower.promote();
    }
  }

  @Test
  void givesOutNoIdAgain() {
    promote();
    try (Database db = Database.open(COPY, left.options(OPTIONS))) {
      assertThat(db.stat().txnId()).isGreaterThan(last);
      CheckReport _ = db.check().throwIfBad();
    }
    left.close();
  }

  /** The same changes go to the same pages as at the source. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void losesNothingInPowerCuts(long seed) {
    Random random = new Random(seed);
    promote();
    try (SimulatedDisk disk = left;
        Database db = Database.open(COPY, disk.options(OPTIONS))) {
      Model now = model;
      for (int i = 0; i < COMMITS; i++) {
        byte[] value = value(200 + i);
        Model next = now.copy();
        next.entries("t").put(key(i), value);
        List<Model> possible = List.of(now, next);
        disk.onCall(
            (call, file, offset, bytes) -> {
              if (call == Call.SYNC && COPY.equals(file)) {
                cut(disk, random.nextLong(), possible);
              }
            });
        change(db, i, value);
        disk.onCall((call, file, offset, bytes) -> {});
        now = next;
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static void cut(SimulatedDisk disk, long seed, List<Model> possible) {
    disk.powerCuts(seed)
        .exhaustingUpTo(3, 3)
        .forEach(
            (kind, image) -> {
              try (Database db = Database.open(COPY, image.options(OPTIONS))) {
                assertThat(ImageCheck.find(db, possible)).as(kind).isNotNull();
                CheckReport _ = db.check().throwIfBad();
              }
            });
  }
}
