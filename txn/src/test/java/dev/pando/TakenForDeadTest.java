package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.ProcessName;
import dev.pando.txn.file.Members;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that has lost its locks, is stopped, and goes on later. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class TakenForDeadTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();

  private static String get(Database db, long key) {
    byte[] found = db.<byte[], RuntimeException>view(tx -> tx.get(PeerJvm.DATA, key));
    return found == null ? "absent" : new String(found, UTF_8);
  }

  private static void put(WriteTxn tx, long key, String value) {
    boolean _ = tx.put(PeerJvm.DATA, key, value.getBytes(UTF_8));
  }

  /** One that does not take its locks again, or some test would depend on when it does. */
  private PeerJvm openForgetful() throws IOException {
    PeerJvm peer = PeerJvm.start();
    peer.expect("opened", "open-forgetful " + file());
    return peer;
  }

  /** The system knows that it lives: nobody takes its turn, however long it is stopped. */
  @Test
  void whereTheSystemTellsItIsNot() throws Exception {
    assumeTrue(ListedLocks.areListed());
    Database db = open();
    try (PeerJvm peer = openForgetful()) {
      peer.expect("done", "put 1 before");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 theirs");
      peer.expect("copied", "copy ZIP");
      peer.signal("STOP");
      long begun = System.nanoTime();
      assertThat(db.tryBeginWrite(Duration.ofNanos(2 * Members.WATCH_NANOS))).isNull();
      assertThat(System.nanoTime() - begun).isGreaterThan(2 * Members.WATCH_NANOS);
      peer.signal("CONT");
      peer.expect("committed", "commit");
      db.update(tx -> put(tx, 2, "ours"));
      peer.expect("ours", "get 2");
      assertThat(get(db, 1)).isEqualTo("theirs");
    }
  }

  /** The system does not know it, as in another container: it is seen to beat. */
  @Test
  void whereItBeatsItIsNot() throws Exception {
    storage.life = ProcessName.Life.UNKNOWN;
    Database db = open(Options.defaults().withStorage(storage.files()));
    try (PeerJvm peer = openForgetful()) {
      peer.expect("done", "put 1 before");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("copied", "copy READ_ALL_BYTES");
      peer.expect("done", "write 1 theirs");
      assertThat(db.tryBeginWrite(Duration.ofMillis(900))).isNull();
      peer.expect("committed", "commit");
      assertThat(get(db, 1)).isEqualTo("theirs");
    }
  }

  /**
   * It neither beats nor has a lock, and the system does not know it: others go on without it. What
   * it does when it runs again harms nobody.
   */
  @Test
  void afterwardsItWritesNothing() throws Exception {
    storage.life = ProcessName.Life.UNKNOWN;
    Database db = open(Options.defaults().withStorage(storage.files()));
    try (PeerJvm peer = openForgetful()) {
      peer.expect("done", "put 1 before");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 theirs");
      peer.expect("copied", "copy FILES_COPY");
      peer.signal("STOP");
      try (WriteTxn tx = db.beginWrite()) { // when it is sure that nobody lives there
        put(tx, 2, "ours");
        tx.commit();
      }
      assertThat(db.readers()).isEmpty(); // it is forgotten
      peer.signal("CONT");
      String failed = "failed: " + DatabaseFailedException.class.getName();
      assertThat(peer.ask("commit")).startsWith(failed).contains("read or copied it");
      assertThat(peer.ask("put 1 again")).startsWith(failed);
      db.update(tx -> put(tx, 3, "goes on"));
      assertThat(get(db, 1)).isEqualTo("before");
      assertThat(get(db, 2)).isEqualTo("ours");
      peer.expect("closed twice", "close-twice");
      peer.expect("opened", "open " + file());
      peer.expect("ours", "get 2");
      peer.expect("done", "put 1 again");
      assertThat(get(db, 1)).isEqualTo("again");
    }
  }

  /** Where one that lives elsewhere is not known, a dead one costs a moment, not a wait. */
  @Test
  void aDeadOneIsNoticed() throws Exception {
    storage.life = ProcessName.Life.UNKNOWN;
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 before");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.kill();
    }
    Database db = open(Options.defaults().withStorage(storage.files()));
    db.update(tx -> put(tx, 2, "ours"));
    assertThat(get(db, 1)).isEqualTo("before");
  }

  /** Housekeeping takes them again. */
  @Test
  void locksComeBack() throws Exception {
    assumeTrue(ListedLocks.areListed());
    Database db = open();
    long before = ListedLocks.count();
    Copying.ZIP.both(file());
    assertThat(ListedLocks.count()).isLessThan(before);
    while (ListedLocks.count() < before) {
      Thread.sleep(10); // as long as the test may take
    }
    try (PeerJvm peer = PeerJvm.start()) { // and they are of use: only the kernel is asked then
      assertThat(peer.ask("open " + file())).isEqualTo("opened");
      db.update(tx -> put(tx, 1, "x"));
      peer.expect("x", "get 1");
    }
  }
}
