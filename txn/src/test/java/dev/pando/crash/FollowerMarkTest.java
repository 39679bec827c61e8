package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Follower;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Power cuts and full disks around the mark of an increment. */
class FollowerMarkTest {
  private static final Path COPY = ImageCheck.FILE.resolveSibling("follower.pando");
  private static final int PAGE_SIZE = 512;
  private static final Options OPTIONS = ImageCheck.options(PAGE_SIZE, 8192);
  private static final Progress SILENT = (_, _) -> {};
  private static final byte[] HOLE = new byte[PAGE_SIZE];

  private final Model before = Model.empty();
  private Model after;
  private byte[] copy;
  private byte[] first;
  private byte[] other;

  /** To the commit of the first one, from a later commit. */
  private byte[] later;

  @BeforeEach
  void makeIncrements() {
    try (SimulatedDisk disk = new SimulatedDisk(2 << 20);
        Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      change(db, before, 0, 20);
      ByteArrayOutputStream full = new ByteArrayOutputStream();
      BackupReport report = db.backup(Channels.newChannel(full));
      Follower.create(channel(full.toByteArray()), COPY, disk.options(OPTIONS), SILENT).close();
      copy = disk.content(COPY);
      after = before.copy();
      change(db, after, 100, 12);
      BackupReport middle =
          db.backupSince(report, Channels.newChannel(new ByteArrayOutputStream()));
      change(db, after, 112, 13);
      later = since(db, middle);
      first = since(db, report);
      change(db, after, 200, 25);
      other = since(db, report);
    }
  }

  private static byte[] since(Database db, BackupReport report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BackupReport _ = db.backupSince(report, Channels.newChannel(out));
    return out.toByteArray();
  }

  private static void change(Database db, Model model, long seed, int commits) {
    for (int i = 0; i < commits; i++) {
      long key = seed + i * 7 % 13;
      byte[] value = Model.value(seed + i, i % 9 == 3 ? 3000 : 60);
      model.entries("t").put(key, value);
      db.update(tx -> tx.put(Model.table("t"), key, value));
    }
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  private static SimulatedDisk disk(byte[] content) {
    SimulatedDisk disk = new SimulatedDisk(2 << 20);
    disk.put(COPY, content);
    return disk;
  }

  /** Applies an increment; false if it was killed. */
  private static boolean apply(SimulatedDisk disk, byte[] increment, SimulatedDisk.Hook hook) {
    Follower follower = Follower.open(COPY, disk.options(OPTIONS));
    disk.onCall(hook);
    try {
      Follower.Position _ = follower.apply(channel(increment));
      follower.close();
      return true;
    } catch (KilledError e) {
      ImageCheck.discard(follower.database());
      return false;
    } finally {
      disk.onCall((call, file, offset, bytes) -> {});
    }
  }

  private static void kill(SimulatedDisk disk) {
    disk.onCall((call, file, offset, bytes) -> {});
    disk.kill();
  }

  private void applyUntilMarked(SimulatedDisk disk) {
    boolean[] isMarked = new boolean[1];
    boolean done =
        apply(
            disk,
            first,
            (call, file, offset, bytes) -> {
              boolean isCopy = COPY.equals(file);
              isMarked[0] |= isCopy && call == Call.WRITE && offset < 3 * PAGE_SIZE;
              if (isMarked[0] && isCopy && call == Call.SYNC) {
                kill(disk);
              }
            });
    assertThat(done).isFalse();
  }

  /** The file after a power cut: with the mark of the first increment, and without its growth. */
  private byte[] withShortMark() {
    try (SimulatedDisk disk = disk(copy)) {
      applyUntilMarked(disk);
      byte[] marked = disk.content(COPY);
      assertThat(marked.length).isGreaterThan(copy.length);
      return Arrays.copyOf(marked, copy.length);
    }
  }

  /**
   * The mark is on disk, and the length of its file is not: it does not count. It must not count
   * later either, when another increment extends the file.
   */
  @Test
  void doesNotCountLater() {
    byte[] left = withShortMark();
    boolean done = false;
    for (int step = 0; !done; step++) {
      int[] steps = {step};
      try (SimulatedDisk disk = disk(left)) {
        done =
            apply(
                disk,
                other,
                (call, file, offset, bytes) -> {
                  if (steps[0]-- == 0) {
                    kill(disk);
                  }
                });
        try (SimulatedDisk next = disk.afterKill();
            Follower again = Follower.open(COPY, next.options(OPTIONS))) {
          CheckReport _ = again.database().check().throwIfBad();
          Model found = ImageCheck.find(again.database(), List.of(before, after));
          assertThat(found).isSameAs(done ? after : found);
        }
      }
    }
  }

  /** A redo overwrites nothing unless the whole increment is there that was begun. */
  @Test
  void itsIncrementIsVerifiedFirst() {
    Path side = COPY.resolveSibling("follower.pando-increment");
    byte[] damaged = first.clone();
    damaged[damaged.length - 1] ^= 1;
    for (byte[] wrong : List.of(later, damaged)) {
      try (SimulatedDisk disk = disk(copy)) {
        applyUntilMarked(disk);
        try (SimulatedDisk next = disk.afterKill()) {
          byte[] marked = next.content(COPY);
          next.put(side, wrong);
          assertThatThrownBy(() -> Follower.open(COPY, next.options(OPTIONS)))
              .isInstanceOf(CorruptFileException.class)
              .hasMessageContaining("follower.pando-increment");
          assertThat(next.content(COPY)).isEqualTo(marked);
          next.put(side, first);
          try (Follower again = Follower.open(COPY, next.options(OPTIONS))) {
            CheckReport _ = again.database().check().throwIfBad();
          }
        }
      }
    }
  }

  /** Free pages take room: a copy has holes in their places. */
  @Test
  void aFullDiskChangesNothing() {
    boolean done = false;
    for (int room = 0; !done; room++) {
      try (SimulatedDisk disk = disk(copy);
          Follower follower = Follower.open(COPY, disk.options(OPTIONS))) {
        int[] left = {room};
        disk.onCall(
            (call, file, offset, bytes) -> {
              if (COPY.equals(file) && takesRoom(disk, call, offset, bytes) && left[0]-- <= 0) {
                throw new DatabaseFullException("the disk is full", null);
              }
            });
        try {
          Follower.Position _ = follower.apply(channel(first));
          done = true;
        } catch (DatabaseFullException e) {
          assertThat(before.isIn(follower.database())).isTrue();
        }
        disk.onCall((call, file, offset, bytes) -> {});
        CheckReport _ = follower.database().check().throwIfBad();
        if (!done) {
          Follower.Position _ = follower.apply(channel(first));
          CheckReport _ = follower.database().check().throwIfBad();
        }
        assertThat(before.isIn(follower.database())).isFalse();
      }
    }
  }

  private static boolean takesRoom(SimulatedDisk disk, Call call, long offset, long bytes) {
    byte[] now = disk.content(COPY);
    if (call == Call.GROW) {
      return offset > now.length;
    }
    if (offset < 3 * PAGE_SIZE) {
      return false; // a copy is made with all of its slots
    }
    boolean isHole = offset + bytes > now.length;
    for (long page = offset; page < Math.min(offset + bytes, now.length); page += PAGE_SIZE) {
      int at = (int) page;
      isHole |= Arrays.mismatch(now, at, at + PAGE_SIZE, HOLE, 0, PAGE_SIZE) < 0;
    }
    return call == Call.WRITE && isHole;
  }
}
