package dev.pando.examples.lmdbjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.examples.lmdbjava.programs.Lifecycles;
import dev.pando.examples.lmdbjava.programs.Limits;
import dev.pando.examples.lmdbjava.programs.Program;
import dev.pando.examples.lmdbjava.programs.Proxies;
import dev.pando.examples.lmdbjava.programs.RandomCursors;
import dev.pando.examples.lmdbjava.programs.Ranges;
import dev.pando.examples.lmdbjava.programs.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same programs, compiled once, see the same with this module as with the real lmdbjava and its
 * native library.
 */
class SameProgramTest {
  private static final double SCALE = Double.parseDouble(System.getProperty("crash.scale", "0.03"));

  @TempDir Path dir;
  private int runs;

  private void compare(Class<? extends Program> program, long seed) throws IOException {
    Path here = Files.createDirectory(dir.resolve("here-" + runs));
    Path real = Files.createDirectory(dir.resolve("real-" + runs++));
    List<String> expected = BothLibraries.runReal(program, real, seed);
    List<String> found = BothLibraries.runHere(program, here, seed);
    int same = 0;
    while (same < Math.min(expected.size(), found.size())
        && expected.get(same).equals(found.get(same))) {
      same++;
    }
    int from = Math.max(0, same - 12);
    assertThat(found.subList(from, Math.min(found.size(), same + 1)))
        .as("%s, seed %d, from line %d", program.getSimpleName(), seed, from)
        .isEqualTo(expected.subList(from, Math.min(expected.size(), same + 1)));
    checkFiles(here);
  }

  /** Every file that the program has written is a sound database of Pando. */
  private static void checkFiles(Path here) throws IOException {
    try (Stream<Path> all = Files.walk(here)) {
      List<Path> files =
          all.filter(each -> Files.exists(Path.of(each + "-lock")) || each.endsWith("data.mdb"))
              .filter(Files::isRegularFile)
              .toList();
      assertThat(files).isNotEmpty();
      for (Path each : files) {
        try (Database db = Database.open(each)) {
          assertThat(db.check().ok()).as("%s", each).isTrue();
        }
      }
    }
  }

  @Test
  void ranges() throws IOException {
    long first = Long.getLong("seed", ThreadLocalRandom.current().nextLong(1L << 40));
    System.out.printf("  ranges: seed %d%n", first);
    compare(Ranges.class, first);
  }

  @Test
  void lifecycles() throws IOException {
    compare(Lifecycles.class, 0);
  }

  @Test
  void proxies() throws IOException {
    compare(Proxies.class, 0);
  }

  @Test
  void limits() throws IOException {
    compare(Limits.class, 0);
  }

  @Test
  void tables() throws IOException {
    compare(Tables.class, 0);
  }

  @Test
  @Tag("scaled")
  void randomCursors() throws IOException {
    long first = Long.getLong("seed", ThreadLocalRandom.current().nextLong(1L << 40));
    int count = Long.getLong("seed") == null ? Math.max(1, (int) (600 * SCALE)) : 1;
    System.out.printf("  random cursors: %d programs, seeds from %d on (-Dseed=N)%n", count, first);
    for (int i = 0; i < count; i++) {
      compare(RandomCursors.class, first + i);
    }
  }
}
