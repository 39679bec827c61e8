package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseLockedException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several JVMs with one database. */
class ProcessesTest extends DatabaseTestBase {
  private PeerJvm peer() throws Exception {
    return PeerJvm.open(file());
  }

  private Path lockFile() {
    return file().resolveSibling(file().getFileName() + "-lock");
  }

  private static String get(Database db, long key) {
    byte[] found = db.<byte[], RuntimeException>view(tx -> tx.get(PeerJvm.DATA, key));
    return found == null ? "absent" : new String(found, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static void put(Database db, long key, String value) {
    db.update(
        tx -> tx.put(PeerJvm.DATA, key, value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void eachSeesWhatTheOtherCommits() throws Exception {
    Database db = open();
    try (PeerJvm peer = peer()) {
      for (int i = 0; i < 50; i++) {
        put(db, 1, "ours " + i);
        peer.expect("ours " + i, "get 1");
        peer.expect("done", "put 1 theirs-" + i);
        assertThat(get(db, 1)).isEqualTo("theirs-" + i);
      }
      peer.expect("sound", "check");
    }
  }

  @Test
  void oneWritesAtATime() throws Exception {
    Database db = open();
    try (PeerJvm peer = peer()) {
      WriteTxn ours = db.beginWrite();
      peer.expect("not yet", "try-begin 50");
      assertThat(db.tryBeginWrite(Duration.ZERO)).isNull();
      boolean _ = ours.put(NAMES, 1L, "ours");
      ours.commit();
      assertThat(peer.ask("begin")).startsWith("writing");
      assertThat(db.tryBeginWrite(Duration.ofMillis(50))).isNull();
      peer.expect("committed", "commit");
      WriteTxn again = db.tryBeginWrite(Duration.ofMinutes(2));
      assertThat(again).isNotNull();
      again.close();
    }
  }

  @Test
  @Tag("proof")
  void aWriterThatNeverPausesLetsOthersWrite() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm peer = peer()) {
      peer.tell("churn 1 20");
      for (int i = 0; i < 20; i++) {
        put(db, -1, "ours " + i);
      }
      assertThat(peer.answer()).isEqualTo("done");
      assertThat(get(db, -1)).isEqualTo("ours 19");
      assertThat(peer.ask("get -1")).isEqualTo("ours 19");
    }
  }

  @Test
  void aReaderInAnotherProcessKeepsItsState() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm peer = peer()) {
      assertThat(peer.ask("hold a")).startsWith("holds");
      String sum = peer.ask("held-sum a");
      long loaded = db.stat().pageCount();
      Churn.run(db, 1, 10);
      assertThat(peer.ask("held-sum a")).isEqualTo(sum);
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
      peer.expect("freed", "free a");
      Churn.run(db, 11, 3);
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
    }
  }

  @Test
  @Tag("proof")
  void writersThatTakeTurnsReuseByInterval() throws Exception {
    Database db = open();
    Churn.load(db);
    long loaded = db.stat().pageCount();
    try (PeerJvm reader = peer();
        PeerJvm writer = peer()) {
      assertThat(reader.ask("hold a")).startsWith("holds");
      String sum = reader.ask("held-sum a");
      ReadTxn ours = db.beginRead();
      long oursSum = Churn.sum(ours);
      for (int round = 1; round < 11; round++) {
        writer.expect("done", "churn " + (2 * round) + " 1");
        Churn.run(db, 2 * round + 1, 1);
      }
      assertThat(reader.ask("held-sum a")).isEqualTo(sum);
      assertThat(Churn.sum(ours)).isEqualTo(oursSum);
      ours.close();
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
      writer.expect("sound", "check");
    }
  }

  @Test
  @Tag("proof")
  void writersThatComeAndGoReuseByInterval() throws Exception {
    long loaded;
    try (PeerJvm reader = PeerJvm.start()) {
      try (Database db = open()) {
        Churn.load(db);
        loaded = db.stat().pageCount();
        reader.expect("opened", "open-readonly " + file());
        assertThat(reader.ask("hold a")).startsWith("holds");
        closeChecked(db);
      }
      String sum = reader.ask("held-sum a");
      for (int round = 1; round < 9; round++) {
        try (Database db = open()) {
          Churn.run(db, round, 1);
          if (round % 2 == 0) {
            assertThat(reader.ask("hold r" + round)).startsWith("holds");
            reader.expect("freed", "free r" + round);
          }
          closeChecked(db);
        }
      }
      assertThat(reader.ask("held-sum a")).isEqualTo(sum);
    }
    Database db = open();
    assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
  }

  @Test
  @Tag("proof")
  void tenReadersHoldWhatTheySeeAndNoMore() throws Exception {
    Database db = open();
    Churn.load(db);
    long loaded = db.stat().pageCount();
    List<String> sums = new ArrayList<>();
    try (PeerJvm reader = peer();
        PeerJvm writer = peer()) {
      for (int i = 0; i < 10; i++) {
        assertThat(reader.ask("hold r" + i)).startsWith("holds");
        sums.add(reader.ask("held-sum r" + i));
        writer.expect("done", "churn " + (2 * i + 1) + " 1");
        Churn.run(db, 2 * i + 2, 1);
      }
      long peak = db.stat().pageCount();
      Churn.run(db, 100, 5);
      writer.expect("done", "churn 105 3");
      assertThat(db.stat().pageCount()).isLessThan(peak + loaded);
      assertThat(peak).isLessThan(13 * loaded);
      for (int i = 0; i < 10; i++) {
        assertThat(reader.ask("held-sum r" + i)).isEqualTo(sums.get(i));
        reader.expect("freed", "free r" + i);
      }
      long free = db.stat().freePages();
      Churn.run(db, 200, 3);
      assertThat(db.stat().pageCount()).isLessThan(peak + loaded);
      assertThat(free).isGreaterThan(5 * loaded);
    }
  }

  @Test
  void aKilledReaderHoldsNothing() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm peer = peer()) {
      assertThat(peer.ask("hold a")).startsWith("holds");
      peer.kill();
      long loaded = db.stat().pageCount();
      Thread.sleep(110); // a dead process is looked for ten times a second
      Churn.run(db, 1, 10);
      assertThat(db.stat().pageCount()).isLessThan(2 * loaded + loaded / 2);
    }
  }

  @Test
  void aWriterKilledInATransactionBlocksNobody() throws Exception {
    Database db = open();
    put(db, 1, "before");
    try (PeerJvm peer = peer()) {
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 lost");
      peer.kill();
      put(db, 2, "after");
      assertThat(get(db, 1)).isEqualTo("before");
      assertThat(get(db, 2)).isEqualTo("after");
    }
  }

  @Test
  @Tag("proof")
  void twoCreateItAtOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      Path file = directory().resolve("new" + i);
      try (PeerJvm a = PeerJvm.start();
          PeerJvm b = PeerJvm.start()) {
        a.tell("open " + file);
        b.tell("open " + file);
        assertThat(a.answer()).isEqualTo("opened");
        assertThat(b.answer()).isEqualTo("opened");
        a.tell("put 1 a");
        b.tell("put 2 b");
        assertThat(a.answer()).isEqualTo("done");
        assertThat(b.answer()).isEqualTo("done");
        a.expect("b", "get 2");
        b.expect("a", "get 1");
        a.expect("sound", "check");
      }
    }
  }

  @Test
  void theSecondOneOutCutsTheFile() throws Exception {
    try (PeerJvm peer = PeerJvm.start()) {
      try (Database db = open()) {
        put(db, 1, "x");
        peer.expect("opened", "open " + file());
        closeChecked(db);
      }
      assertThat(Files.size(file())).isGreaterThan(60_000);
      peer.expect("sound", "check");
      peer.expect("closed", "close");
      assertThat(Files.size(file())).isLessThan(40_000);
    }
    assertThat(get(open(), 1)).isEqualTo("x");
  }

  @Test
  void aLockFileThatWasDeleted() throws Exception {
    Database db = open();
    put(db, 1, "x");
    Files.delete(lockFile());
    try (PeerJvm peer = PeerJvm.start()) {
      assertThat(peer.ask("open " + file()))
          .contains(DatabaseLockedException.class.getSimpleName(), "its lock file was deleted");
    }
    assertThat(get(db, 1)).isEqualTo("x");
    Thread.sleep(1200); // a writer looks once a second
    assertThatThrownBy(() -> put(db, 1, "y"))
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("lock file was deleted");
    db.close();
    Database again = open();
    put(again, 1, "z");
    assertThat(get(again, 1)).isEqualTo("z");
  }

  @Test
  void aLockFileOfAnotherTimeMeansNothing() throws Exception {
    try (PeerJvm peer = peer()) {
      peer.expect("done", "put 1 x");
      assertThat(peer.ask("hold a")).startsWith("holds");
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.kill();
    }
    Database db = open(); // what the dead one left would hold a page and a turn for ever
    assertThat(db.stat().readers()).isZero();
    put(db, 1, "y");
    closeChecked(db);
    try (RandomAccessFile lock = new RandomAccessFile(lockFile().toFile(), "rw")) {
      byte[] rubbish = new byte[100_000];
      new java.util.Random(1).nextBytes(rubbish);
      lock.seek(Long.BYTES); // what has no mark is refused
      lock.write(rubbish);
    }
    closeChecked(open());
    Files.write(lockFile(), new byte[10]);
    assertThat(get(open(), 1)).isEqualTo("y");
  }
}
