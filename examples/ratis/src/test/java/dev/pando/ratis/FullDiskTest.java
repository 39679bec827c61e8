package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.ratis.protocol.RaftGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three peers. The first one has a small disk for its log, its database and its snapshots. Needs
 * root and {@code mount}; is skipped without.
 */
@Tag("proof")
class FullDiskTest {
  private static final List<String> SNAPSHOTS = List.of("200", "20", "32KB");

  /** Entries that need several times the room of the disk. */
  private static final int MOST = 2_000;

  @TempDir Path directory;
  private final List<PeerProcess> peers = new ArrayList<>();
  private boolean mounted;

  @BeforeEach
  void setUp() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(directory.resolve("n0"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=3m", "none", disk.toString());
    assumeTrue(mounted, "SKIPPED: a small disk needs root, Linux and mount; run this test as root");
  }

  @AfterEach
  void tearDown() throws IOException, InterruptedException {
    if (mounted) {
      assertTrue(run("umount", directory.resolve("n0").toString()));
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      if (command[0].equals("mount")) {
        return false; // there is none
      }
      throw e;
    }
  }

  /** Its process ends, the others go on, and with more room it goes on too. */
  @Test
  void endsTheProcessWhoseDiskIsFull() throws IOException, InterruptedException {
    String text = Cluster.text("127.0.0.1", Cluster.freePorts(3));
    RaftGroup group = Peers.parse("test", text);
    try (Closeable _ = () -> PeerProcess.closeAll(peers);
        TableClient table = TableClient.connect(group)) {
      for (String name : ProcessesTest.ALL) {
        peers.add(new PeerProcess(List.of(), text, name, directory, SNAPSHOTS));
      }
      PeerProcess full = peers.getFirst();
      int written = 0;
      while (full.isAlive()) {
        assertTrue(written < MOST, "the disk is full, and the process lives on");
        put(table, written++);
      }
      assertEquals(TablePeer.FAILED, full.awaitEnd());
      String log = full.logged();
      assertTrue(log.contains("ERROR") && log.contains("applies no more entries"), log);
      for (int end = written + 100; written < end; written++) {
        put(table, written);
      }
      assertTrue(run("mount", "-o", "remount,size=64m", directory.resolve("n0").toString()));
      full.restart();
      ProcessesTest.awaitAll(group, ProcessesTest.ALL);
      PeerProcess.closeAll(peers);
      compare(written);
    }
  }

  private void compare(int written) {
    Map<String, String> first = Cluster.read(directory.resolve("n0"));
    assertEquals(written + 1, first.size());
    assertEquals(first, Cluster.read(directory.resolve("n1")));
    assertEquals(first, Cluster.read(directory.resolve("n2")));
  }

  private static void put(TableClient table, int number) throws IOException {
    long _ = table.put(("key" + number).getBytes(UTF_8), new byte[2000]);
  }
}
