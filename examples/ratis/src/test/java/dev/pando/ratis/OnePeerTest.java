package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All calls of a client, with a group of one peer. */
class OnePeerTest {
  @TempDir Path directory;

  @Test
  void answersEachCall() throws IOException {
    try (Cluster cluster = new Cluster(directory, 1, 1_000_000, 0, "8MB")) {
      try (TableClient table = cluster.connect()) {
        calls(table);
        refusals(table);
      }
      assertEquals(List.of(List.of("b", "c", "d")), keys(cluster));
    }
  }

  /** What another program may send; the peer goes on. */
  @Test
  void refusesForeignMessages() throws IOException {
    byte[] put = new Request.Put(bytes("a"), bytes("1")).encode();
    byte[] get = new Request.Get(bytes("a")).encode();
    try (Cluster cluster = new Cluster(directory, 1, 1_000_000, 0, "8MB");
        RaftClient client =
            RaftClient.newBuilder()
                .setRaftGroup(cluster.group())
                .setProperties(new RaftProperties())
                .build()) {
      for (byte[] wrong :
          List.of(new byte[0], bytes("hello"), get, Arrays.copyOf(put, put.length - 1))) {
        refused(() -> client.io().send(message(wrong)));
      }
      for (byte[] wrong : List.of(new byte[0], bytes("hello"), put, Arrays.copyOf(get, 99))) {
        refused(() -> client.io().sendReadOnly(message(wrong)));
      }
      assertTrue(client.io().send(message(put)).isSuccess());
      assertEquals(List.of(List.of("a")), keys(cluster));
    }
  }

  /** What sends a message and waits for the answer. */
  private interface Call {
    RaftClientReply send() throws IOException;
  }

  /** Ratis throws the exception of a write, and puts that of a read into the answer. */
  private static void refused(Call call) throws IOException {
    Exception refusal;
    try {
      refusal = call.send().getException();
    } catch (StateMachineException e) {
      refusal = e;
    }
    assertInstanceOf(StateMachineException.class, refusal);
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("RequestRefusedException"), text);
  }

  private static Message message(byte[] bytes) {
    return Message.valueOf(ByteString.copyFrom(bytes));
  }

  /** A peer would have forgotten the call, and apply it again. */
  @Test
  void refusesToSendACallForTooLong() throws IOException {
    RaftGroup group = Peers.parse("test", "n0=127.0.0.1:1");
    TimeDuration ten = TimeDuration.valueOf(10, TimeUnit.SECONDS);
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> TableClient.connect(group, ten, 6));
    assertTrue(String.valueOf(refusal.getMessage()).contains("take 63 s"), refusal.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> TableClient.connect(group, ten, Integer.MAX_VALUE));
    assertTrue(TableClient.LONGEST_CALL.compareTo(PeerSettings.CALLS_ARE_KNOWN) < 0);
    TableClient.connect(group, ten, 5).close();
  }

  private static List<List<String>> keys(Cluster cluster) throws IOException {
    return cluster.stopAndRead().stream().map(entries -> List.copyOf(entries.keySet())).toList();
  }

  private static void calls(TableClient table) throws IOException {
    assertNull(table.get(bytes("a")));
    long first = table.put(bytes("a"), bytes("1"));
    assertTrue(table.put(bytes("b"), bytes("2")) > first);
    assertArrayEquals(bytes("1"), table.get(bytes("a")));
    assertTrue(table.compareAndSet(bytes("c"), null, bytes("3")));
    assertFalse(table.compareAndSet(bytes("c"), null, bytes("4")));
    assertFalse(table.compareAndSet(bytes("c"), bytes("4"), null));
    assertTrue(table.delete(bytes("a")));
    assertFalse(table.delete(bytes("a")));
    long last = table.put(bytes("d"), new byte[0]);
    assertArrayEquals(new byte[0], table.get(bytes("d"), ReadMode.staleAt("n0", last)));
    assertArrayEquals(bytes("3"), table.get(bytes("c"), ReadMode.linearizableAt("n0")));
    assertArrayEquals(bytes("3"), table.get(bytes("c"), ReadMode.afterOwnWrites()));
    assertEquals(List.of("b", "c", "d"), keys(table.scan(null, null, 10)));
    assertEquals(List.of("c"), keys(table.scan(bytes("c"), bytes("d"), 10)));
    ScanResult two = table.scan(bytes("b"), null, 2);
    assertEquals(List.of("b", "c"), keys(two));
    assertFalse(two.complete());
    assertTrue(two.index() >= last, two.index() + " after " + last);
    assertTrue(table.scan(null, null, 3).complete());
  }

  private static void refusals(TableClient table) throws IOException {
    assertThrows(
        RequestRefusedException.class, () -> table.put(new byte[Limits.KEY + 1], bytes("x")));
    assertThrows(
        RequestRefusedException.class, () -> table.put(bytes("x"), new byte[Limits.VALUE + 1]));
    assertThrows(RequestRefusedException.class, () -> table.scan(null, null, Limits.SCAN + 1));
    assertThrows(IOException.class, () -> table.get(bytes("b"), ReadMode.staleAt("n0", 1_000_000)));
    byte[] large = new byte[Limits.VALUE];
    long _ = table.put(bytes("e"), large);
    assertArrayEquals(large, table.get(bytes("e")));
    assertTrue(table.delete(bytes("e")));
  }

  private static List<String> keys(ScanResult scan) {
    return scan.entries().stream().map(entry -> new String(entry.key(), UTF_8)).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
