package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.testkit.SimulatedDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A record that grows between small commits, whose records of the commit log name its codec. */
final class RecordGrowthLogTest extends CommitLogTestBase {
  record Old(String name) {}

  record New(String name, @Default("9") int size) {}

  private static final Table<Long, Old> OLD =
      Table.of("grown", Codec.u64(), Codec.record(Old.class));
  private static final Table<Long, New> NEW =
      Table.of("grown", Codec.u64(), Codec.record(New.class));
  private static final int EACH = 20;

  @AfterEach
  void close() {
    disk.close();
  }

  @Test
  void everyCommitSurvivesAPowerCut() {
    try (Database db = open()) {
      for (long i = 0; i < EACH; i++) {
        db.put(OLD, i, new Old("a" + i));
      }
      for (long i = EACH; i < 2 * EACH; i++) {
        db.put(NEW, i, new New("b" + i, (int) i));
        compare(afterPowerCut(), i);
      }
    }
  }

  private void compare(SimulatedDisk left, long last) {
    try (left;
        Database db = Database.open(FILE, left.options(options))) {
      assertThat(db.openReport().replayed() > 0).as("replayed").isEqualTo(last > EACH);
      for (long i = 0; i <= last; i++) {
        New expected = i < EACH ? new New("a" + i, 9) : new New("b" + i, (int) i);
        assertThat(db.get(NEW, i)).isEqualTo(expected);
      }
      String id = db.view(tx -> tx.stat("grown").valueCodec());
      assertThat(id).isEqualTo("record(name:utf8;size:i32)");
      assertThat(db.check().ok()).isTrue();
    }
  }
}
