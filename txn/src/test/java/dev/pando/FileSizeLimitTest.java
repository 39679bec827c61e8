package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.crash.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process whose files the system limits ({@code ulimit -f}): nobody can ask for that limit, so a
 * large transaction meets it in the middle of its commit, and the write gives EFBIG.
 */
@Timeout(600)
@Tag("scaled")
final class FileSizeLimitTest extends DatabaseTestBase {
  private static final Path BASH = Path.of("/bin/bash");

  /** In KiB, as bash has it. */
  private static final int LIMIT = 16_000;

  /** About 12 MiB. */
  private static final int ENTRIES = 12_000;

  @Test
  void aCommitMeetsIt() throws Exception {
    skipUnlessThereIsBash();
    Figures figures = new Figures("commits that meet ulimit -f", 5);
    long runs = Figures.replays() ? 1 : figures.wanted();
    for (long i = 0; i < runs; i++) {
      long seed = figures.seed(i);
      Path file = directory().resolve("limited" + i + ".pando");
      try {
        run(file, seed);
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
      Files.delete(file);
    }
    figures.reached(runs);
  }

  private void run(Path file, long seed) throws IOException {
    List<String> output = limited(file, seed);
    assertThat(output)
        .as("what the process printed")
        .anyMatch(line -> line.startsWith("full: ") && line.contains("File too large"))
        .contains("sound", "opened again")
        .noneMatch(line -> line.contains("Exception in thread"));
    assertThat(Collections.frequency(output, "acknowledged"))
        .isEqualTo(FileSizeLimitChild.SMALL_COMMITS);
    assertThat(Files.size(file)).isLessThanOrEqualTo((long) LIMIT << 10);
    Database db = open(file, Options.defaults());
    try (ReadTxn tx = db.beginRead()) {
      long all = ENTRIES + FileSizeLimitChild.SMALL_COMMITS;
      assertThat(tx.count(FileSizeLimitChild.DATA)).isEqualTo(all);
      for (long key = 0; key < all; key++) {
        assertThat(tx.get(FileSizeLimitChild.DATA, key)).isEqualTo(FileSizeLimitChild.value(key));
      }
    }
    db.update(tx -> tx.put(BLOBS, 1L, new byte[8 << 20])); // there is no limit here
    closeChecked(db);
  }

  private static List<String> limited(Path file, long seed) throws IOException {
    List<String> limited =
        List.of(BASH.toString(), "-c", "ulimit -f " + LIMIT + "; exec \"$@\"", "bash");
    return ChildJvm.of(FileSizeLimitChild.class)
        .by(limited)
        .with("-Xmx64m")
        .output(file, ENTRIES, seed)
        .lines()
        .toList();
  }

  /** Maven counts what is skipped, but does not show why. */
  private static void skipUnlessThereIsBash() {
    String message = "skipped: needs " + BASH;
    if (!Files.isExecutable(BASH)) {
      System.out.println(message);
    }
    assumeTrue(Files.isExecutable(BASH), message);
  }
}
