package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process dies at each step of its commits, and another one goes on: it takes a commit over whose
 * meta was written, or drops it, and loses nothing that was acknowledged.
 */
@Tag("proof")
class KilledWriterTest extends DatabaseTestBase {
  private static final int COMMITS = 4;

  /** One process for the cases of {@link #anotherGoesOn}; null before the first. */
  private static @Nullable PeerJvm kept;

  @AfterAll
  static void endReader() {
    PeerJvm reader = kept;
    kept = null;
    if (reader != null) {
      reader.close();
    }
  }

  private static long round(Database db) {
    return db.<Long, RuntimeException>view(SoakRounds::verify);
  }

  private static long next(Database db) {
    return db.<Long, RuntimeException>updateAndGet(SoakRounds::write);
  }

  @ParameterizedTest
  @CsvSource({
    "written, 1, SYNC", "written, 2, SYNC", "written, 3, SYNC", "written, 5, SYNC",
    "write, 2, SYNC", "write, 4, SYNC", "written, 4, ASYNC", "written, 6, ASYNC",
    "sync, 1, SYNC", "sync, 2, SYNC", "sync, 3, SYNC", "sync, 2, ASYNC",
    "synced, 1, SYNC", "synced, 2, SYNC", "synced, 3, SYNC", "synced, 1, ASYNC"
  })
  void anotherGoesOn(String at, int n, String durability) throws Exception {
    PeerJvm reader = kept == null ? PeerJvm.start() : kept;
    kept = null; // after a failure the next case has a process of its own
    try {
      anotherGoesOn(reader, at, n, durability);
      reader.expect("closed", "close");
      kept = reader;
    } finally {
      if (kept == null) {
        reader.close();
      }
    }
  }

  private void anotherGoesOn(PeerJvm reader, String at, int n, String durability) throws Exception {
    Database db = open();
    long before = next(db);
    reader.expect("opened", "open " + file());
    assertThat(reader.ask("hold first")).startsWith("holds");
    long acknowledged = Math.max(before, untilItDies(at, n, durability));
    assertThat(round(db)).isBetween(acknowledged, acknowledged + 1);
    assertThat(reader.ask("hold second")).startsWith("holds");
    long seen = Long.parseLong(reader.ask("held-round second"));
    assertThat(seen).isBetween(acknowledged, acknowledged + 1);
    long ours = next(db);
    assertThat(ours).isBetween(Math.max(acknowledged, seen) + 1, acknowledged + 2);
    for (int i = 0; i < 5; i++) {
      long _ = next(db);
      assertThat(round(db)).isEqualTo(ours + i + 1);
    }
    reader.expect(String.valueOf(before), "held-round first");
    reader.expect(String.valueOf(seen), "held-round second");
    reader.expect("freed", "free-all");
    reader.expect(String.valueOf(ours + 6), "rounds SYNC 1");
    reader.expect("sound", "check");
  }

  @ParameterizedTest
  @CsvSource({
    "read, 1",
    "read, 2",
    "written, 2",
    "written, 4",
    "sync, 1",
    "sync, 2",
    "synced, 2",
    "write, 3"
  })
  void nobodyElseHadItOpen(String at, int n) throws Exception {
    Database first = open();
    long before = next(first);
    closeChecked(first);
    long acknowledged = Math.max(before, untilItDies(at, n, "SYNC"));
    Database db = open();
    assertThat(round(db)).isBetween(acknowledged, acknowledged + 1);
    assertThat(next(db)).isBetween(acknowledged + 1, acknowledged + 2);
  }

  /** The newest round that the process acknowledged; 0 for none. */
  private long untilItDies(String at, int n, String durability) throws Exception {
    long acknowledged = 0;
    try (PeerJvm writer = PeerJvm.start()) {
      writer.tell("open-dying " + file() + " " + at + " " + n);
      String answer = writer.answer();
      if (answer != null) {
        assertThat(answer).isEqualTo("opened");
        for (int i = 0; i < COMMITS; i++) {
          writer.tell("rounds " + durability + " 1");
          answer = writer.answer();
          if (answer == null) {
            return acknowledged;
          }
          acknowledged = Long.parseLong(answer);
          if (durability.equals("ASYNC")) {
            Thread.sleep(30); // lets the sync begin that it will die of
          }
        }
        writer.tell("close"); // writes, too
        assertThat(writer.answer()).as("has not died").isNull();
      }
    }
    return acknowledged;
  }

  @Test
  void whileItWaitsForTheTurn() throws Exception {
    Database db = open();
    long before = next(db);
    WriteTxn ours = db.beginWrite();
    try (PeerJvm dying = PeerJvm.open(file());
        PeerJvm other = PeerJvm.open(file())) {
      dying.tell("rounds SYNC 1");
      Await.nextWriter(db);
      other.tell("rounds SYNC 1");
      dying.kill();
      long _ = SoakRounds.write(ours);
      ours.commit();
      assertThat(other.answer()).isEqualTo(String.valueOf(before + 2));
      long begun = System.nanoTime();
      assertThat(next(db)).isEqualTo(before + 3);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void manyTimesInATransaction() throws Exception {
    Database db = open();
    long before = next(db);
    for (int i = 0; i < 4; i++) {
      try (PeerJvm peer = PeerJvm.open(file())) {
        assertThat(peer.ask("begin")).startsWith("writing");
        peer.expect("done", "write " + i + " lost");
        assertThat(db.tryBeginWrite(Duration.ZERO)).isNull();
        peer.kill();
      }
      if (i % 2 == 0) {
        assertThat(next(db)).isEqualTo(++before);
      }
      assertThat(db.<Long, RuntimeException>view(tx -> tx.count(PeerJvm.DATA))).isZero();
    }
  }
}
