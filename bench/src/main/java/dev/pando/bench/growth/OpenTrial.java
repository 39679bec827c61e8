package dev.pando.bench.growth;

import java.util.Arrays;

/** Run in a JVM of its own: opens a store that was closed well, again and again. */
final class OpenTrial {
  private static final int ROUNDS = 21;

  private OpenTrial() {}

  public static void main(String[] arguments) {
    Setting setting = Setting.of(arguments);
    double first = openAndGet(setting, 0);
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      rounds[i] = openAndGet(setting, i + 1);
    }
    Arrays.sort(rounds);
    Figure.FIRST_OPEN_NS.print(first);
    Figure.OPEN_NS.print(rounds[ROUNDS / 2]);
  }

  /** Until the first record was read; closing does not count. */
  private static double openAndGet(Setting setting, long step) {
    Pair pair = new Pair();
    long number = setting.keys().random(step);
    setting.keys().fillKey(number, pair.key);
    long begin = System.nanoTime();
    try (Store store = setting.kind().open(setting.directory());
        Store.Reader reader = store.beginRead(pair)) {
      long found = reader.get();
      double nanos = System.nanoTime() - begin;
      if (found != Keyspace.stamp(number)) {
        throw new AssertionError("record " + number + " begins with " + Long.toHexString(found));
      }
      return nanos;
    }
  }
}
