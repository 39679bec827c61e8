package dev.pando.crash;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random programs of two or three processes: see {@link ProcessesRun}. */
@Tag("scaled")
class SeveralProcessesTest {
  private static final int STEPS = 150;
  private static final int AT_ONCE = 64;

  private final Figures figures = new Figures("crash images under several processes", 100_000);
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicLong adopted = new AtomicLong();
  private final AtomicLong programs = new AtomicLong();

  @Test
  void everyImageIsRight() {
    if (Figures.replays()) {
      runSeeded(figures.seed(0));
      return;
    }
    for (long done = 0; !enough(); done += AT_ONCE) {
      LongStream.range(done, done + AT_ONCE)
          .parallel()
          .filter(program -> !enough())
          .forEach(program -> runSeeded(figures.seed(program)));
    }
    System.out.printf(
        "  %,d programs, %,d faults, %,d commits of others found that were cut short%n",
        programs.get(), faults.get(), adopted.get());
    figures.reached(images.get());
  }

  private boolean enough() {
    return images.get() >= figures.wanted();
  }

  private void runSeeded(long seed) {
    Random random = new Random(seed);
    ImageCheck check = check(random);
    try (ProcessesRun run = newRun(check, random)) {
      run(run, seed);
      faults.addAndGet(run.faults);
      adopted.addAndGet(run.adopted);
    }
    images.addAndGet(check.images);
    programs.incrementAndGet();
  }

  private static ImageCheck check(Random random) {
    return new ImageCheck(512, 1L << random.nextInt(9, 14), 150, random);
  }

  private static ProcessesRun newRun(ImageCheck check, Random random) {
    return new ProcessesRun(check, random.nextInt(2, 4), random);
  }

  private static void run(ProcessesRun run, long seed) {
    try {
      for (int i = 0; i < STEPS; i++) {
        run.step();
      }
      run.verify();
    } catch (Throwable e) {
      throw Figures.failed(seed, new AssertionError(run.story(), e));
    }
  }

  /** Runs programs until one fails; tells how, in one line. */
  static String search(long seed, int programs) {
    for (int i = 0; i < programs; i++) {
      Random random = new Random(seed + i);
      try (ProcessesRun run = newRun(check(random), random)) {
        run(run, seed + i);
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        return "program %d: %s".formatted(i, cause);
      }
    }
    return "nothing in %d programs".formatted(programs);
  }
}
