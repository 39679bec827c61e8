package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that cannot start ends, with a message. */
class StartFailureTest {
  @TempDir Path directory;

  @Test
  void endsTheProcessWhenTheDatabaseIsDamaged() throws IOException {
    String text = Cluster.text("127.0.0.1", Cluster.freePorts(1));
    try (PeerProcess _ = new PeerProcess(List.of(), text, "n0", directory, List.of());
        TableClient table = TableClient.connect(Peers.parse("test", text))) {
      long _ = table.put("key".getBytes(UTF_8), new byte[1]);
    }
    Path file = Cluster.file(directory.resolve("n0"));
    byte[] damaged = Files.readAllBytes(file);
    Arrays.fill(damaged, (byte) 0x55);
    Path _ = Files.write(file, damaged);
    var failure =
        assertThrows(
            IOException.class,
            () -> new PeerProcess(List.of(), text, "n0", directory, List.of()).close());
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("ended with " + TablePeer.FAILED), message);
    assertTrue(message.contains(TableStateMachine.FILE), message);
  }
}
