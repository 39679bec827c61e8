package dev.pando.bench.store;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The orders in which records are visited, from fixed seeds. */
public final class Orders {
  /** Longer than what branch predictors remember. */
  private static final int LONGEST_RING = 1 << 20;

  private Orders() {}

  /** Some turns for each record, if there are few: making keys takes time. */
  private static int ring(Data data) {
    return Math.min(LONGEST_RING, Integer.highestOneBit(data.records()) * 4);
  }

  /** Records drawn at random; begins again at its end. */
  public static KeyList ring(Data data, long seed, IntUnaryOperator numbers) {
    int[] records = new SplittableRandom(seed).ints(ring(data), 0, data.records()).toArray();
    return new KeyList(data.keys(), records, numbers);
  }

  /** A ring of the records that belong to one thread of several. */
  public static KeyList ringOf(Data data, int thread, int threads) {
    int own = data.records() / threads;
    int[] records = new SplittableRandom(thread).ints(ring(data) / threads, 0, own).toArray();
    Arrays.setAll(records, i -> records[i] * threads + thread);
    return new KeyList(data.keys(), records, Keys::present);
  }

  /** All records by ascending key. */
  public static KeyList sorted(Data data) {
    int[] records =
        IntStream.range(0, data.records())
            .boxed()
            .sorted(Comparator.comparingLong(i -> data.keys().rank(Keys.present(i))))
            .mapToInt(Integer::intValue)
            .toArray();
    return all(data, records);
  }

  /** All records in random order. */
  public static KeyList shuffled(Data data) {
    return all(data, shuffle(data.records()));
  }

  /** Half of all records in random order. */
  public static KeyList half(Data data) {
    return all(data, Arrays.copyOf(shuffle(data.records()), data.records() / 2));
  }

  private static KeyList all(Data data, int[] records) {
    return new KeyList(data.keys(), records, Keys::present);
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
