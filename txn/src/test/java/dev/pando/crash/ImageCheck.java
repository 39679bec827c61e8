package dev.pando.crash;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.error.StorageException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a crash left: one of the states that may be there must be there, whole, and nothing
 * else. Of some images it also demands that they can be written, that opening them twice changes
 * nothing, and that a crash while they are recovered is as harmless as the first one.
 */
final class ImageCheck {
  static final Path FILE = Path.of("/simulated/data.pando");

  private final Options options;
  private final int pageSize;

  /** Of so many images one is written to. */
  private final int writeEvery;

  private final Random random;

  /** What is done with each image that was opened. */
  private Consumer<Database> whenOpened = _ -> {};

  /** Images that were opened, those of crashes within recovery apart. */
  long images;

  long imagesWithinRecovery;

  /** Images that held the commit in flight. */
  long newer;

  ImageCheck(int pageSize, long growthStep, int writeEvery, Random random) {
    this(pageSize, growthStep, writeEvery, logSize(pageSize, random), random);
  }

  /** As the other one; {@code logSize} is 0 for no commit log. */
  ImageCheck(int pageSize, long growthStep, int writeEvery, long logSize, Random random) {
    this.pageSize = pageSize;
    this.writeEvery = writeEvery;
    this.random = random;
    options = options(pageSize, growthStep).withLogSize(logSize);
  }

  /**
   * The commit log's size: {@code -Dcrash.log=on} and {@code off} say whether there is one.
   * Otherwise chance decides, and two of three programs have one.
   */
  private static long logSize(int pageSize, Random random) {
    long bytes = 16L * pageSize << random.nextInt(3);
    boolean isOn = random.nextInt(3) > 0;
    return switch (System.getProperty("crash.log", "either")) {
      case "on" -> bytes;
      case "off" -> 0;
      default -> isOn ? bytes : 0;
    };
  }

  /** Options without a commit log. */
  static Options options(int pageSize, long growthStep) {
    return Options.defaults()
        .withLogSize(0)
        .withPageSize(pageSize)
        .withGrowthStep(growthStep)
        .withSpillLimit(64 << 10)
        .withCloseTimeout(Duration.ZERO)
        .withReaderWarning(null)
        .withSyncInterval(null);
  }

  Options options() {
    return options;
  }

  /** From now on this is done first with each image that was opened. */
  void whenOpened(Consumer<Database> action) {
    whenOpened = action;
  }

  private Database open(SimulatedDisk disk) {
    Database db = Database.open(FILE, disk.options(options));
    whenOpened.accept(db);
    return db;
  }

  /** Whether databases have a commit log. */
  boolean isLogged() {
    return options.logSize() != 0;
  }

  /** Whether a call of the disk writes a meta. */
  boolean isMeta(Call call, @Nullable Path file, long offset) {
    return FILE.equals(file) && call == Call.WRITE && offset < 3L * pageSize;
  }

  /** What is left after a power cut has little room: the same on a disk that has more. */
  static SimulatedDisk roomy(SimulatedDisk left, long capacity) {
    SimulatedDisk next = new SimulatedDisk(capacity);
    if (left.exists(FILE)) {
      next.put(FILE, left.content(FILE));
    }
    left.close();
    return next;
  }

  /**
   * Verifies everything that a power cut may leave now.
   *
   * @param possible the states that may be there, the newest last
   */
  void powerCuts(SimulatedDisk disk, List<Model> possible, int exhaustive, int samples) {
    disk.powerCuts(random.nextLong())
        .exhaustingUpTo(exhaustive, samples)
        .tearingHead(3L * pageSize)
        .forEach((kind, left) -> verify(kind, left, possible));
  }

  private void verify(String kind, SimulatedDisk left, List<Model> possible) {
    images++;
    try {
      Model found = random.nextInt(writeEvery) == 0 ? goOn(left, possible) : open(left, possible);
      if (possible.size() > 1 && found == possible.getLast()) {
        newer++;
      }
    } catch (Throwable e) {
      throw new AssertionError("image " + images + ", " + kind, e);
    }
  }

  /** Opens, compares, checks. */
  Model open(SimulatedDisk disk, List<Model> possible) {
    Database db = open(disk);
    Model found = find(db, possible);
    CheckReport _ = db.check().throwIfBad();
    db.close();
    return found;
  }

  /** Lets go of what a killed process had open, which changes nothing any more. */
  static void discard(Database dead) {
    try {
      dead.close();
    } catch (KilledError | StorageException e) {
      // It is dead, and the memory of its files may be in use for others.
    }
  }

  /** The newest state that is there. */
  static Model find(Database db, List<Model> possible) {
    for (Model state : possible.reversed()) {
      if (state.isIn(db)) {
        return state;
      }
    }
    throw new AssertionError(
        "none of the %d states that may be there; %s".formatted(possible.size(), db.openReport()));
  }

  /** Two more commits, and crashes meanwhile; then the file is opened again. */
  private Model goOn(SimulatedDisk disk, List<Model> possible) {
    Database db = open(disk);
    Model found = find(db, possible);
    Model now = found;
    for (long key = 0; key < 2; key++) {
      now = commitOneMore(disk, db, now, key);
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
    Model _ = open(disk, List.of(now));
    return found;
  }

  private Model commitOneMore(SimulatedDisk disk, Database db, Model now, long key) {
    Model next = now.copy();
    byte[] value = Model.value(key, random.nextInt(2 * pageSize));
    next.entries("after").put(key, value);
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC || call == Call.SYNC_RANGE) {
            crashWithin(disk, List.of(now, next));
          }
        });
    db.update(Durability.SYNC, tx -> tx.put(Model.table("after"), key, value));
    disk.onCall((call, file, offset, bytes) -> {});
    return next;
  }

  private void crashWithin(SimulatedDisk disk, List<Model> possible) {
    disk.powerCuts(random.nextLong())
        .exhaustingUpTo(4, 2)
        .tearingHead(3L * pageSize)
        .forEach(
            (kind, left) -> {
              imagesWithinRecovery++;
              try {
                Model _ = open(left, possible);
              } catch (Throwable e) {
                throw new AssertionError("and then a crash within recovery, " + kind, e);
              }
            });
  }
}
