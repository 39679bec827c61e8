package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much a crash test does, and what it did: {@code -Dcrash.scale=10} does ten times as much, and
 * {@code -Dcrash.seed=} runs the one case again that printed this seed. Each figure is printed and
 * added to {@code target/crash-figures.txt}; one that is lower than promised fails the test.
 */
public final class Figures {
  private static final Path FILE = Path.of("target", "crash-figures.txt");
  private static final @Nullable Long SEED = Long.getLong("crash.seed");

  private final String what;
  private final long wanted;
  private final long first = SEED != null ? SEED : System.nanoTime();
  private final long begin = System.nanoTime();

  /**
   * A test begins.
   *
   * @param what it counts, for people
   * @param promised how many of them at scale 1
   */
  public Figures(String what, long promised) {
    this.what = what;
    this.wanted = promised * Math.max(1, Long.getLong("crash.scale", 1L));
    System.out.println(what + ": first seed " + first);
  }

  /** How many there shall be. */
  public long wanted() {
    return wanted;
  }

  /** The seed of a case, counted from 0. */
  public long seed(long number) {
    return first + number;
  }

  /** Whether a single case is run again. */
  public static boolean replays() {
    return SEED != null;
  }

  /** What a failing case tells so that it can be run again alone. */
  public static AssertionError failed(long seed, Throwable cause) {
    return new AssertionError("run it again alone with -Dcrash.seed=" + seed, cause);
  }

  /** The test is over: fails if it did less than it shall. */
  public void reached(long count) {
    String line =
        String.format(
            Locale.ROOT,
            "%-48s %,12d of %,d in %.1f s%n",
            what,
            count,
            wanted,
            (System.nanoTime() - begin) / 1e9);
    System.out.print(line);
    if (replays()) {
      return;
    }
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(count).as(what).isGreaterThanOrEqualTo(wanted);
  }
}
