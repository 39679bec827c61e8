package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.ratis.protocol.RaftGroup;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three peers in their own processes, which are killed while clients write. */
@Tag("proof")
class ProcessesTest {
  static final List<String> ALL = List.of("n0", "n1", "n2");

  private static final List<String> SNAPSHOTS = List.of("300", "20", "32KB");

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final List<PeerProcess> peers = new ArrayList<>();

  @Test
  void losesNothingWhenPeersAreKilled() throws IOException, InterruptedException {
    System.out.println("ProcessesTest: -Dseed=" + seed);
    String text = Cluster.text("127.0.0.1", Cluster.freePorts(3));
    RaftGroup group = Peers.parse("test", text);
    try (Closeable _ = () -> PeerProcess.closeAll(peers);
        Workload workload = new Workload(group, seed)) {
      for (int i = 0; i < 3; i++) {
        peers.add(new PeerProcess(List.of(), text, Cluster.name(i), directory, SNAPSHOTS));
      }
      workload.start();
      killTheLeader(group, workload);
      PeerProcess away = killAFollower(group, workload);
      killAny(workload);
      killAny(workload);
      workload.awaitWrites(100);
      workload.stop();
      awaitAll(group, ALL);
      PeerProcess.closeAll(peers);
      assertTrue(away.logged().contains(" installs "), "no snapshot was installed");
      verify(directory, ALL, workload);
    }
  }

  private void killTheLeader(RaftGroup group, Workload workload)
      throws IOException, InterruptedException {
    workload.awaitWrites(100 + random.nextInt(100));
    int leader = leader(group);
    peers.get(leader).kill();
    workload.awaitWrites(50 + random.nextInt(300));
    assertNotEquals(leader, leader(group));
    peers.get(leader).restart();
  }

  /** It is away until the others have purged what it needs, so it gets a snapshot. */
  private PeerProcess killAFollower(RaftGroup group, Workload workload)
      throws IOException, InterruptedException {
    workload.awaitWrites(100 + random.nextInt(100));
    PeerProcess victim = peers.get((leader(group) + 1 + random.nextInt(2)) % 3);
    victim.kill();
    workload.awaitWrites(800);
    victim.restart();
    return victim;
  }

  private void killAny(Workload workload) throws IOException, InterruptedException {
    workload.awaitWrites(100 + random.nextInt(100));
    PeerProcess victim = peers.get(random.nextInt(3));
    victim.kill();
    workload.awaitWrites(50 + random.nextInt(300));
    victim.restart();
  }

  static int leader(RaftGroup group) throws IOException {
    try (TableClient table = TableClient.connect(group)) {
      return Integer.parseInt(table.leader().substring(1));
    }
  }

  /** Each peer answers a linearizable read, so it has applied all writes before it. */
  static void awaitAll(RaftGroup group, List<String> peers)
      throws IOException, InterruptedException {
    byte[] key = "last".getBytes(UTF_8);
    try (TableClient table = TableClient.connect(group)) {
      long _ = table.put(key, key);
      for (String peer : peers) {
        assertNotNull(read(table, key, peer));
      }
    }
  }

  /** A follower refuses the read while it does not know the leader, or waits for a snapshot. */
  private static byte[] read(TableClient table, byte[] key, String peer)
      throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return table.get(key, ReadMode.linearizableAt(peer));
      } catch (IOException e) {
        if (tries == 150) {
          throw e;
        }
        Thread.sleep(200); // until it has heard of the leader
      }
    }
  }

  /**
   * All peers have the same entries and results, each acknowledged entry among them, and the calls
   * an order. Positions may differ by entries of Raft itself, because the peers are closed one by
   * one, which may cause an election.
   */
  static void verify(Path directory, List<String> peers, Workload workload) {
    Cluster.Contents first = Cluster.contentsOf(directory.resolve(peers.getFirst()));
    long last = Collections.max(first.results().keySet());
    assertTrue(first.position().index() >= last);
    for (String peer : peers.subList(1, peers.size())) {
      Cluster.Contents other = Cluster.contentsOf(directory.resolve(peer));
      assertEquals(first.entries(), other.entries());
      assertEquals(first.results(), other.results());
      assertTrue(other.position().index() >= last);
      if (other.position().index() == first.position().index()) {
        assertEquals(first.position(), other.position());
      }
    }
    Map<String, String> written = workload.acknowledgedPuts();
    assertTrue(first.entries().entrySet().containsAll(written.entrySet()));
    assertEquals(List.of(), Linearizability.refused(workload.history()));
    assertTrue(workload.followerReads() > 0, "no follower has answered a read");
    long unknown = workload.history().stream().filter(call -> !call.known()).count();
    System.out.printf(
        "%d writes on all peers, %d calls in order, %d of them without an answer, %d reads at"
            + " followers%n",
        written.size(), workload.history().size(), unknown, workload.followerReads());
  }
}
