package dev.pando.bench.compare;

import dev.pando.bench.compare.Peer.Reader;
import dev.pando.bench.compare.Peer.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

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
    return closed(stage, peer -> load(peer, stage.setting(), Orders.sorted(stage.setting())));
  }

  static Outcome random(Stage stage) {
    return closed(stage, peer -> load(peer, stage.setting(), Orders.shuffled(stage.setting())));
  }

  static Outcome large(Stage whole) {
    Stage stage = whole.withAtMost(whole.setting().quick() ? QUICK_LARGE_RECORDS : LARGE_RECORDS);
    return random(stage.with(stage.setting().withValueBytes(LARGE_VALUE)));
  }

  static Outcome overwritten(Stage whole) {
    Stage stage = whole.setting().quick() ? whole.withAtMost(QUICK_RECORDS) : whole;
    KeyList keys = Orders.shuffled(stage.setting());
    return closed(
        stage,
        peer -> {
          load(peer, stage.setting(), keys);
          overwrite(peer, stage.setting(), keys, OVERWRITES, 0);
          return Double.NaN;
        });
  }

  /** The size after closing; {@code work} fills the store. */
  private static Outcome closed(Stage stage, ToDoubleFunction<Peer> work) {
    String checksum;
    try (Peer peer = stage.openNew("store")) {
      double _ = work.applyAsDouble(peer);
      checksum = Loads.checksum(stage, peer, new Pair(stage.setting()));
      peer.settle();
    }
    return Outcome.figure(stage.mebibytes("store"), checksum);
  }

  /** How much the file grows while a reader holds the state before. */
  static Outcome growth(Stage whole) {
    return growth(whole, 1);
  }

  /** As {@link #growth}, with readers that hold ten states from before to near the end. */
  static Outcome growthWithTenReaders(Stage whole) {
    return growth(whole, 10);
  }

  private static Outcome growth(Stage whole, int readers) {
    Stage stage = whole.withAtMost(whole.setting().quick() ? QUICK_RECORDS : GROWTH_RECORDS);
    Setting setting = stage.setting();
    KeyList keys = Orders.shuffled(setting);
    List<Reader> held = new ArrayList<>();
    List<String> sums = new ArrayList<>();
    try (Peer peer = stage.openNew("store")) {
      double _ = load(peer, setting, keys);
      double before = stage.mebibytes("store");
      String checksum = Loads.checksum(stage, peer, new Pair(setting));
      for (int reader = 0; reader < readers; reader++) {
        Reader begun = peer.beginRead(new Pair(setting));
        held.add(begun);
        sums.add(Long.toHexString(begun.scan()));
        overwrite(peer, setting, keys, GROWTH_OVERWRITES / readers, reader * GROWTH_OVERWRITES);
      }
      double after = stage.mebibytes("store");
      for (int reader = 0; reader < readers; reader++) {
        if (!Long.toHexString(held.get(reader).scan()).equals(sums.get(reader))) {
          throw new AssertionError("a reader does not see the state at which it began");
        }
      }
      held.forEach(Reader::close);
      return Outcome.figure(after - before, checksum);
    }
  }

  private static double load(Peer peer, Setting setting, KeyList keys) {
    return Loads.run(peer, new Pair(setting), Loads.load(setting, keys));
  }

  /** Writes new versions of all records, each time in the same random order. */
  private static void overwrite(Peer peer, Setting setting, KeyList keys, int times, int from) {
    Pair pair = new Pair(setting);
    Values values = new Values(setting.valueBytes());
    int batch = setting.puts(BATCH);
    for (int version = from + 1; version <= from + times; version++) {
      for (int first = 0; first < keys.count(); first += batch) {
        try (Writer writer = peer.beginWrite(pair)) {
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
