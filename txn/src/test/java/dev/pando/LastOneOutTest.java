package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The last process that closes the database cut the file to the newest commit that it had looked
 * at: what others had committed since, acknowledged and on disk, was cut off.
 */
class LastOneOutTest extends DatabaseTestBase {
  @Test
  void keepsWhatItHasNotSeen() throws Exception {
    for (int i = 0; i < 3; i++) { // now and then it looks by itself
      Database db = open();
      db.update(tx -> tx.put(NAMES, 1L, "small"));
      long round;
      try (PeerJvm peer = PeerJvm.open(file())) {
        peer.expect("done", "churn 0 1");
        round = Long.parseLong(peer.ask("rounds SYNC 1"));
        peer.expect("closed", "close");
        db.close();
      }
      Database again = open();
      assertThat(again.<Long, RuntimeException>view(SoakRounds::verify)).isEqualTo(round);
      closeChecked(again);
    }
  }

  @Test
  void keepsWhatADeadOneCommitted() throws Exception {
    for (int i = 0; i < 3; i++) {
      Database db = open();
      db.update(tx -> tx.put(NAMES, 1L, "small"));
      long round;
      try (PeerJvm peer = PeerJvm.open(file())) {
        peer.expect("done", "churn 0 1");
        round = Long.parseLong(peer.ask("rounds SYNC 1"));
        peer.kill();
        db.close();
      }
      Database again = open();
      assertThat(again.<Long, RuntimeException>view(SoakRounds::verify)).isEqualTo(round);
      closeChecked(again);
    }
  }
}
