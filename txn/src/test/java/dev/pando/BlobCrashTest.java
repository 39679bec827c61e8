package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random changes of large values on a disk whose power is cut at any call: each disk that may be
 * left has all values of the last commit, or of the one under way. {@code -Dcrash.seed=} runs one
 * again.
 */
@Tag("proof")
@Tag("scaled")
final class BlobCrashTest {
  private static final Path FILE = Path.of("/simulated/blobs.pando");

  private final Thread me = Thread.currentThread();
  private Random random = new Random();
  private BlobTable<Integer> table = BlobTable.of("files", Codec.u32());
  private ExpectedBlobs acknowledged = new ExpectedBlobs(table);
  private ExpectedBlobs attempted = acknowledged;
  private long images;

  /** Of so many calls, images are taken at one. */
  private int moments;

  @ParameterizedTest(name = "pages of {0} bytes, chunks of {1}, log of {2} bytes")
  @CsvSource({
    "512,50,0,400,4",
    "512,1000,65536,400,4",
    "4096,70000,0,100,15",
    "4096,20000,1048576,100,10"
  })
  void everyPowerCutLeavesACommit(int pageSize, int chunkBytes, int logSize, int wanted, int every)
      throws IOException {
    moments = every;
    Figures figures =
        new Figures(
            "crashes of commits, chunks of %d, log of %d".formatted(chunkBytes, logSize), wanted);
    for (long i = 0; i < figures.wanted(); i++) {
      long seed = figures.seed(i);
      random = new Random(seed);
      table = BlobTable.of("files", Codec.u32(), chunkBytes);
      acknowledged = new ExpectedBlobs(table);
      attempted = acknowledged;
      Options options = Options.defaults().withPageSize(pageSize).withLogSize(logSize);
      try (SimulatedDisk disk = new SimulatedDisk(64L << 20)) {
        run(disk, options);
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    assertThat(images).isPositive();
    figures.reached(figures.wanted());
  }

  private void run(SimulatedDisk disk, Options options) throws IOException {
    try (Database db = Database.open(FILE, disk.options(options))) {
      disk.onCall(
          (call, _, _, _) -> {
            boolean changes = call == Call.WRITE || call == Call.SYNC || call == Call.SYNC_RANGE;
            if (changes && Thread.currentThread() == me && random.nextInt(moments) == 0) {
              disk.powerCuts(random.nextLong())
                  .exhaustingUpTo(3, 2)
                  .forEach((kind, left) -> verify(kind, left, options));
            }
          });
      for (int i = 0; i < 4; i++) {
        try (WriteTxn tx = db.beginWrite()) {
          ExpectedBlobs next = acknowledged.copy();
          for (int changes = random.nextInt(4); changes >= 0; changes--) {
            next.change(tx, random);
          }
          attempted = next;
          tx.commit();
          acknowledged = next;
        }
      }
      disk.onCall((_, _, _, _) -> {});
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private void verify(String kind, SimulatedDisk left, Options options) {
    images++;
    try (Database db = Database.open(FILE, left.options(options))) {
      ExpectedBlobs found = db.view(tx -> ExpectedBlobs.of(tx, table));
      assertThat(found.equals(acknowledged) || found.equals(attempted))
          .as("%s: %s, acknowledged %s, attempted %s", kind, found, acknowledged, attempted)
          .isTrue();
      CheckReport _ = db.check().throwIfBad();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
