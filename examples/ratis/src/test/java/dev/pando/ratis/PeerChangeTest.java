package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers in their own processes that are added to a group and removed while clients write. */
@Tag("proof")
class PeerChangeTest {
  private static final List<String> SNAPSHOTS = List.of("200", "20", "32KB");
  private static final TimeDuration MINUTE = TimeDuration.valueOf(1, TimeUnit.MINUTES);

  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Map<String, PeerProcess> peers = new TreeMap<>();

  /** Replaces the leader, and then a follower that has died. */
  @Test
  void losesNothingWhenPeersAreReplaced() throws IOException, InterruptedException {
    System.out.println("PeerChangeTest: -Dseed=" + seed);
    String three = Cluster.text("127.0.0.1", Cluster.freePorts(3));
    RaftGroup group = Peers.parse("test", three);
    try (Closeable _ = this::closeAll;
        Members members = Members.connect(group, MINUTE);
        Workload workload = new Workload(group, seed)) {
      for (String name : ProcessesTest.ALL) {
        peers.put(name, new PeerProcess(List.of(), three, name, directory, SNAPSHOTS));
      }
      workload.start();
      workload.awaitWrites(400);
      add(members, "n3", workload);
      removeTheLeader(group, members, workload);
      restart("n3", members, workload);
      restart(peers.keySet().iterator().next(), members, workload);
      replaceADeadFollower(members, "n4", workload);
      workload.stop();
      List<String> left = List.copyOf(peers.keySet());
      assertEquals(3, left.size());
      ProcessesTest.awaitAll(Peers.parse("test", text(members)), left);
      closeAll();
      ProcessesTest.verify(directory, left, workload);
    }
  }

  /** Starts a peer with an empty directory, and adds it: the log before is purged. */
  private void add(Members members, String name, Workload workload)
      throws IOException, InterruptedException {
    String address = "127.0.0.1:" + Cluster.freePorts(1)[0];
    PeerProcess added = new PeerProcess(List.of(), "join=" + address, name, directory, SNAPSHOTS);
    String known = text(members);
    peers.put(name, added);
    String listed = runMembers(known, "add=" + name + "=" + address);
    members.add(name, address); // is there
    assertEquals(List.copyOf(peers.keySet()), names(members.list()));
    assertEquals(text(members).replace(",", "\n") + "\n", listed);
    assertTrue(added.logged().contains(" installs "), "no snapshot was installed");
    workload.awaitWrites(100);
  }

  /** As an administrator does. */
  private static String runMembers(String known, String change)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Members.class.getName(),
                "test",
                known,
                change)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }

  private void removeTheLeader(RaftGroup group, Members members, Workload workload)
      throws IOException, InterruptedException {
    String leader;
    try (TableClient table = TableClient.connect(group)) {
      leader = table.leader();
    }
    remove(members, leader);
    workload.awaitWrites(100);
    try (TableClient table = TableClient.connect(group)) {
      assertNotEquals(leader, table.leader());
    }
  }

  /** Removes a peer, whose process ends by itself. */
  private void remove(Members members, String name) throws IOException {
    PeerProcess removed = peers.remove(name);
    members.remove(name);
    members.remove(name); // is gone
    assertEquals(0, removed.awaitEnd());
    assertTrue(removed.logged().contains("is no longer in the group"), removed.logged());
    assertEquals(List.copyOf(peers.keySet()), names(members.list()));
  }

  /** Its arguments name other peers than there are now; it knows better from its files. */
  private void restart(String name, Members members, Workload workload)
      throws IOException, InterruptedException {
    PeerProcess peer = peers.get(name);
    peer.kill();
    workload.awaitWrites(50);
    peer.restart();
    assertEquals(List.copyOf(peers.keySet()), names(members.listAt(RaftPeerId.valueOf(name))));
    workload.awaitWrites(250);
  }

  private void replaceADeadFollower(Members members, String name, Workload workload)
      throws IOException, InterruptedException {
    String leader;
    try (TableClient table = TableClient.connect(Peers.parse("test", text(members)))) {
      leader = table.leader();
    }
    List<String> followers = new ArrayList<>(peers.keySet());
    assertTrue(followers.remove(leader));
    followers.remove("n3"); // which has been added, and stays
    PeerProcess dead = peers.get(followers.getFirst());
    dead.kill();
    add(members, name, workload);
    assertFalse(peers.remove(followers.getFirst()).isAlive());
    members.remove(followers.getFirst());
    assertEquals(List.copyOf(peers.keySet()), names(members.list()));
    workload.awaitWrites(100);
  }

  private static String text(Members members) throws IOException {
    List<String> all = new ArrayList<>();
    members.list().forEach(peer -> all.add(peer.getId() + "=" + peer.getAddress()));
    return String.join(",", all);
  }

  private static List<String> names(List<RaftPeer> peers) {
    return peers.stream().map(peer -> peer.getId().toString()).toList();
  }

  private void closeAll() throws IOException {
    PeerProcess.closeAll(List.copyOf(peers.values()));
  }
}
