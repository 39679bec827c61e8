package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.DatabaseFullException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The disk is full, so that the lock file cannot grow. Needs root, to mount a small one. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FullDiskReadersTest extends DatabaseTestBase {
  private static final int READERS = 3000;

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static void fill(Path ballast) throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] piece = new byte[1024];
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space");
    }
  }

  /** Scattered, in small commits. */
  private static void overwrite(Database db, int commits) {
    for (long i = 0; i < commits; i++) {
      long key = i * 487;
      db.update(tx -> tx.put(Churn.DATA, key, new byte[Churn.VALUE]));
    }
  }

  @Test
  void othersOpenAndRead() throws Exception {
    Path mount = Files.createDirectory(directory().resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", mount.toString()),
        "skipped: needs root");
    try (PeerJvm peer = PeerJvm.start()) {
      Path file = mount.resolve("full.pando");
      Path ballast = mount.resolve("ballast");
      try (Database db = open(file, Options.defaults())) {
        Churn.load(db);
        fill(ballast);
        peer.expect("opened", "open " + file);
        peer.expect("holds " + READERS, "hold-many " + READERS);
        String sum = peer.ask("held-sum many0");
        List<ReadTxn> ours = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          ours.add(db.beginRead());
        }
        long oursSum = Churn.sum(ours.getFirst());
        assertThatThrownBy(() -> Churn.run(db, 1, 1)).isInstanceOf(DatabaseFullException.class);
        Files.delete(ballast);
        overwrite(db, 40);
        peer.expect(sum, "held-sum many" + (READERS - 1));
        assertThat(Churn.sum(ours.getLast())).isEqualTo(oursSum);
        ReadTxn later = db.beginRead(); // of another state
        final long laterSum = Churn.sum(later);
        peer.expect("freed", "free-all");
        ours.forEach(ReadTxn::close);
        overwrite(db, 40);
        assertThat(Churn.sum(later)).isEqualTo(laterSum);
        later.close();
        Await.noneReadsWithoutSlot(db, db.stat().txnId());
        Churn.run(db, 1, 2); // there is not room for that if no pages are used again
        peer.expect("sound", "check");
        peer.expect("closed", "close");
        closeChecked(db);
      }
    } finally {
      assertThat(run("umount", "-l", mount.toString())).isTrue();
    }
  }

  /** Each reader pins another state, whose meta needs room in the lock file for other processes. */
  @Test
  void writingGoesOnThoughReadersPinManyStates() throws Exception {
    Path mount = Files.createDirectory(directory().resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", mount.toString()),
        "skipped: needs root");
    try (Database db = open(mount.resolve("full.pando"), Options.defaults())) {
      Churn.load(db);
      db.update(tx -> tx.put(Churn.DATA, -1L, new byte[2 << 20]));
      db.update(tx -> tx.delete(Churn.DATA, -1L)); // its pages are free
      fill(mount.resolve("ballast"));
      List<ReadTxn> readers = new ArrayList<>();
      List<Long> sums = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        overwrite(db, 1 + i % 2);
        long key = i;
        db.update(tx -> tx.put(Churn.DATA, key, new byte[Churn.VALUE]));
        ReadTxn reader = db.beginRead();
        readers.add(reader);
        sums.add(Churn.sum(reader));
      }
      for (int i = 0; i < readers.size(); i++) {
        assertThat(Churn.sum(readers.get(i))).as("state %d", i).isEqualTo(sums.get(i));
        readers.get(i).close();
      }
      closeChecked(db);
    } finally {
      assertThat(run("umount", "-l", mount.toString())).isTrue();
    }
  }
}
