package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A script in which an allocation fails, at each place in turn, once or for a while, as when the
 * heap is full. Afterwards the next update works or says why not, and every page is accounted for.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("proof")
@Tag("scaled")
final class PlantedErrorsTest {
  /** A heap that is full stays full for some allocations. */
  private static final long WHILE = 40;

  @Test
  void anAllocationFails() throws Exception {
    Figures figures = new Figures("planted allocation failures", 2000);
    ErrorLoader loader = new ErrorLoader();
    long calls = Math.abs(run(loader, Long.MAX_VALUE / 2, 1));
    System.out.printf("  %,d allocations in the script%n", calls);
    assertThat(calls).isGreaterThan(1000);
    long done = 0;
    long refused = 0;
    for (; done < (Figures.replays() ? 1 : figures.wanted()); done++) {
      long seed = figures.seed(done);
      Random random = new Random(seed);
      long first = random.nextLong(calls);
      try {
        refused += run(loader, first, random.nextBoolean() ? 1 : WHILE) < 0 ? 1 : 0;
      } catch (Throwable e) {
        throw Figures.failed(seed, new AssertionError("allocation " + first + " failed", e));
      }
    }
    System.out.printf("  writing was refused afterwards in %,d%n", refused);
    figures.reached(done);
  }

  @SuppressWarnings("unchecked")
  private static long run(ErrorLoader loader, long first, long count) throws Exception {
    Object script =
        loader.loadClass("dev.pando.ErrorScript").getDeclaredConstructor().newInstance();
    return ((Function<long[], Long>) script).apply(new long[] {first, count});
  }
}
