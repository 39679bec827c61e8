package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files most of which is free, in runs of many chunks of the free tree. */
class LongFreeRunsTest extends DatabaseTestBase {
  private static final int SMALL_PAGE = 512;
  private static final int PAGE = 4096;
  private static final int KEYS = 200;

  /** What the file says of free pages is right after each commit, in all its forms. */
  @Test
  void longRunsComeAndGo() {
    long seed = System.nanoTime();
    System.out.println("LongFreeRunsTest: seed " + seed);
    Random random = new Random(seed);
    Options options = Options.defaults().withPageSize(random.nextBoolean() ? SMALL_PAGE : 1024);
    for (int round = 0; round < 2; round++) {
      Database db = open(options);
      for (int i = 0; i < 40; i++) {
        change(db, random);
        if (i % 4 == 0) {
          CheckReport _ = db.check().throwIfBad();
        }
      }
      closeChecked(db);
    }
  }

  private static void change(Database db, Random random) {
    int choice = random.nextInt(10);
    long large = 1000 + random.nextInt(4);
    db.update(
        tx -> {
          if (choice < 2) {
            tx.put(BLOBS, large, new byte[random.nextInt(3 << 20)]);
          } else if (choice < 4) {
            boolean _ = tx.delete(BLOBS, large);
          } else {
            for (int n = random.nextInt(1, 40); n > 0; n--) {
              tx.put(BLOBS, (long) random.nextInt(KEYS), new byte[random.nextInt(600)]);
            }
          }
        });
  }

  /** The records of a long run would be thousands: it stays one difference in the meta. */
  @Test
  void aFullMetaDoesNotWriteTheRecordsOfALongRun() throws IOException {
    fill(open(Options.defaults().withPageSize(SMALL_PAGE)));
    long pages = 1L << 22;
    StretchedFile.stretch(file(), SMALL_PAGE, pages);
    Database db = open(Options.defaults().withPageSize(SMALL_PAGE));
    for (int i = 0; i < 100; i++) {
      rewrite(db, i);
    }
    closeChecked(db);
    Meta meta = StretchedFile.newest(file(), SMALL_PAGE);
    assertThat(meta.freeTree().entries()).isLessThan(20);
  }

  /** What is rewritten moves to the beginning, so the end becomes free, and is truncated. */
  @Test
  void aFileThatIsNearlyAllFreeBecomesShort() throws IOException {
    fill(open());
    long pages = 16L << 20;
    StretchedFile.stretch(file(), PAGE, pages);
    assertThat(Files.size(file())).isGreaterThan(pages * PAGE);
    Database db = open();
    for (int i = 0; i < 60; i++) {
      rewrite(db, i);
    }
    assertThat(db.stat().pageCount()).isLessThan(pages / 100);
    closeChecked(db);
    assertThat(Files.size(file())).isLessThan(pages / 100 * PAGE);
  }

  private void fill(Database db) {
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            tx.put(BLOBS, key, new byte[100]);
          }
        });
    closeChecked(db);
  }

  private static void rewrite(Database db, int i) {
    db.update(
        Durability.ASYNC,
        tx -> {
          for (long n = 0; n < 5; n++) {
            tx.put(BLOBS, (i * 7 + n * 41) % KEYS, new byte[100]);
          }
        });
  }
}
