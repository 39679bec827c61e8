package dev.pando.ratis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.ratis.protocol.RaftGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three peers, each in a network namespace of its own, while links are cut. The leader cannot reach
 * the other peers, but the clients reach it, so it could answer stale reads. Then it can reach
 * nothing. Needs root and {@code ip}; is skipped without.
 */
@Tag("proof")
class NetworkTest {
  private static final List<String> SNAPSHOTS = List.of("300", "20", "32KB");

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final List<PeerProcess> peers = new ArrayList<>();
  private final Namespaces network = new Namespaces(3);
  private boolean created;

  @BeforeEach
  void setUp() throws IOException, InterruptedException {
    assumeTrue(
        Namespaces.areAvailable(),
        "SKIPPED: cutting links needs root, Linux and ip netns; run this test as root");
    created = true;
    network.create();
  }

  /** Does nothing where the test is skipped, because there may be no {@code ip}. */
  @AfterEach
  void tearDown() throws IOException, InterruptedException {
    if (created) {
      try {
        PeerProcess.closeAll(peers);
      } finally {
        network.delete();
      }
    }
  }

  @Test
  void losesNothingWhenLinksAreCut() throws IOException, InterruptedException {
    System.out.println("NetworkTest: -Dseed=" + seed);
    RaftGroup group = Peers.parse("test", network.peers());
    for (int i = 0; i < 3; i++) {
      peers.add(
          new PeerProcess(
              network.prefix(i), network.peers(), Cluster.name(i), directory, SNAPSHOTS));
    }
    try (Workload workload = new Workload(group, seed)) {
      workload.start();
      workload.awaitWrites(200);
      cutFromPeers(ProcessesTest.leader(group), workload);
      cutFromAll(ProcessesTest.leader(group), workload);
      int follower = (ProcessesTest.leader(group) + 1 + random.nextInt(2)) % 3;
      cutFromAll(follower, workload);
      peers.get(follower).kill();
      workload.awaitWrites(50);
      peers.get(follower).restart();
      workload.awaitWrites(100);
      workload.stop();
      ProcessesTest.awaitAll(group, ProcessesTest.ALL);
      PeerProcess.closeAll(peers);
      ProcessesTest.verify(directory, ProcessesTest.ALL, workload);
    }
  }

  private void cutFromPeers(int peer, Workload workload) throws IOException, InterruptedException {
    network.cutFromPeers(peer);
    workload.awaitWrites(150);
    network.joinPeers(peer);
    workload.awaitWrites(50);
  }

  private void cutFromAll(int peer, Workload workload) throws IOException, InterruptedException {
    network.cutFromAll(peer);
    workload.awaitWrites(400);
    network.joinAll(peer);
    workload.awaitWrites(50);
  }
}
