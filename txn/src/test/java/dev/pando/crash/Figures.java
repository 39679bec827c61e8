package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * How much a random test does, and what it did. {@code -Dcrash.scale=1} is the full proof, 10 ten
 * times as much; the build chooses a part of it, see the parent's pom. {@code -Dcrash.seed=} runs
 * the one case again that printed this seed. Each figure is printed with its scale and added to
 * {@code target/crash-figures.txt}; one that is lower than promised fails the test.
 *
 * <p>A test with a scale has the tag "scaled", so that the proof runs it again at a larger one. A
 * class that takes more than about five seconds has the tag "proof": {@code mvn test} leaves it
 * out.
 */
public final class Figures {
  private static final Path FILE = Path.of("target", "crash-figures.txt");
  private static final @Nullable Long SEED = Long.getLong("crash.seed");
  private static final double SCALE = scale(System.getProperty("crash.scale", "0.03"));

  private final String what;
  private final long wanted;
  private final String scale;
  private final long first;
  private final long begin = System.nanoTime();

  /**
   * A test begins.
   *
   * @param what it counts, for people
   * @param promised how many of them at scale 1
   */
  public Figures(String what, long promised) {
    this(what, promised, SCALE);
  }

  /** Another count of the same test, which has the same seed. */
  public Figures and(String other, long promised) {
    return new Figures(other, promised, SCALE, first);
  }

  /** A test of all cases there are, at any scale. */
  public static Figures ofAll(String what, long promised) {
    return new Figures(what, promised, 1);
  }

  private Figures(String what, long promised, double scale) {
    this(what, promised, scale, SEED != null ? SEED : System.nanoTime());
  }

  private Figures(String what, long promised, double scale, long first) {
    this.first = first;
    this.what = what;
    this.wanted = Math.max(1, (long) (promised * scale + 1e-6));
    this.scale = String.format(Locale.ROOT, "%.3g", scale);
    System.out.println(what + ": first seed " + first + ", scale " + this.scale);
  }

  /** Below 1 it is one in a whole number, so that of a finite set exactly this part is run. */
  private static double scale(String value) {
    double scale = Double.parseDouble(value);
    if (!(scale > 0 && scale <= 1e6)) {
      throw new IllegalArgumentException("crash.scale=" + value + ", allowed above 0, to 1000000");
    }
    return scale < 1 ? 1.0 / Math.round(1 / scale) : scale;
  }

  /** The scale, of 1 for the full proof. */
  public static double scale() {
    return SCALE;
  }

  /** Of so many cases of a finite set one is run, chosen at random; 1 from scale 1 on. */
  public static int oneOf() {
    return (int) Math.max(1, Math.round(1 / SCALE));
  }

  /**
   * Whether a case of a finite set is among those to run: of each stratum one of {@link #oneOf}
   * neighbours, chosen at random; with the same first seed, the same ones.
   */
  public boolean includes(long stratum, long index) {
    int offset = new SplittableRandom(first + stratum).nextInt(oneOf());
    return (index + offset) % oneOf() == 0;
  }

  /** What a failing case of a finite set tells so that it is run again among the same ones. */
  public AssertionError failedAmong(String which, Throwable cause) {
    return new AssertionError(
        which + "; run it again with -Dcrash.seed=" + first + ": " + cause, cause);
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
    return new AssertionError("run it again alone with -Dcrash.seed=" + seed + ": " + cause, cause);
  }

  /** The test is over: fails if it did less than it shall. */
  public void reached(long count) {
    String line =
        String.format(
            Locale.ROOT,
            "%-48s %,12d of %,d at scale %s in %.1f s%n",
            what,
            count,
            wanted,
            scale,
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
