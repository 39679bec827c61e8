package dev.pando.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files that somebody made to do harm: numbers, references and pages changed as chance has it, all
 * checksums right. Whatever is done with them ends soon, and with data or an error of Pando. The
 * profile {@code fuzz} does the same with a fuzzer that watches which code runs.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("proof")
@Tag("scaled")
final class HostileFileTest {
  private static final int FILES = 20_000;
  private static final int MOST_CHANGES = 5;
  private static final int CHANGE_BYTES = 6;
  private static final List<Mutant> MUTANTS = Mutant.ofAll(SeedFiles.all());

  private static byte[] script(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] script = new byte[1 + CHANGE_BYTES * random.nextInt(1, MOST_CHANGES + 1)];
    random.nextBytes(script);
    return script;
  }

  @Test
  void changedAtRandomWithRightChecksums() {
    Figures figures = new Figures("hostile files", FILES);
    Ordeal ordeal = new Ordeal();
    long cases = Figures.replays() ? 1 : figures.wanted();
    for (long i = 0; i < cases; i++) {
      long seed = figures.seed(i);
      try {
        ordeal.undergo(Mutant.make(MUTANTS, script(seed)));
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    System.out.println("hostile files: " + ordeal.opened + " opened, " + ordeal.whole + " whole");
    figures.reached(cases);
    if (!Figures.replays()) {
      assertThat(ordeal.opened).isGreaterThan(cases / 4);
    }
  }
}
