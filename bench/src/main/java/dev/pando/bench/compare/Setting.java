package dev.pando.bench.compare;

import java.util.List;

/**
 * What all trials of a run share.
 *
 * @param records how many the store holds
 * @param keys which keys
 * @param valueBytes the length of each value
 * @param sortedLoad whether stores for reading are loaded in ascending order, or in random order
 * @param warmMillis how long the measured code runs before it is measured
 * @param windowMillis how long it is measured, at least
 * @param quick whether everything is small, for a first look and for CI
 * @param isGuard whether rates are those of a second of processor time, after a warm-up until they
 *     are steady: they say more of the code and less of the machine
 */
record Setting(
    int records,
    Keys.Kind keys,
    int valueBytes,
    boolean sortedLoad,
    long warmMillis,
    long windowMillis,
    boolean quick,
    boolean isGuard) {

  private static final int MOST_BYTES_A_COMMIT = 64 << 20;

  /** The arguments that carry this into the child JVM. */
  List<String> toArguments() {
    return List.of(
        Integer.toString(records),
        keys.name(),
        Integer.toString(valueBytes),
        Boolean.toString(sortedLoad),
        Long.toString(warmMillis),
        Long.toString(windowMillis),
        Boolean.toString(quick),
        Boolean.toString(isGuard));
  }

  static Setting of(List<String> arguments) {
    return new Setting(
        Integer.parseInt(arguments.get(0)),
        Keys.Kind.valueOf(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Boolean.parseBoolean(arguments.get(3)),
        Long.parseLong(arguments.get(4)),
        Long.parseLong(arguments.get(5)),
        Boolean.parseBoolean(arguments.get(6)),
        Boolean.parseBoolean(arguments.get(7)));
  }

  /** How many overwrites a transaction has: as many as wanted, but not so many that it is huge. */
  int puts(int wanted) {
    return Math.max(1, Math.min(wanted, MOST_BYTES_A_COMMIT / valueBytes));
  }

  Setting withRecords(int count) {
    return new Setting(
        count, keys, valueBytes, sortedLoad, warmMillis, windowMillis, quick, isGuard);
  }

  Setting withValueBytes(int bytes) {
    return new Setting(records, keys, bytes, sortedLoad, warmMillis, windowMillis, quick, isGuard);
  }
}
