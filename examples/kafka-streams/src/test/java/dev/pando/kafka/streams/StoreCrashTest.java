package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes leaves each store as it was at its offset. */
@Tag("proof")
class StoreCrashTest {
  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void leavesAWholeStateAtAnOffset() throws IOException, InterruptedException {
    System.out.println("StoreCrashTest: -Dseed=" + seed);
    for (int round = 0; round < 3; round++) {
      long acknowledged = writeAndKill();
      OpenStores task = new OpenStores(directory, 20_000);
      for (String name : StoreWriter.STORES) {
        KeyValueStore<Bytes, byte[]> store =
            task.open(PandoStores.persistentKeyValueStore(name).get());
        check(store, acknowledged);
        store.close();
      }
      OpenStores.check(directory);
    }
  }

  /** The newest offset that the process has said it committed. */
  private long writeAndKill() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreWriter.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long acknowledged = 0;
    try (BufferedReader output = child.inputReader()) {
      for (int commits = 3 + random.nextInt(12); commits > 0; commits--) {
        String line = output.readLine();
        assertNotNull(line, "the process ended by itself");
        acknowledged = Long.parseLong(line);
      }
      Thread.sleep(random.nextInt(20)); // so that it is killed anywhere between two commits
    } finally {
      child.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  private static void check(KeyValueStore<Bytes, byte[]> store, long acknowledged) {
    Long offset = store.committedOffset(OpenStores.CHANGELOG);
    assertTrue(offset != null && offset >= acknowledged, offset + " after " + acknowledged);
    assertEquals(Math.min(StoreWriter.KEYS, offset + 1), store.approximateNumEntries());
    for (long write = offset; write >= 0 && write > offset - StoreWriter.KEYS; write--) {
      byte[] found = store.get(StoreWriter.key(write));
      assertEquals(write, ByteBuffer.wrap(found).getLong());
    }
  }
}
