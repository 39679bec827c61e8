package dev.pando.kafka.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with stores in Pando writes what it writes with stores in RocksDB. */
class TopologyTest {
  @TempDir Path directory;
  private final long seed = Long.getLong("seed", new Random().nextLong());

  @Test
  @Tag("proof") // RocksDB waits for the disk at each commit, and the driver commits each record
  void writesTheSameAsWithRocksDb() {
    System.out.println("TopologyTest: -Dseed=" + seed);
    for (long cacheBytes : new long[] {0, 10 << 20}) {
      List<String> rocks =
          Topologies.run(
              BuiltInDslStoreSuppliers.RocksDBDslStoreSuppliers.class,
              directory.resolve("rocks" + cacheBytes).toFile(),
              seed,
              cacheBytes);
      List<String> pando =
          Topologies.run(
              PandoDslStoreSuppliers.class,
              directory.resolve("pando" + cacheBytes).toFile(),
              seed,
              cacheBytes);
      assertFalse(rocks.isEmpty());
      assertEquals(rocks, pando);
    }
  }

  @Test
  void needsNoRocksDb() throws IOException, InterruptedException {
    System.out.println("TopologyTest: -Dseed=" + seed);
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("rocksdbjni"))
            .collect(Collectors.joining(File.pathSeparator));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process child =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                classPath,
                Topologies.class.getName(),
                directory.resolve("child").toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor());
    List<String> here =
        Topologies.run(PandoDslStoreSuppliers.class, directory.resolve("here").toFile(), seed, 0);
    assertTrue(here.size() > 300);
    assertEquals(here, output.lines().toList());
  }
}
