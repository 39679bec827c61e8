package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.StorageLock;
import dev.pando.txn.readers.SlotLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock file that somebody cut, overwrote, or left behind. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class LockFileDamageTest extends DatabaseTestBase {
  private static final List<String> ORDERS =
      List.of("get 1", "txn", "put 1 y", "begin", "try-begin 10", "hold b", "check");

  private Path lockFile() {
    return file().resolveSibling(file().getFileName() + "-lock");
  }

  private void cut(long bytes) throws IOException {
    try (RandomAccessFile lock = new RandomAccessFile(lockFile().toFile(), "rw")) {
      lock.setLength(bytes);
    }
  }

  private static String get(Database db) {
    byte[] found = db.<byte[], RuntimeException>view(tx -> tx.get(PeerJvm.DATA, 1L));
    return found == null ? "absent" : new String(found, UTF_8);
  }

  /** Memory that is gone faults: each operation ends with an exception, and the JVM lives on. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 8192})
  void cutWhileOpen(int bytes) throws Exception {
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 x");
      assertThat(peer.ask("hold a")).startsWith("holds");
      cut(bytes);
      for (String order : ORDERS) {
        assertThat(peer.ask(order))
            .as(order)
            .containsPattern("failed: .*(StorageIoException|DatabaseFailed|unsafe memory access)");
      }
      // It reads the database file alone, until a process that is not named any more ends it.
      assertThat(peer.ask("held-round a"))
          .matches("0|failed: " + Pattern.quote(DatabaseFailedException.class.getName()) + ": .*");
      assertThat(peer.ask("close")).isNotEmpty();
      peer.kill();
    }
    assertThat(get(open())).isEqualTo("x");
  }

  /**
   * A commit that met the missing memory kept the turn to write and the lock of commits: whoever
   * wanted to write after it, or to close, waited for ever.
   */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "close"})
  void cutInATransaction(String order) throws Exception {
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 x");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 lost");
      cut(0);
      if (order.equals("commit")) {
        assertThat(peer.ask("commit")).startsWith("failed: ");
        assertThat(peer.ask("put 1 y")).startsWith("failed: ");
        assertThat(peer.ask("try-begin 10")).startsWith("failed: ");
      }
      assertThat(peer.ask("close")).isNotEmpty();
      peer.expect("opened", "open " + file());
      peer.expect("x", "get 1");
    }
    assertThat(get(open())).isEqualTo("x");
  }

  /** As a program does that opens it after it was cut: zeros, where the newest commit was told. */
  @Test
  void zerosWhileOpen() throws Exception {
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 x");
      assertThat(peer.ask("hold a")).startsWith("holds");
      cut(0);
      cut(StorageLock.FIRST_BYTES);
      for (String order : ORDERS) {
        assertThat(peer.ask(order))
            .as(order)
            .startsWith("failed: " + DatabaseFailedException.class.getName())
            .containsPattern(
                "(?:a program truncated or overwrote it|was truncated or overwritten) while the database was open");
      }
      peer.expect("0", "held-round a");
      try (PeerJvm other = PeerJvm.start()) {
        assertThat(other.ask("open " + file()))
            .startsWith("failed")
            .containsAnyOf("something else", "another version");
      }
      peer.expect("closed", "close");
    }
    Files.delete(lockFile()); // it is taken for somebody else's file
    assertThat(get(open())).isEqualTo("x");
  }

  /** Nothing that a lock file says counts for who finds nobody else. */
  @Test
  void leftBehind() throws Exception {
    byte[] live;
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 x");
      assertThat(peer.ask("hold-many 500")).isEqualTo("holds 500");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 lost");
      live = Files.readAllBytes(lockFile());
      peer.kill();
    }
    byte[] garbage = live.clone(); // but for the mark: what has none is refused
    new Random(1).nextBytes(garbage);
    System.arraycopy(live, 0, garbage, 0, Long.BYTES);
    byte[] newer = live.clone();
    ByteBuffer.wrap(newer).order(ByteOrder.nativeOrder()).putLong(64, 1L << 40);
    List<byte[]> all =
        List.of(
            live, // of an older boot: readers and a writer, all dead
            garbage,
            Arrays.copyOf(garbage, 70_001),
            Arrays.copyOf(live, 10),
            Arrays.copyOf(live, 8192),
            Arrays.copyOf(live, live.length / 2 + 77),
            newer,
            new byte[0],
            new byte[1 << 20]);
    for (byte[] content : all) {
      Files.write(lockFile(), content);
      Database db = open();
      assertThat(get(db)).isEqualTo("x");
      assertThat(db.stat().readers()).isZero();
      db.update(tx -> tx.put(NAMES, 1L, "goes on"));
      try (PeerJvm peer = PeerJvm.open(file())) {
        peer.expect("x", "get 1");
        peer.expect("done", "put 2 theirs");
      }
      closeChecked(db);
    }
  }

  private String poke(long from, long to) {
    return "poke " + lockFile() + " " + from + " " + SlotLayout.PID + " " + to;
  }

  /** Pids are for people: one that lives again, or is another's, holds nothing. */
  @Test
  void aPidThatIsUsedAgain() throws Exception {
    Database db = open();
    Churn.load(db);
    final long loaded = db.stat().pageCount();
    try (PeerJvm living = PeerJvm.start();
        PeerJvm dying = PeerJvm.open(file())) {
      assertThat(dying.ask("hold a")).startsWith("holds");
      dying.kill();
      living.expect("poked", poke(dying.pid(), living.pid()));
      Thread.sleep(110); // a dead process is looked for ten times a second
      Churn.run(db, 1, 6);
      assertThat(db.stat().pageCount()).isLessThan(2 * loaded + loaded / 2);
      assertThat(db.readers()).isEmpty();
    }
  }

  /** The other way round: a reader that lives is not forgotten because its pid is a dead one's. */
  @Test
  void aPidThatIsNot() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm dead = PeerJvm.start();
        PeerJvm editor = PeerJvm.start();
        PeerJvm reader = PeerJvm.open(file())) {
      dead.kill();
      assertThat(reader.ask("hold a")).startsWith("holds");
      final String sum = reader.ask("held-sum a");
      editor.expect("poked", poke(reader.pid(), dead.pid()));
      Thread.sleep(110);
      Churn.run(db, 1, 4);
      reader.expect(sum, "held-sum a");
      assertThat(db.readers()).extracting(OpenReader::pid).containsExactly(dead.pid());
    }
  }
}
