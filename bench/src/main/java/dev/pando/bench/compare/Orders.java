package dev.pando.bench.compare;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The orders in which records are visited, from fixed seeds. */
final class Orders {
  /** Longer than what branch predictors remember. */
  private static final int LONGEST_RING = 1 << 20;

  private Orders() {}

  /** Some turns for each record, if there are few: making keys takes time. */
  private static int ring(Setting setting) {
    return Math.min(LONGEST_RING, Integer.highestOneBit(setting.records()) * 4);
  }

  /** Records drawn at random; begins again at its end. */
  static KeyList ring(Setting setting, long seed, IntUnaryOperator numbers) {
    int[] records = new SplittableRandom(seed).ints(ring(setting), 0, setting.records()).toArray();
    return new KeyList(setting.keys(), records, numbers);
  }

  /** A ring of the records that belong to one thread of several. */
  static KeyList ringOf(Setting setting, int thread, int threads) {
    int own = setting.records() / threads;
    int[] records = new SplittableRandom(thread).ints(ring(setting) / threads, 0, own).toArray();
    Arrays.setAll(records, i -> records[i] * threads + thread);
    return new KeyList(setting.keys(), records, Keys::present);
  }

  /** All records by ascending key. */
  static KeyList sorted(Setting setting) {
    int[] records =
        IntStream.range(0, setting.records())
            .boxed()
            .sorted(Comparator.comparingLong(i -> Keys.rank(setting.keys(), Keys.present(i))))
            .mapToInt(Integer::intValue)
            .toArray();
    return all(setting, records);
  }

  /** All records in random order. */
  static KeyList shuffled(Setting setting) {
    return all(setting, shuffle(setting.records()));
  }

  /** Half of all records in random order. */
  static KeyList half(Setting setting) {
    return all(setting, Arrays.copyOf(shuffle(setting.records()), setting.records() / 2));
  }

  private static KeyList all(Setting setting, int[] records) {
    return new KeyList(setting.keys(), records, Keys::present);
  }

  private static int[] shuffle(int count) {
    int[] records = IntStream.range(0, count).toArray();
    SplittableRandom random = new SplittableRandom(11);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = records[i];
      records[i] = records[j];
      records[j] = swapped;
    }
    return records;
  }
}
