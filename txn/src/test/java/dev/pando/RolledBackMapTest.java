package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The map that a transaction made which was rolled back, when another process commits next. */
class RolledBackMapTest extends DatabaseTestBase {
  private static final int ROUNDS = 4;

  /** What was made for the pages of a large transaction was never released. */
  @Test
  void isReleased() throws IOException {
    HookedStorage maps = new HookedStorage();
    Database db =
        open(
            Options.defaults()
                .withStorage(maps.files())
                .withSpillLimit(1 << 20)); // they are mapped
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    try (PeerJvm peer = PeerJvm.open(file())) {
      for (int round = 0; round < ROUNDS; round++) {
        rollBackMuch(db);
        peer.expect("done", "put 1 " + round);
        assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
        assertThat(maps.liveMaps()).as("maps after round %d", round).isLessThanOrEqualTo(2);
      }
      peer.expect("closed", "close");
    }
  }

  private static void rollBackMuch(Database db) {
    try (WriteTxn tx = db.beginWrite()) {
      for (long key = 0; key < 40; key++) {
        tx.put(BLOBS, key, new byte[500_000]);
      }
      for (long key = 0; key < 40; key++) {
        assertThat(tx.get(BLOBS, key)).hasSize(500_000);
      }
    }
  }
}
