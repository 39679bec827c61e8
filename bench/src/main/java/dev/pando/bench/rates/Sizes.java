package dev.pando.bench.rates;

import dev.pando.bench.store.Data;
import dev.pando.bench.store.KeyList;
import dev.pando.bench.store.Orders;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.Store.Reader;
import dev.pando.bench.store.Store.Writer;
import dev.pando.bench.store.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Workloads whose result is how much of the disk a store takes. */
final class Sizes {
  private static final int BATCH = 1000;
  private static final int OVERWRITES = 10;
  private static final int LARGE_VALUE = 2048;
  private static final int LARGE_RECORDS = 100_000;
  private static final int QUICK_LARGE_RECORDS = 20_000;
  private static final int GROWTH_RECORDS = 100_000;
  private static final int QUICK_RECORDS = 10_000;
  private static final int GROWTH_OVERWRITES = 20;

  private Sizes() {}

  static Outcome sorted(Stage stage) {
    return closed(stage, store -> Loads.load(store, stage.data(), Orders.sorted(stage.data())));
  }

  static Outcome random(Stage stage) {
    return closed(stage, store -> Loads.load(store, stage.data(), Orders.shuffled(stage.data())));
  }

  static Outcome large(Stage stage) {
    int most = stage.setting().quick() ? QUICK_LARGE_RECORDS : LARGE_RECORDS;
    return random(stage.with(stage.data().withAtMost(most).withValueBytes(LARGE_VALUE)));
  }

  static Outcome overwritten(Stage whole) {
    int most = whole.setting().quick() ? QUICK_RECORDS : Integer.MAX_VALUE;
    Stage stage = whole.with(whole.data().withAtMost(most));
    KeyList keys = Orders.shuffled(stage.data());
    return closed(
        stage,
        store -> {
          Loads.load(store, stage.data(), keys);
          overwrite(store, stage, keys, OVERWRITES, 0);
        });
  }

  /** The size after closing; {@code work} fills the store. */
  private static Outcome closed(Stage stage, Consumer<Store> work) {
    String checksum;
    try (Store store = stage.openNew()) {
      work.accept(store);
      checksum = Loads.checksum(stage, store);
      store.settle();
    }
    return Outcome.figure(stage.mebibytes(), checksum);
  }

  /** How much the file grows while a reader holds the snapshot before. */
  static Outcome growth(Stage stage) {
    return growth(stage, 1);
  }

  /** As {@link #growth}, with readers that hold ten snapshots, from the first to near the last. */
  static Outcome growthWithTenReaders(Stage stage) {
    return growth(stage, 10);
  }

  private static Outcome growth(Stage whole, int readers) {
    int most = whole.setting().quick() ? QUICK_RECORDS : GROWTH_RECORDS;
    Stage stage = whole.with(whole.data().withAtMost(most));
    KeyList keys = Orders.shuffled(stage.data());
    List<Reader> held = new ArrayList<>();
    List<Long> sums = new ArrayList<>();
    try (Store store = stage.openNew()) {
      Loads.load(store, stage.data(), keys);
      double before = stage.mebibytes();
      String checksum = Loads.checksum(stage, store);
      for (int reader = 0; reader < readers; reader++) {
        held.add(store.beginRead(stage.data().pair()));
        sums.add(held.getLast().scan());
        overwrite(store, stage, keys, GROWTH_OVERWRITES / readers, reader * GROWTH_OVERWRITES);
      }
      double after = stage.mebibytes();
      for (int reader = 0; reader < readers; reader++) {
        if (held.get(reader).scan() != sums.get(reader)) {
          throw new AssertionError("a reader does not see the snapshot at which it began");
        }
      }
      held.forEach(Reader::close);
      return Outcome.figure(after - before, checksum);
    }
  }

  /** Writes new versions of all records, each time in the same random order. */
  private static void overwrite(Store store, Stage stage, KeyList keys, int times, int from) {
    Data data = stage.data();
    Pair pair = data.pair();
    Values values = new Values(data.valueBytes());
    int batch = stage.setting().puts(BATCH);
    for (int version = from + 1; version <= from + times; version++) {
      for (int first = 0; first < keys.count(); first += batch) {
        try (Writer writer = store.beginWrite(pair)) {
          int end = Math.min(keys.count(), first + batch);
          for (int i = first; i < end; i++) {
            keys.copy(i, pair);
            values.fill(keys.record(i), version, pair.value);
            writer.put();
          }
          writer.commit();
        }
      }
    }
  }
}
