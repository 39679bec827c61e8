package dev.pando.bench.rates;

import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.Store.Reader;
import dev.pando.bench.store.Values;
import java.util.function.IntUnaryOperator;
import java.util.function.ToLongFunction;

/** Workloads that read a loaded store, in one long read transaction. */
final class Reads {
  private static final int GETS = 1024;
  private static final int TOGETHER = 128;
  private static final int SEEKS = 64;
  private static final int ENTRIES = 100;
  private static final int COUNTS = 16;
  private static final int COUNTED = 10_000;

  private Reads() {}

  static Outcome get(Stage stage) {
    return gets(stage, Keys::present, Reader::get);
  }

  static Outcome getArray(Stage stage) {
    return gets(stage, Keys::present, Reads::ofArray);
  }

  private static long ofArray(Reader reader) {
    byte[] value = reader.value();
    return value == null ? 0 : value.length + value[0];
  }

  static Outcome miss(Stage stage) {
    return gets(stage, Keys::absent, Reader::get);
  }

  private static Outcome gets(Stage stage, IntUnaryOperator numbers, ToLongFunction<Reader> get) {
    KeyList keys = Orders.ring(stage.data(), 7, numbers);
    return read(
        stage,
        GETS,
        64 * GETS,
        (reader, pair, first) -> {
          long sum = 0;
          for (long operation = first; operation < first + GETS; operation++) {
            keys.copy(operation, pair);
            sum += get.applyAsLong(reader);
          }
          return sum;
        });
  }

  static Outcome getAll(Stage stage) {
    KeyList keys = Orders.ring(stage.data(), 7, Keys::present);
    return read(
        stage,
        GETS,
        64 * GETS,
        (reader, pair, first) -> {
          long sum = 0;
          for (long operation = first; operation < first + GETS; operation += TOGETHER) {
            sum += reader.getAll(keys, operation, TOGETHER, pair);
          }
          return sum;
        });
  }

  static Outcome seek100(Stage stage) {
    KeyList keys = Orders.ring(stage.data(), 9, Keys::present);
    return read(
        stage,
        SEEKS,
        16 * SEEKS,
        (reader, pair, first) -> {
          long sum = 0;
          for (long operation = first; operation < first + SEEKS; operation++) {
            keys.copy(operation, pair);
            sum += reader.seek(ENTRIES);
          }
          return sum;
        });
  }

  static Outcome count(Stage stage) {
    KeyList sorted = Orders.sorted(stage.data());
    int range = Math.min(COUNTED, sorted.count() / 2);
    Pair end = stage.data().pair();
    return read(
        stage,
        COUNTS,
        4 * COUNTS,
        (reader, pair, firstOperation) -> {
          long sum = 0;
          for (long operation = firstOperation; operation < firstOperation + COUNTS; operation++) {
            long first = Math.floorMod(Values.mix(operation), sorted.count() - range);
            sorted.copy(first, pair);
            sorted.copy(first + range, end);
            sum += reader.count(end);
          }
          return sum;
        });
  }

  static Outcome scan(Stage stage) {
    int records = stage.data().records();
    return read(stage, records, records, (reader, _, _) -> reader.scan());
  }

  static Outcome reverse(Stage stage) {
    int records = stage.data().records();
    return read(stage, records, records, (reader, _, _) -> reader.reverse());
  }

  /** Some operations in a row, from one on; returns a sum over what they have read. */
  private interface Chunk {
    long run(Reader reader, Pair pair, long first);
  }

  /**
   * Measures chunks; each slice begins with operation 0.
   *
   * @param size operations of a chunk, between two looks at the clock
   * @param checked the first operations, whose sum is the checksum; a multiple of {@code size}
   */
  private static Outcome read(Stage stage, int size, long checked, Chunk chunk) {
    Pair pair = stage.data().pair();
    try (Store store = stage.openLoaded();
        Reader reader = store.beginRead(pair)) {
      return Meter.measure(
          stage.setting(),
          millis -> {
            String checksum = Outcome.NONE;
            long sum = 0;
            long done = 0;
            Stopwatch watch = new Stopwatch().start();
            while (watch.goesOn(stage.setting(), millis) || done < checked) {
              sum += chunk.run(reader, pair, done);
              done += size;
              if (done == checked) {
                checksum = Long.toHexString(sum);
              }
            }
            Meter.sink = sum;
            return Meter.Sample.of(stage.setting(), done, watch.stop(), checksum);
          });
    }
  }
}
