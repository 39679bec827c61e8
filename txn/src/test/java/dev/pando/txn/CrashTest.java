package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random programs on a disk that loses unsynced writes: before each sync, crash images are opened
 * and compared with the states that may be there. Then the program goes on, now and then on one of
 * the images. Rerun with {@code -Dpando.seed=}, or longer with {@code -Dpando.scale=}.
 */
final class CrashTest {
  private static final Path FILE = Path.of("/sim/crash.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final long CAPACITY = 2 << 20;

  /** Unwinds the program: the machine is off. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  private final long seed = Long.getLong("pando.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private TreeMap<Long, byte[]> acknowledged = new TreeMap<>();
  private TreeMap<Long, byte[]> inFlight = acknowledged;
  private boolean committing;
  private long images;
  private long newer;
  private int untilCrash;

  @Test
  void afterACrashThereIsTheLastAcknowledgedCommitOrTheOneInFlight() {
    System.out.println("CrashTest seed " + seed);
    byte[] disk = null;
    try {
      for (int life = 0; life < 120 * Long.getLong("pando.scale", 1L); life++) {
        disk = live(disk);
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed, e);
    }
    System.out.println("CrashTest " + images + " images, " + newer + " with the commit in flight");
    assertThat(newer).isPositive();
  }

  private static Options options(SimStorage storage) {
    return Options.defaults()
        .withPageSize(512)
        .withGrowthStep(4096)
        .withSpillLimit(64 << 10)
        .withCloseTimeout(java.time.Duration.ZERO)
        .withStorage(storage);
  }

  /** Opens, runs transactions, and returns what the disk holds at the end or after a crash. */
  private byte[] live(byte[] disk) {
    SimStorage storage = new SimStorage(CAPACITY);
    if (disk != null) {
      storage.put(FILE, disk);
    }
    Database db = Database.open(FILE, options(storage));
    untilCrash = random.nextInt(60);
    storage.hook = (operation, file) -> happens(operation, file);
    try {
      for (int i = 0; i < 30; i++) {
        transaction(db);
      }
      CheckReport _ = db.check().throwIfBad();
      db.close();
      return storage.file(FILE).liveImage();
    } catch (Crash crash) {
      byte[] left = storage.file(FILE).randomImage(random);
      return verify(left);
    }
  }

  private void happens(String operation, SimStorage.SimFile file) {
    boolean changes = !operation.equals("read") && !operation.equals("map");
    if (changes && untilCrash-- == 0) {
      throw new Crash();
    }
    if (operation.equals("sync")) {
      verifyImages(file);
    }
  }

  private void verifyImages(SimStorage.SimFile file) {
    int n = file.pendingCount();
    verify(file.image(i -> true));
    verify(file.image(i -> false));
    for (int k = 0; k < n && n < 40; k++) {
      int at = k;
      verify(file.image(i -> i != at));
      verify(file.image(i -> i == at));
      verify(file.image(i -> i < at));
      verify(file.image(i -> i > at));
    }
    for (int k = 0; k < 12; k++) {
      verify(file.randomImage(random));
    }
  }

  /** Opens an image, compares, writes to it; returns the image as it was. */
  private byte[] verify(byte[] image) {
    images++;
    SimStorage storage = new SimStorage(Math.max(image.length + (256 << 10), 512 << 10));
    storage.put(FILE, image);
    Database db = Database.open(FILE, options(storage));
    TreeMap<Long, byte[]> found = content(db);
    boolean isNew = committing && same(found, inFlight);
    if (!isNew && !same(found, acknowledged)) {
      throw new AssertionError(
          "image "
              + images
              + ": neither the acknowledged state nor the one in flight; "
              + db.openReport());
    }
    newer += isNew ? 1 : 0;
    CheckReport _ = db.check().throwIfBad();
    for (long i = 0; i < 2; i++) {
      long key = i;
      db.update(tx -> tx.put(TABLE, key, new byte[100]));
      assertThat(db.<byte[], RuntimeException>view(tx -> tx.get(TABLE, key))).hasSize(100);
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
    if (isCrashing()) {
      acknowledged = found;
      committing = false;
    }
    return image;
  }

  private boolean isCrashing() {
    return untilCrash < 0;
  }

  private static TreeMap<Long, byte[]> content(Database db) {
    TreeMap<Long, byte[]> found = new TreeMap<>();
    try (ReadTxn tx = db.beginRead()) {
      for (Entry<Long, byte[]> entry : tx.scan(TABLE)) {
        found.put(entry.key(), entry.value());
      }
    }
    return found;
  }

  private static boolean same(Map<Long, byte[]> a, Map<Long, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(e -> java.util.Arrays.equals(e.getValue(), b.get(e.getKey())));
  }

  private void transaction(Database db) {
    TreeMap<Long, byte[]> model = new TreeMap<>(acknowledged);
    try (WriteTxn tx = db.beginWrite()) {
      boolean large = random.nextInt(8) == 0; // most of these are spilled
      int size = large ? 200 + random.nextInt(300) : random.nextInt(8);
      ModelSavepoints<TreeMap<Long, byte[]>> savepoints = new ModelSavepoints<>(TreeMap::new);
      int every = random.nextInt(3) == 0 ? 2 + random.nextInt(size + 1) : Integer.MAX_VALUE;
      for (int i = 0; i < size; i++) {
        if (random.nextInt(every) == 0) {
          model = savepoints.step(tx, model, random);
        }
        operation(tx, model);
      }
      inFlight = model;
      if (random.nextInt(large ? 2 : 6) == 0) {
        return;
      }
      committing = true;
      tx.commit();
      acknowledged = model;
      committing = false;
    }
  }

  private void operation(WriteTxn tx, TreeMap<Long, byte[]> model) {
    long key = random.nextInt(250);
    if (random.nextInt(3) == 0) {
      boolean _ = tx.delete(TABLE, key);
      model.remove(key);
      return;
    }
    int kind = random.nextInt(60);
    byte[] value =
        new byte[kind == 0 ? random.nextInt(80_000) : random.nextInt(kind < 14 ? 1400 : 60)];
    random.nextBytes(value);
    boolean _ = tx.put(TABLE, key, value);
    model.put(key, value);
  }
}
