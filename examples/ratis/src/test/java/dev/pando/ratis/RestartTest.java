package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that starts again goes on at the index that its file has. */
class RestartTest {
  private static final byte[] COUNTER = "counter".getBytes(UTF_8);

  @TempDir Path directory;

  @Test
  void repeatsAndSkipsNothingWithoutASnapshot() throws IOException {
    countAndRestart(1_000_000);
  }

  @Test
  void repeatsAndSkipsNothingAfterSnapshots() throws IOException {
    countAndRestart(15);
  }

  /** An entry that is applied twice finds another value than it expects, or counts too far. */
  private void countAndRestart(long threshold) throws IOException {
    int count = 0;
    try (Cluster cluster = new Cluster(directory, 1, threshold, 0, "8KB")) {
      for (int round = 0; round < 3; round++) {
        try (TableClient table = cluster.connect()) {
          for (int i = 0; i < 20; i++) {
            byte[] before = count == 0 ? null : number(count);
            assertTrue(table.compareAndSet(COUNTER, before, number(++count)));
            long _ = table.put(number(count), number(count));
          }
        }
        cluster.stop(0);
        cluster.start(0);
        try (TableClient table = cluster.connect()) {
          assertEquals(count, Integer.parseInt(Cluster.text(found(table))));
        }
      }
      Map<String, String> entries = cluster.stopAndRead().getFirst();
      assertEquals(count + 1, entries.size());
    }
  }

  /** The log before the snapshot is gone, so without the snapshot the peer could not start. */
  @Test
  void startsWithAPurgedLog() throws IOException {
    int count = 600;
    try (Cluster cluster = new Cluster(directory, 1, 50, 0, "8KB")) {
      for (int round = 0; round < 2; round++) {
        try (TableClient table = cluster.connect()) {
          for (int i = 0; i < count; i++) {
            long _ = table.put(number(round * count + i), new byte[100]);
          }
        }
        cluster.stop(0);
        assertFalse(names(cluster, "current").contains("log_0-"), "nothing was purged");
        String snapshots = names(cluster, "sm");
        assertTrue(snapshots.contains(".md5"), snapshots);
        cluster.start(0);
      }
      assertEquals(2 * count, cluster.stopAndRead().getFirst().size());
    }
  }

  private static String names(Cluster cluster, String sub) throws IOException {
    Path parent = Cluster.directoryOfGroup(cluster.storage(0)).resolve(sub);
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().toString();
    }
  }

  private static byte[] found(TableClient table) throws IOException {
    byte[] found = table.get(COUNTER);
    assertTrue(found != null, "the counter is gone");
    return found;
  }

  /** The administrator of Ratis gets the index of a complete snapshot. */
  @Test
  void makesASnapshotOnRequest() throws IOException {
    try (Cluster cluster = new Cluster(directory, 1, 1_000_000, 0, "8MB")) {
      long last = 0;
      try (TableClient table = cluster.connect()) {
        for (int i = 0; i < 20; i++) {
          last = table.put(number(i), number(i));
        }
      }
      RaftPeerId peer = RaftPeerId.valueOf("n0");
      try (RaftClient client =
          RaftClient.newBuilder()
              .setRaftGroup(cluster.group())
              .setProperties(new RaftProperties())
              .build()) {
        RaftClientReply reply = client.getSnapshotManagementApi(peer).create(1, 30_000);
        assertTrue(reply.isSuccess() && reply.getLogIndex() >= last, reply.toString());
      }
      assertEquals(20, cluster.stopAndRead().getFirst().size());
    }
  }

  private static byte[] number(int value) {
    return String.valueOf(value).getBytes(UTF_8);
  }
}
