package dev.pando.bench.rates;

import dev.pando.bench.store.Data;

/**
 * What all trials of a run share.
 *
 * @param data the records
 * @param sortedLoad whether stores for reading are loaded in ascending order, or in random order
 * @param coldMillis how long the measured code runs at first, in a fresh JVM, to be measured cold
 * @param warmMillis how long it runs before it is measured warm, the cold time included
 * @param windowMillis how long it is measured warm, at least
 * @param quick whether everything is small, for a first look and for CI
 * @param isGuard whether rates are those of a second of processor time, after a warm-up until they
 *     are steady: they say more of the code and less of the machine
 */
record Setting(
    Data data,
    boolean sortedLoad,
    long coldMillis,
    long warmMillis,
    long windowMillis,
    boolean quick,
    boolean isGuard) {

  private static final int MOST_BYTES_A_COMMIT = 64 << 20;

  /** How many overwrites a transaction has: as many as wanted, but not so many that it is huge. */
  int puts(int wanted) {
    return Math.max(1, Math.min(wanted, MOST_BYTES_A_COMMIT / data.valueBytes()));
  }

  Setting with(Data other) {
    return new Setting(other, sortedLoad, coldMillis, warmMillis, windowMillis, quick, isGuard);
  }
}
