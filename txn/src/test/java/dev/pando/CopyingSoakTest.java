package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.txn.file.LockFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four processes write one database, and read, copy and pack its files at random moments, which
 * drops their locks. At scale 1 it runs for two minutes.
 */
@Tag("proof")
@Tag("scaled")
class CopyingSoakTest extends DatabaseTestBase {
  private static final int PROCESSES = 4;
  private static final long SECONDS = 120;

  @Test
  void everyAcknowledgedCommitIsThere() throws Exception {
    Figures figures = new Figures("seconds of copying under four writers", SECONDS);
    List<Process> children = new ArrayList<>();
    List<CompletableFuture<Long>> acknowledged = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        Process child = start(i, figures.seed(i), figures.wanted());
        children.add(child);
        // Threads of their own: the common pool of two cores would read one child after the other.
        acknowledged.add(
            CompletableFuture.supplyAsync(
                () -> lastAcknowledged(child), Thread::startVirtualThread));
      }
      for (Process child : children) {
        assertThat(child.waitFor()).as("seed " + figures.seed(0)).isZero();
      }
    } finally {
      for (Process child : children) {
        boolean _ =
            child.toHandle().destroyForcibly(); // not of the process: that closes its output
      }
    }
    Database db = open();
    long all = 0;
    for (int i = 0; i < PROCESSES; i++) {
      long last = acknowledged.get(i).join();
      long writer = i;
      long found = db.<Long, RuntimeException>view(tx -> Writing.last(tx, writer));
      assertThat(found).as("writer " + i + ", seed " + figures.seed(0)).isEqualTo(last);
      all += found;
    }
    assertThat(db.<Long, RuntimeException>view(Writing::total)).isEqualTo(all);
    assertThat(all).isPositive();
    System.out.println("CopyingSoakTest: " + all + " commits");
    closeChecked(db);
    figures.reached(figures.wanted());
  }

  private Process start(int number, long seed, long seconds) throws IOException {
    return ChildJvm.of(Writing.class).with("-Xmx64m").start(file(), number, seed, seconds);
  }

  private static long lastAcknowledged(Process child) {
    long last = 0;
    try (BufferedReader lines = child.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Long.parseLong(line);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return last;
  }

  /** One of the processes. */
  static final class Writing {
    private static final Table<Long, Long> COUNTS = Table.of("counts", Codec.u64(), Codec.u64());
    private static final Table<Long, byte[]> FILLING =
        Table.of("filling", Codec.u64(), Codec.bytes());
    private static final long TOTAL = 1000;

    private final Path file;
    private final long number;
    private final Random random;
    private Database db;
    private long count;

    private Writing(Path file, long number, long seed) {
      this.file = file;
      this.number = number;
      random = new Random(seed);
      db = openIt();
    }

    static long last(ReadTxn tx, long writer) {
      Long found = tx.get(COUNTS, writer);
      return found == null ? 0 : found;
    }

    static long total(ReadTxn tx) {
      return last(tx, TOTAL);
    }

    private Database openIt() {
      return Database.open(
          file,
          Options.defaults().withSpillLimit(64 << 10).withCloseTimeout(Duration.ofSeconds(20)));
    }

    /** Args: the file, the number of the process, a seed, for how many seconds. */
    public static void main(String[] args) throws IOException {
      Writing writing =
          new Writing(Path.of(args[0]), Long.parseLong(args[1]), Long.parseLong(args[2]));
      long end = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
      try {
        while (System.nanoTime() - end < 0) {
          writing.step();
        }
        CheckReport _ = writing.db.check().throwIfBad();
        writing.db.close();
      } catch (Throwable e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(3);
      }
    }

    private void step() throws IOException {
      switch (random.nextInt(12)) {
        case 0 -> {
          db.close();
          db = openIt();
        }
        case 1, 2, 3 -> copy();
        case 4 -> readAndCopy();
        case 5 -> LockFile.pause(random.nextLong(20_000_000) + 1);
        default -> write();
      }
    }

    private void copy() throws IOException {
      Copying way = Copying.values()[random.nextInt(Copying.values().length)];
      way.both(file);
    }

    private void maybeCopy() throws IOException {
      if (random.nextInt(3) == 0) {
        copy();
      }
    }

    /** What a reader sees does not change while its process loses its locks. */
    private void readAndCopy() throws IOException {
      try (ReadTxn tx = db.beginRead()) {
        long before = sum(tx);
        copy();
        LockFile.pause(random.nextLong(300_000_000) + 1);
        if (sum(tx) != before || last(tx, number) != count) {
          throw new AssertionError(tx + " has changed");
        }
      }
    }

    private static long sum(ReadTxn tx) {
      long[] sum = {total(tx)};
      for (long i = 0; i < PROCESSES; i++) {
        sum[0] -= last(tx, i);
      }
      if (sum[0] != 0) {
        throw new AssertionError(tx + " has lost updates");
      }
      long key = tx.txnId() % 50;
      byte[] filling = tx.get(FILLING, key);
      return filling == null ? total(tx) : 31 * total(tx) + filling[0];
    }

    private void write() throws IOException {
      try (WriteTxn tx = db.beginWrite()) {
        maybeCopy();
        long next = last(tx, number) + 1;
        if (next != count + 1) {
          throw new AssertionError("commit " + count + " is lost, " + (next - 1) + " is there");
        }
        boolean _ = tx.put(COUNTS, number, next);
        boolean _ = tx.put(COUNTS, TOTAL, total(tx) + 1);
        for (int i = random.nextInt(60); i > 0; i--) {
          byte[] filling = new byte[random.nextInt(5000) + 1];
          filling[0] = (byte) next;
          boolean _ = tx.put(FILLING, random.nextLong(50), filling);
        }
        maybeCopy();
        if (random.nextInt(10) == 0) {
          return; // rolled back
        }
        tx.commit(random.nextBoolean() ? Durability.SYNC : Durability.ASYNC);
        count = next;
      }
      System.out.println(count);
    }
  }
}
