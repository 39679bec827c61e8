package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.testkit.SimulatedDisk;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The last process that closes a database cuts off what was allocated ahead, and nothing else. */
class LastOneClosesTest {
  private static final Path FILE = ImageCheck.FILE;

  /**
   * A process that has looked at nothing since another one wrote was the last to close, and would
   * cut the file to the length that it knew.
   */
  @Test
  void whoKnowsAnOlderCommitCutsToTheNewest() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      Database first = Database.open(FILE, disk.options(ImageCheck.options(512, 512)));
      first.update(tx -> tx.put(Model.table("t"), 1L, new byte[10]));
      Database second = Database.open(FILE, disk.options(ImageCheck.options(512, 512)));
      second.update(tx -> tx.put(Model.table("t"), 2L, new byte[50_000]));
      second.close();
      first.close();
      try (Database db = Database.open(FILE, disk.options(ImageCheck.options(512, 512)))) {
        assertThat(db.<Long, RuntimeException>view(tx -> tx.count(Model.table("t")))).isEqualTo(2);
        CheckReport _ = db.check().throwIfBad();
      }
    }
  }

  /**
   * A process found a commit that was not on disk, wrote nothing, and cut the file to that commit's
   * length when it closed: a power cut that kept the new length and lost the commit lost both that
   * and the one before, whose pages had been cut off.
   */
  @Test
  void whoHasSyncedNothingCutsNothing() {
    Random random = new Random(0);
    try (ProcessesRun run =
        new ProcessesRun(new ImageCheck(512, 2048, 12, random), 1, 4, 2, random)) {
      run.step(r -> r.createSnapshot("a"));
      run.step(r -> r.put("one", 0, 0));
      run.step(
          r -> {
            for (long key = 0; key < 69; key++) {
              r.put("two", key, 30);
            }
          });
      run.plan(Fault.KILL_IN_WRITE, 12); // within close
      run.step(r -> r.commit(Durability.SYNC));
      run.step(r -> r.put("three", 50, 3));
      run.step(Member::reopen);
      run.step(Member::compact);
      run.step(Member::reopen);
      run.step(r -> r.put("one", 100, 30));
      assertThat(run.faults).isEqualTo(1);
      run.verify();
    }
  }
}
