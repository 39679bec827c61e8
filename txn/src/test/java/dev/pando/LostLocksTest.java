package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program reads, copies or packs the files of its open database. The system then drops all record
 * locks of the process: other processes took it for dead, wrote while it wrote, and reset the
 * memory that all share.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostLocksTest extends DatabaseTestBase {
  private static final boolean FULL = Figures.scale() >= 10;

  private PeerJvm peer;
  private PeerJvm stranger;
  private int way = new Random().nextInt(Copying.values().length);

  @BeforeAll
  void startPeers() throws IOException {
    peer = PeerJvm.start();
    stranger = PeerJvm.start();
  }

  @AfterAll
  void endPeers() {
    peer.close();
    stranger.close();
  }

  /** One for each way at the full scale, else one. */
  private static IntStream turns() {
    return IntStream.range(0, FULL ? Copying.values().length : 1);
  }

  /** Begins with another way each time; each stage has the next one. */
  private Copying nextWay() {
    return Copying.values()[way++ % Copying.values().length];
  }

  private void copy() {
    try {
      nextWay().both(file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(WriteTxn tx, long key, String value) {
    boolean _ = tx.put(PeerJvm.DATA, key, value.getBytes(UTF_8));
  }

  private static String get(Database db, long key) {
    byte[] found = db.<byte[], RuntimeException>view(tx -> tx.get(PeerJvm.DATA, key));
    return found == null ? "absent" : new String(found, UTF_8);
  }

  /** Nobody else writes, and the next process joins. */
  private void othersWait() throws IOException {
    peer.expect("not yet", "try-begin 20");
    stranger.expect("opened", "open " + file());
    stranger.expect("not yet", "try-begin 20");
    stranger.expect("closed", "close");
  }

  @ParameterizedTest
  @MethodSource("turns")
  void inTheWritersProcess(int turn) throws Exception {
    way = FULL ? turn : way;
    System.out.println("LostLocksTest: from way " + way % Copying.values().length);
    HookedStorage storage = new HookedStorage();
    Database db = open(Options.defaults().withStorage(storage.files()).withSpillLimit(64 << 10));
    peer.expect("opened", "open " + file());
    peer.expect("done", "put 1 before");
    copy(); // nobody writes
    peer.expect("done", "put 2 between");
    assertThat(get(db, 2)).isEqualTo("between");

    WriteTxn tx = db.beginWrite();
    copy();
    othersWait();
    put(tx, 3, "ours");
    copy();
    othersWait();
    for (int i = 0; i < 100; i++) { // spilled
      boolean _ = tx.put(BLOBS, (long) i, new byte[3000]);
    }
    copy();
    othersWait();
    atEachWriteAndSync(storage, tx);
    peer.expect("ours", "get 3");
    peer.expect("done", "put 4 theirs");
    assertThat(get(db, 4)).isEqualTo("theirs");
    db.update(end -> put(end, 5, "ours again"));
    peer.expect("ours again", "get 5");
    peer.expect("sound", "check");
    peer.expect("closed", "close");
    closeChecked(db);
    Database again = open();
    for (String value : List.of("1 before", "2 between", "3 ours", "4 theirs", "5 ours again")) {
      String[] parts = value.split(" ", 2);
      assertThat(get(again, Long.parseLong(parts[0]))).isEqualTo(parts[1]);
    }
  }

  /** In the commit: before each write and each sync the locks are lost, and others wait. */
  private void atEachWriteAndSync(HookedStorage storage, WriteTxn tx) {
    Runnable lose =
        () -> {
          copy();
          try {
            peer.expect("not yet", "try-begin 1");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    storage.beforeWrite = lose;
    storage.afterWrite = lose;
    storage.beforeSync = lose;
    storage.afterSync = lose;
    tx.commit();
    Runnable nothing = () -> {};
    storage.beforeWrite = nothing;
    storage.afterWrite = nothing;
    storage.beforeSync = nothing;
    storage.afterSync = nothing;
  }

  /** Its pages are not used again, and what another process reads stays as it is. */
  @ParameterizedTest
  @MethodSource("turns")
  void inAReadersProcess(int turn) throws Exception {
    Database db = open();
    Churn.load(db);
    peer.expect("opened", "open " + file());
    assertThat(peer.ask("hold a")).startsWith("holds");
    String sum = peer.ask("held-sum a");
    peer.expect("copied", "copy " + nextWay());
    db.update(tx -> put(tx, -1, "x")); // looks for dead ones, ten times a second at most
    Thread.sleep(110);
    Churn.run(db, 1, 2);
    peer.expect(sum, "held-sum a");
    stranger.expect("opened", "open " + file()); // takes over the writing
    stranger.expect("done", "churn 4 1");
    peer.expect(sum, "held-sum a");
    stranger.expect("closed", "close");
    peer.expect("freed", "free a");
    peer.expect("closed", "close");
  }

  /** The one that is left alone after that is not alone. */
  @Test
  void nobodyElseBelievesToBeAlone() throws Exception {
    Database db = open();
    db.update(tx -> put(tx, 1, "x"));
    copy();
    peer.expect("opened", "open " + file());
    db.update(tx -> put(tx, 2, "y"));
    peer.expect("y", "get 2");
    peer.expect("done", "put 3 z");
    assertThat(get(db, 3)).isEqualTo("z");
    copy();
    peer.expect("closed", "close"); // would cut the file, if it were the last one
    db.update(tx -> put(tx, 4, "w"));
    closeChecked(db);
    assertThat(get(open(), 4)).isEqualTo("w");
  }
}
