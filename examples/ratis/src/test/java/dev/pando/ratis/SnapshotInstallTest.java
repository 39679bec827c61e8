package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that was away while the others purged their logs gets a snapshot. */
class SnapshotInstallTest {
  private static final int STOPPED = 2;

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());

  @Test
  void bringsAPeerThatLagsUpToDate() throws IOException, InterruptedException {
    System.out.println("SnapshotInstallTest: -Dseed=" + seed);
    try (Cluster cluster = new Cluster(directory, 3, 200, 10, "16KB");
        Workload workload = new Workload(cluster.group(), seed)) {
      workload.start();
      workload.awaitWrites(50);
      cluster.stop(STOPPED);
      workload.awaitWrites(600);
      cluster.start(STOPPED);
      long index = awaitInstalled(cluster);
      workload.awaitWrites(200);
      workload.stop();
      assertTrue(index > 0, "no snapshot was installed");
      awaitSame(cluster);
      var _ = cluster.stopAndRead();
      ProcessesTest.verify(directory, ProcessesTest.ALL, workload);
    }
  }

  private static long awaitInstalled(Cluster cluster) throws IOException, InterruptedException {
    var machine = (TableStateMachine) cluster.division(STOPPED).getStateMachine();
    for (int tries = 0; tries < 600 && machine.installed() < 0; tries++) {
      Thread.sleep(100); // until the leader has sent it
    }
    return machine.installed();
  }

  /** Followers apply the last entries a moment after the leader. */
  private static void awaitSame(Cluster cluster) throws IOException, InterruptedException {
    try (TableClient table = cluster.connect()) {
      long last = table.put("last".getBytes(UTF_8), new byte[0]);
      for (int i = 0; i < 3; i++) {
        assertNotNull(table.get("last".getBytes(UTF_8), ReadMode.linearizableAt(Cluster.name(i))));
        assertTrue(cluster.division(i).getInfo().getLastAppliedIndex() >= last);
      }
    }
  }
}
