package dev.pando.bench.compare;

/** Measures operations for a while, after the same operations have warmed up the JVM. */
final class Window {
  /** Keeps the JIT compiler from leaving out what nobody looks at. */
  static volatile long sink;

  private Window() {}

  /** Some operations in a row. */
  interface Chunk {
    /**
     * Runs operations.
     *
     * @return a sum over what they have read
     */
    long run(long first, int count);
  }

  /**
   * Warms up and measures; both begin with operation 0.
   *
   * @param size operations between two looks at the clock
   * @param checked the first operations, whose sum is the checksum; a multiple of {@code size}
   */
  static Outcome measure(Setting setting, int size, long checked, Chunk chunk) {
    WarmUp.run(setting, millis -> run(setting, millis, size, checked, chunk));
    System.gc(); // what was left behind by the preparation is not to be collected meanwhile
    return run(setting, setting.windowMillis(), size, checked, chunk);
  }

  private static Outcome run(Setting setting, long millis, int size, long checked, Chunk chunk) {
    String checksum = Outcome.NONE;
    long sum = 0;
    long done = 0;
    Stopwatch watch = new Stopwatch().start();
    while (watch.goesOn(setting, millis) || done < checked) {
      sum += chunk.run(done, size);
      done += size;
      if (done == checked) {
        checksum = Long.toHexString(sum);
      }
    }
    sink = sum;
    return Outcome.rate(setting, done, watch.stop(), checksum);
  }
}
