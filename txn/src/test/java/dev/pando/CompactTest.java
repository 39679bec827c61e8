package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file becomes shorter when there is less in it. */
class CompactTest extends DatabaseTestBase {
  private long fileSize() throws Exception {
    return Files.size(file());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void whatIsLeftFitsAShortFile(int pageSize) throws Exception {
    Database db = open(Options.defaults().withPageSize(pageSize));
    Random random = new Random(pageSize);
    TreeMap<Long, byte[]> model = new TreeMap<>();
    for (int round = 0; round < 20; round++) {
      db.update(
          tx -> {
            for (int i = 0; i < 500; i++) {
              long key = random.nextLong(100_000);
              byte[] value = new byte[i % 50 == 0 ? 20_000 : random.nextInt(600)];
              random.nextBytes(value);
              tx.put(BLOBS, key, value);
              tx.put(NAMES, key, "name " + key);
              model.put(key, value);
            }
          });
    }
    db.update(
        tx -> {
          for (long key : model.keySet().toArray(Long[]::new)) {
            if (random.nextInt(10) > 0) {
              tx.delete(BLOBS, key);
              tx.delete(NAMES, key);
              model.remove(key);
            }
          }
        });
    long before = fileSize();
    db.compact();
    Stat stat = db.stat();
    assertThat(stat.freePages()).isLessThan(stat.pageCount() / 8 + 8);
    assertThat(fileSize()).isLessThan(before / 3);
    CheckReport _ = db.check().throwIfBad();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(BLOBS)).isEqualTo(model.size());
      model.forEach(
          (key, value) -> {
            assertThat(tx.get(BLOBS, key)).isEqualTo(value);
            assertThat(tx.get(NAMES, key)).isEqualTo("name " + key);
          });
    }
    db.update(tx -> tx.put(NAMES, -1L, "goes on"));
    closeChecked(db);
    closeChecked(open());
  }

  @Test
  void readersAndWritersGoOn() throws Exception {
    Database db = open();
    Churn.load(db);
    ReadTxn old = db.beginRead();
    long oldSum = Churn.sum(old);
    Churn.run(db, 1, 6);
    old.close();
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        Thread.startVirtualThread(
            () -> {
              try {
                while (!done.get()) {
                  try (ReadTxn tx = db.beginRead()) {
                    assertThat(Churn.sum(tx)).isEqualTo(Churn.sum(tx));
                  }
                }
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (long i = 0; !done.get(); i++) {
                    long key = i;
                    db.update(tx -> tx.put(NAMES, key % 100, "n" + key));
                  }
                });
    db.compact();
    done.set(true);
    reader.join();
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(db.<Long, RuntimeException>view(Churn::sum)).isNotEqualTo(oldSum);
  }

  @Test
  void aSnapshotKeepsItsPages() throws Exception {
    Database db = open();
    Churn.load(db);
    long sum = db.<Long, RuntimeException>view(Churn::sum);
    db.snapshots().create("kept");
    Churn.run(db, 1, 5);
    db.compact();
    try (ReadTxn tx = db.snapshots().open("kept")) {
      assertThat(Churn.sum(tx)).isEqualTo(sum);
    }
    CheckReport _ = db.check().throwIfBad();
    assertThat(db.snapshots().drop("kept")).isTrue();
    db.compact();
    Stat stat = db.stat();
    assertThat(stat.freePages()).isLessThan(stat.pageCount() / 8);
    assertThat(fileSize()).isLessThan(stat.pageCount() * 4096 * 5 / 4 + (2 << 20));
  }

  @Test
  void theFreeEndIsCutWithoutBeingAskedFor() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    db.update(
        tx -> {
          for (long i = 0; i < 400; i++) {
            tx.put(BLOBS, i, new byte[100_000]);
          }
        });
    long large = fileSize();
    db.update(tx -> tx.clear(BLOBS));
    for (long i = 0; i < 40; i++) {
      long key = i;
      db.update(tx -> tx.put(NAMES, key, "y"));
    }
    for (long key = 0; key < 4; key++) { // recovery does not need the large commit any more
      db.sync();
      boolean _ = db.put(NAMES, key, "z");
    }
    assertThat(fileSize()).isLessThan(large / 4);
    assertThat(db.stat().pageCount() * 4096).isLessThan(large / 4);
  }

  @Test
  void notBelowAMapOfAnotherProcess() throws Exception {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < 400; i++) {
            tx.put(BLOBS, i, new byte[100_000]);
          }
        });
    long large = fileSize();
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThat(peer.ask("hold a")).startsWith("holds");
      db.update(tx -> tx.clear(BLOBS));
      db.compact();
      assertThat(fileSize()).isGreaterThanOrEqualTo(large);
      peer.expect("freed", "free a");
      Await.until(
          "the other process releases its map by itself",
          () -> {
            db.update(tx -> tx.put(NAMES, 1L, "x"));
            return fileSize() < large / 4;
          });
      peer.expect("sound", "check");
    }
  }

  private static void fill(Database db, int entries) {
    db.update(
        tx -> {
          for (long i = 0; i < entries; i++) {
            tx.put(BLOBS, i, new byte[350]);
          }
        });
  }

  /** Leaves the leaves a third full. */
  private static void thinOut(Database db) {
    db.update(
        tx -> {
          long _ = tx.deleteIf(BLOBS, Range.all(), (key, _) -> key % 3 != 0);
        });
  }

  private static long leafPages(Database db) {
    return db.<Long, RuntimeException>view(tx -> tx.stat(BLOBS).leafPages());
  }

  @Test
  void reportsWhileItIsInOneTable() {
    Database db = open();
    fill(db, 150_000);
    thinOut(db);
    List<Long> done = new ArrayList<>();
    db.compact((part, _) -> done.add(part));
    // The table is gone through three times: twice to fill it, once to move its pages.
    assertThat(done.getFirst()).isBetween(1L, done.getLast() / 6);
    closeChecked(db);
  }

  /** With a time limit, for instance. */
  @Test
  void anExceptionOfTheProgressEndsItAndWhatIsMovedStays() throws Exception {
    Database db = open();
    fill(db, 30_000);
    thinOut(db);
    long before = leafPages(db);
    RuntimeException enough = new RuntimeException("enough");
    assertThatThrownBy(
            () ->
                db.compact(
                    (_, _) -> {
                      throw enough;
                    }))
        .isSameAs(enough);
    assertThat(leafPages(db)).isLessThan(before - 500);
    assertThat(fileSize()).isGreaterThan(before * 4096);
    db.compact();
    assertThat(fileSize()).isLessThan(5 << 20);
    closeChecked(db);
  }

  /** The first step did not fit, and was taken for the end of the table. */
  @Test
  void fillsPagesInLittleRoom() {
    Options options = Options.defaults().withLogSize(0).withPageSize(4096);
    Database db = open(options);
    fill(db, 30_000);
    db.snapshots().create("holds all pages of then");
    thinOut(db);
    long before = leafPages(db);
    long pages = db.stat().pageCount();
    closeChecked(db);
    Database full = open(options.withMaxSize((pages + 40) * 4096));
    full.compact();
    assertThat(leafPages(full)).isLessThan(before / 3 + 50);
    closeChecked(full);
  }
}
