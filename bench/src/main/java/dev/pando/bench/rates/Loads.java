package dev.pando.bench.rates;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Data;
import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.Store.Reader;
import dev.pando.bench.store.Store.Writer;
import dev.pando.bench.store.StoreKind;
import dev.pando.bench.store.Values;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Workloads of one big transaction, its durable commit included. */
final class Loads {
  /**
   * How many times its length a slice of range deletes takes at most, copies of the store included:
   * some stores remove a range in a hundredth of the time that a copy takes.
   */
  private static final int PATIENCE = 2;

  private Loads() {}

  static Outcome sorted(Stage stage) {
    return repeat(stage, Orders.sorted(stage.data()), values(stage), Writer::put, stage::openNew);
  }

  static Outcome random(Stage stage) {
    return repeat(stage, Orders.shuffled(stage.data()), values(stage), Writer::put, stage::openNew);
  }

  static Outcome randomBatch(Stage stage) {
    KeyList keys = Orders.shuffled(stage.data());
    return repeat(stage, keys, values(stage), Writer::putInBatch, stage::openNew);
  }

  static Outcome deleteBatch(Stage stage) {
    return repeat(stage, Orders.half(stage.data()), null, Writer::deleteInBatch, stage::openCopy);
  }

  static Outcome append(Stage stage) {
    return repeat(
        stage, Orders.sorted(stage.data()), values(stage), Writer::append, stage::openNew);
  }

  /** All records by one call, if the store has such a call. */
  static Outcome iterator(Stage stage) {
    KeyList keys = Orders.sorted(stage.data());
    Values values = values(stage);
    return repeat(
        stage,
        keys.count(),
        store -> {
          Pair pair = stage.data().pair();
          try (Writer writer = store.beginWrite(pair)) {
            writer.loadSorted(keys, values, pair);
            writer.commit();
          }
        },
        stage::openNew,
        Integer.MAX_VALUE,
        _ -> {});
  }

  static Outcome deleteHalf(Stage stage) {
    return repeat(stage, Orders.half(stage.data()), null, Writer::delete, stage::openCopy);
  }

  /** Removes 90 % of all records, those in the middle of the keys' order. */
  static Outcome deleteRange(Stage stage) {
    KeyList sorted = Orders.sorted(stage.data());
    int count = (int) (sorted.count() * 9L / 10);
    int first = (sorted.count() - count) / 2;
    return repeat(
        stage,
        count,
        store -> {
          Pair pair = stage.data().pair();
          try (Writer writer = store.beginWrite(pair)) {
            writer.deleteRange(sorted, first, count, pair);
            writer.commit();
          }
        },
        stage::openCopy,
        PATIENCE,
        store -> checkLeft(stage, store, sorted, first, count));
  }

  /** Checks that all others are there, and no more. */
  private static void checkLeft(Stage stage, Store store, KeyList sorted, int first, int count) {
    Pair pair = stage.data().pair();
    try (Reader reader = store.beginRead(pair)) {
      long left = 0;
      for (boolean found = reader.first(); found; found = reader.next()) {
        left++;
      }
      boolean isThere = false;
      for (int removed : new int[] {first, first + count - 1}) {
        sorted.copy(removed, pair);
        isThere |= reader.get() != 0;
      }
      boolean isMissing = false;
      for (int kept : new int[] {first - 1, first + count}) {
        sorted.copy(kept, pair);
        isMissing |= reader.get() == 0;
      }
      if (left != sorted.count() - count || isThere || isMissing) {
        throw new AssertionError(left + " records are left, or not those that should be");
      }
    }
  }

  private static Values values(Stage stage) {
    return new Values(stage.data().valueBytes());
  }

  /** Loads a store for others to read; the result is how the store is set up. */
  record LoadTrial(Stage stage) implements Trial<Config> {
    @Override
    public Config run() {
      Data data = stage.data();
      boolean sorted = stage.setting().sortedLoad() || stage.kind() == StoreKind.FLAT;
      try (Store store = stage.open(stage.loaded())) {
        load(store, data, sorted ? Orders.sorted(data) : Orders.shuffled(data));
        store.settle();
        return new Config(store.config());
      }
    }
  }

  record Config(String config) {}

  /** Puts the first version of records, in one transaction. */
  static void load(Store store, Data data, KeyList keys) {
    transaction(store, data, keys, new Values(data.valueBytes()), Writer::put);
  }

  /** One transaction; without values if it deletes. */
  private static void transaction(
      Store store, Data data, KeyList keys, @Nullable Values values, Consumer<Writer> change) {
    Pair pair = data.pair();
    try (Writer writer = store.beginWrite(pair)) {
      for (int i = 0; i < keys.count(); i++) {
        keys.copy(i, pair);
        if (values != null) {
          values.fill(keys.record(i), 0, pair.value);
        }
        change.accept(writer);
      }
      writer.commit();
    }
  }

  /** Puts or deletes records one by one on fresh stores. */
  private static Outcome repeat(
      Stage stage,
      KeyList keys,
      @Nullable Values values,
      Consumer<Writer> change,
      Supplier<Store> fresh) {
    return repeat(
        stage,
        keys.count(),
        store -> transaction(store, stage.data(), keys, values, change),
        fresh,
        Integer.MAX_VALUE,
        _ -> {});
  }

  /**
   * Runs a transaction on fresh stores, as often as fits into each slice.
   *
   * @param records how many it changes
   * @param patience how many times its length a slice takes at most, fresh stores included
   * @param check looks at the store afterwards, unmeasured
   */
  private static Outcome repeat(
      Stage stage,
      int records,
      Consumer<Store> transaction,
      Supplier<Store> fresh,
      int patience,
      Consumer<Store> check) {
    return Meter.measure(
        stage.setting(),
        millis -> {
          Stopwatch watch = new Stopwatch();
          long operations = 0;
          String checksum = Outcome.NONE;
          long begin = System.nanoTime();
          while (watch.goesOn(stage.setting(), millis)
              && (System.nanoTime() - begin) / 1_000_000 / millis < patience) {
            try (Store store = fresh.get()) {
              System.gc();
              watch.start();
              transaction.accept(store);
              watch.stop();
              operations += records;
              check.accept(store);
              checksum = checksum(stage, store);
            }
            Folders.delete(stage.store());
          }
          return Meter.Sample.of(stage.setting(), operations, watch, checksum);
        });
  }

  /** The checksum of everything in the store, where it can be read. */
  static String checksum(Stage stage, Store store) {
    if (!Workload.SCAN.isFor(stage.kind())) {
      return Outcome.NONE;
    }
    try (Reader reader = store.beginRead(stage.data().pair())) {
      return Long.toHexString(reader.scan());
    }
  }
}
