package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A map of the file is kept exactly as long as a reader may use it. */
class MapLivesTest extends DatabaseTestBase {
  /** The newest one, and one that the last commit replaced. */
  private static final int WITHOUT_READERS = 2;

  private static final int STEPS = 20;

  private final HookedStorage maps = new HookedStorage();

  private Database openCounted() {
    return open(Options.defaults().withStorage(maps.files()));
  }

  /** Each commit needs a longer map. */
  private static void grow(Database db, long step) {
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(BLOBS, step, new byte[400_000]);
          tx.put(NAMES, 0L, "step " + step);
        });
  }

  private static String name(ReadTxn tx) {
    return String.valueOf(tx.get(NAMES, 0L));
  }

  /** One reader kept the maps of all commits since it began. */
  @Test
  void oneReaderKeepsOneMap() {
    Database db = openCounted();
    grow(db, 0);
    try (ReadTxn scan = db.beginRead()) {
      for (int step = 1; step <= STEPS; step++) {
        grow(db, step);
        assertThat(maps.liveMaps()).as("maps after step %d", step).isLessThan(WITHOUT_READERS + 2);
      }
      assertThat(name(scan)).isEqualTo("step 0");
    }
    grow(db, STEPS + 1);
    assertThat(maps.liveMaps()).isLessThanOrEqualTo(WITHOUT_READERS);
  }

  @Test
  void eachReaderKeepsItsOwn() {
    Database db = openCounted();
    List<ReadTxn> readers = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      grow(db, step);
      if (step % 4 == 0) {
        readers.add(db.beginRead());
      }
    }
    for (int i = 0; i < readers.size(); i++) {
      assertThat(name(readers.get(i))).isEqualTo("step " + 4 * i);
    }
    assertThat(maps.liveMaps()).isLessThanOrEqualTo(readers.size() + WITHOUT_READERS);
    readers.remove(2).close();
    grow(db, STEPS);
    assertThat(maps.liveMaps()).isLessThanOrEqualTo(readers.size() + WITHOUT_READERS);
    readers.forEach(ReadTxn::close);
  }

  /** It is older than the map through which it is read. */
  @Test
  void namedSnapshotKeepsTheMapOfItsReader() {
    Database db = openCounted();
    grow(db, 0);
    db.snapshots().create("old");
    for (int step = 1; step <= 4; step++) {
      grow(db, step);
    }
    ReadTxn fork;
    try (ReadTxn old = db.snapshots().open("old")) {
      fork = old.fork();
    }
    try (fork) {
      for (int step = 5; step <= STEPS; step++) {
        grow(db, step);
        assertThat(maps.liveMaps()).isLessThan(WITHOUT_READERS + 2);
      }
      assertThat(name(fork)).isEqualTo("step 0");
      assertThat(fork.get(BLOBS, 0L)).hasSize(400_000);
      assertThat(fork.get(BLOBS, 1L)).isNull();
    }
  }
}
