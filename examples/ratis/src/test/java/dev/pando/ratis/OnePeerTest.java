package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
