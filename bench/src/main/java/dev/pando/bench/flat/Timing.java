package dev.pando.bench.flat;

import java.util.Arrays;

/** Times steps that take so little that one alone cannot be timed. */
final class Timing {
  private static final int ROUNDS = 9;
  private static final long WARM_NANOS = 2_000_000_000;

  private Timing() {}

  /** Something that is done again and again. */
  interface Step {
    void run(int i) throws Exception;
  }

  /**
   * What steps take, with a little and with much. Their rounds take turns, after two seconds of
   * rounds that warm up, so that they run compiled alike. The fastest round of each counts: what
   * else runs on the machine makes rounds slower, nothing makes them faster.
   *
   * @param steps in a round
   * @return nanoseconds a step
   */
  static double[] nanosPerStep(int steps, Step little, Step much) throws Exception {
    Step[] both = {little, much};
    for (long end = System.nanoTime() + WARM_NANOS; System.nanoTime() - end < 0; ) {
      for (Step step : both) {
        double _ = round(steps, step);
      }
    }
    double[] least = new double[both.length];
    Arrays.fill(least, Double.MAX_VALUE);
    for (int i = 0; i < ROUNDS; i++) {
      for (int which = 0; which < both.length; which++) {
        least[which] = Math.min(least[which], round(steps, both[which]));
      }
    }
    return least;
  }

  private static double round(int steps, Step step) throws Exception {
    long begin = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      step.run(i);
    }
    return (double) (System.nanoTime() - begin) / steps;
  }
}
