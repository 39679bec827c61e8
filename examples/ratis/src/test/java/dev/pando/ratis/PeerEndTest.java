package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Options;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer of three that applies no more entries says so and closes its server, and clients go on
 * with the others.
 */
@Tag("proof")
class PeerEndTest {
  private static final TimeDuration MINUTE = TimeDuration.valueOf(1, TimeUnit.MINUTES);
  private static final int COUNT = 50;
  private static final int PAGE = 4096;

  @TempDir Path directory;

  /** It ends when it wants to be elected. Started again it waits, and may be added again. */
  @Test
  void endsAFollowerThatIsRemoved() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect();
        Members members = Members.connect(cluster.group(), MINUTE)) {
      put(table, 0);
      int follower = (leader(table) + 1) % 3;
      String name = Cluster.name(follower);
      members.remove(name);
      assertRemoved(cluster, follower);
      put(table, COUNT);
      cluster.stop(follower);
      cluster.start(follower);
      put(table, 2 * COUNT);
      assertEquals(
          LifeCycle.State.STARTING, cluster.division(follower).getInfo().getLifeCycleState());
      members.add(name, cluster.group().getPeer(RaftPeerId.valueOf(name)).getAddress());
      restartAndCompare(cluster, follower, 3 * COUNT);
    }
  }

  /** It takes itself for a member, and the leader answers that it is none. */
  @Test
  void endsAFollowerThatWasRemovedWhileItWasAway() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect();
        Members members = Members.connect(cluster.group(), MINUTE)) {
      put(table, 0);
      int follower = (leader(table) + 1) % 3;
      cluster.stop(follower);
      members.remove(Cluster.name(follower));
      cluster.start(follower);
      assertRemoved(cluster, follower);
      put(table, COUNT);
      assertEquals(2, members.list().size());
      compare(cluster, without(follower), 2 * COUNT);
    }
  }

  @Test
  void endsALeaderThatIsRemoved() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect();
        Members members = Members.connect(cluster.group(), MINUTE)) {
      put(table, 0);
      int leader = leader(table);
      members.remove(Cluster.name(leader));
      put(table, COUNT);
      assertRemoved(cluster, leader);
      put(table, 2 * COUNT);
      compare(cluster, without(leader), 3 * COUNT);
    }
  }

  private static void assertRemoved(Cluster cluster, int peer) throws InterruptedException {
    Throwable cause = cluster.awaitEnd(peer);
    assertInstanceOf(RemovedFromGroupException.class, cause);
    assertTrue(String.valueOf(cause.getMessage()).contains("can be deleted"), cause.getMessage());
  }

  /** As Ratis does when the thread that hands out entries meets an exception. */
  @Test
  void endsThePeerWhoseGroupRatisCloses() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect()) {
      put(table, 0);
      int leader = leader(table);
      cluster.division(leader).close();
      assertInstanceOf(IllegalStateException.class, cluster.awaitEnd(leader));
      put(table, COUNT);
      restartAndCompare(cluster, leader, 2 * COUNT);
    }
  }

  @Test
  void endsThePeerWhoseLogFails() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect()) {
      put(table, 0);
      int leader = leader(table);
      var cause = new IOException("No space left on device");
      cluster.division(leader).getStateMachine().event().notifyLogFailed(cause, null);
      Throwable reported = cluster.awaitEnd(leader);
      assertEquals(cause, reported.getCause());
      put(table, COUNT);
      restartAndCompare(cluster, leader, 2 * COUNT);
    }
  }

  /** A disk that fails, and is mended. */
  @ParameterizedTest
  @EnumSource(
      value = SimulatedDisk.Call.class,
      names = {"WRITE", "SYNC", "GROW"})
  void endsThePeerWhoseDiskFails(SimulatedDisk.Call failing)
      throws IOException, InterruptedException {
    List<SimulatedDisk> disks =
        List.of(new SimulatedDisk(), new SimulatedDisk(), new SimulatedDisk());
    try (Cluster cluster = cluster(i -> disks.get(i).options(Options.defaults()));
        TableClient table = cluster.connect()) {
      put(table, 0);
      int leader = leader(table);
      disks
          .get(leader)
          .onCall(
              (call, file, _, _) -> {
                if (call == failing) {
                  throw new StorageIoException(file + ": the disk fails", null);
                }
              });
      int written = COUNT;
      while (!cluster.hasEnded(leader)) {
        assertTrue(written < 1_000 * COUNT, "nothing notices that the disk fails");
        put(table, written);
        written += COUNT;
      }
      assertTrue(String.valueOf(cluster.awaitEnd(leader)).contains("the disk fails"));
      put(table, written);
      disks.get(leader).onCall((_, _, _, _) -> {});
      restartAndCompare(cluster, leader, written + COUNT);
    } finally {
      disks.forEach(SimulatedDisk::close);
    }
  }

  /** Found only when an entry touches the page. The message says to remove the peer and add it. */
  @Test
  void endsThePeerWhosePagesAreDamaged() throws IOException, InterruptedException {
    try (Cluster cluster = cluster(_ -> Options.defaults());
        TableClient table = cluster.connect();
        Members members = Members.connect(cluster.group(), MINUTE)) {
      put(table, 0);
      int follower = (leader(table) + 1) % 3;
      cluster.stop(follower);
      damage(Cluster.file(cluster.storage(follower)));
      cluster.start(follower);
      put(table, 0);
      Throwable cause = cluster.awaitEnd(follower);
      assertTrue(String.valueOf(cause.getMessage()).contains(TableStateMachine.FILE), "" + cause);
      String name = Cluster.name(follower);
      members.remove(name);
      cluster.stop(follower);
      deleteAll(cluster.storage(follower));
      cluster.startWithoutPeers(follower);
      members.add(name, cluster.group().getPeer(RaftPeerId.valueOf(name)).getAddress());
      put(table, COUNT);
      restartAndCompare(cluster, follower, 2 * COUNT);
    }
  }

  /** Changes a byte in each page that has entries. */
  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int damaged = 0;
    for (int page = 0; page < bytes.length; page += PAGE) {
      String text = new String(bytes, page, PAGE, ISO_8859_1);
      if (text.contains("key0000")) {
        bytes[page + PAGE / 2] ^= 1;
        damaged++;
      }
    }
    assertTrue(damaged > 0);
    Path _ = Files.write(file, bytes);
  }

  private static void deleteAll(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  private Cluster cluster(IntFunction<Options> options) throws IOException {
    return new Cluster(directory, 3, 1_000_000, 0, "8MB", options);
  }

  private static void restartAndCompare(Cluster cluster, int peer, int count)
      throws IOException, InterruptedException {
    cluster.stop(peer);
    cluster.start(peer);
    compare(cluster, List.of(0, 1, 2), count);
  }

  /** The peers have the entries that were put, and one more. All files are checked. */
  private static void compare(Cluster cluster, List<Integer> peers, int count)
      throws IOException, InterruptedException {
    ProcessesTest.awaitAll(cluster.group(), peers.stream().map(Cluster::name).toList());
    for (int peer : peers) {
      assertFalse(cluster.hasEnded(peer));
    }
    List<Cluster.Contents> all = cluster.stopAndReadAll();
    Cluster.Contents first = all.get(peers.getFirst());
    assertEquals(count + 1, first.entries().size());
    for (int peer : peers) {
      assertEquals(first.entries(), all.get(peer).entries());
      assertEquals(first.results(), all.get(peer).results());
    }
  }

  private static List<Integer> without(int peer) {
    return IntStream.range(0, 3).filter(one -> one != peer).boxed().toList();
  }

  private static int leader(TableClient table) throws IOException {
    return Integer.parseInt(table.leader().substring(1));
  }

  /** Each is acknowledged. */
  private static void put(TableClient table, int from) throws IOException {
    for (int i = from; i < from + COUNT; i++) {
      byte[] value = new byte[1000];
      Arrays.fill(value, (byte) i);
      long _ = table.put(key(i), value);
    }
  }

  private static byte[] key(int number) {
    return "key%06d".formatted(number).getBytes(UTF_8);
  }
}
